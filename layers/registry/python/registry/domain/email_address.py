"""When two e-mail addresses are the same address."""

import unicodedata

_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def email_key(text: str) -> str:
    """One spelling for all spellings of an address: for consent, uniqueness and look-up.

    The address in NFC with its ASCII letters lowered and its domain as A-labels (IDNA 2008,
    RFC 5891). A domain that has no A-label stays as it is. Nothing else folds: another letter that
    looks or sounds the same may be another mailbox.
    """
    lowered = unicodedata.normalize("NFC", text).translate(_ASCII_LOWER)
    local, at, domain = lowered.rpartition("@")
    return local + at + _ascii_domain(domain)


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    from idna import IDNAError, alabel  # noqa: PLC0415 - read where a domain has other letters

    try:
        return ".".join(alabel(label).decode() for label in domain.split("."))
    except IDNAError:
        return domain
