"""Which spellings of an e-mail address are the same address."""

import unicodedata

# No contract takes a longer address. A client that moved in may have a longer text, and the time to
# normalise combining marks grows with the square of their number.
_MAX_LENGTH = 1_000
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def email_key(text: str) -> str:
    """The same text for all spellings of an address: for consent, uniqueness and look-up.

    It is the address in NFC with its ASCII letters lowered and its domain as A-labels (IDNA 2008,
    RFC 5891). A domain that has no A-label stays as it is. Nothing else is folded, because an
    address with another letter that looks or sounds the same may be another mailbox. A text that is
    too long for an address is the same as itself alone.
    """
    if len(text) > _MAX_LENGTH:
        return text
    if text.isascii():
        return text.lower()
    lowered = unicodedata.normalize("NFC", text).translate(_ASCII_LOWER)
    local, at, domain = lowered.rpartition("@")
    return local + at + _ascii_domain(domain)


def _ascii_domain(domain: str) -> str:
    """The domain as A-labels; the domain itself where one of its labels has none."""
    if domain.isascii():
        return domain
    from idna import IDNAError, alabel  # noqa: PLC0415 - loaded only for a domain beyond ASCII

    try:
        return ".".join(alabel(label).decode() for label in domain.split("."))
    except IDNAError:
        return domain
