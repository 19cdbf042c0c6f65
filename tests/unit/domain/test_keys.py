"""A workspace's secret and the keys derived from it."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.keys import Purpose, derive, new_secret

SECRETS = st.binary(min_size=32, max_size=32)
BLOCK = 64


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """HMAC as RFC 2104, section 2, defines it."""
    padded = key.ljust(BLOCK, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in padded) + message).digest()
    return sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


@given(SECRETS, st.sampled_from(Purpose))
def test_a_key_is_the_hmac_of_its_purpose(secret: bytes, purpose: Purpose) -> None:
    assert derive(secret, purpose) == hmac_sha256(secret, purpose.value.encode())


@given(SECRETS)
def test_every_purpose_has_a_key_of_its_own(secret: bytes) -> None:
    assert len({secret, *(derive(secret, purpose) for purpose in Purpose)}) == len(Purpose) + 1


def test_the_purposes_are_spelled_as_they_were_agreed() -> None:
    assert {purpose.value for purpose in Purpose} == {"id", "consent", "cursor"}


def test_no_two_secrets_are_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {32}
