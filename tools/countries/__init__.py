"""Writes the registry's table of country names from ISO's list and CLDR's.

`cldr-territories-en.json` is `main/en/territories.json` of the package `cldr-localenames-full`,
48.2.0, which the Unicode Consortium publishes; `cldr-license.txt` is its license.
"""
