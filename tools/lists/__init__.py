"""Writes the lists of ISO, CLDR and IANA that the registry reads as modules of its own.

`cldr-territories-en.json` is `main/en/territories.json` of the package `cldr-localenames-full`,
48.2.0, which the Unicode Consortium publishes; `cldr-license.txt` is its license.
"""
