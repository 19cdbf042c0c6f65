"""Signatures are those of AWS's published examples, and those of botocore's signer."""

import re

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from registry.store.http.credentials import Credentials
from registry.store.http.signature import Scope, authorization, signing_key

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SCOPE = Scope("us-east-1", "service")
HEADERS = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z"}

KEY_TEXT = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+=", min_size=1)
# A header's value as the wire allows it: printable ASCII, with white space inside and around.
VALUE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
NAMES = st.sampled_from(["content-type", "x-amz-target", "x-amz-meta", "accept", "x"])


# Source: the test suite of Signature Version 4 that AWS publishes, `post-vanilla`,
# `post-x-www-form-urlencoded` and `post-header-value-case`.
@pytest.mark.parametrize(
    ("headers", "body", "signature"),
    [
        ({}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            {"content-type": "application/x-www-form-urlencoded"},
            b"Param1=value1",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
        (
            {"my-header1": "VALUE1"},
            b"",
            "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
        ),
    ],
)
def test_the_published_examples_are_signed_as_published(
    headers: dict[str, str], body: bytes, signature: str
) -> None:
    signed = authorization(HEADERS | headers, body, Credentials("AKIDEXAMPLE", SECRET), SCOPE)

    names = ";".join(sorted(HEADERS | headers))
    assert signed == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def test_the_published_key_is_derived_as_published() -> None:
    """Source: "Examples of how to derive a signing key", AWS General Reference."""
    assert signing_key(SECRET, "20150830", Scope("us-east-1", "iam")).hex() == (
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
    )


@given(
    headers=st.dictionaries(NAMES, VALUE),
    body=st.binary(),
    access_key=KEY_TEXT,
    secret_key=KEY_TEXT,
    token=st.none() | KEY_TEXT,
    region=st.sampled_from(["us-east-1", "eu-central-1", "cn-north-1"]),
)
def test_any_request_is_signed_as_botocore_signs_it(
    headers: dict[str, str],
    body: bytes,
    access_key: str,
    secret_key: str,
    token: str | None,
    region: str,
) -> None:
    host = f"dynamodb.{region}.amazonaws.com"
    request = AWSRequest("POST", f"https://{host}/", {**headers, "host": host}, body)
    SigV4Auth(BotocoreCredentials(access_key, secret_key, token), "dynamodb", region).add_auth(
        request
    )
    theirs = request.headers["Authorization"]
    ours = {**headers, "host": host, "x-amz-date": request.headers["X-Amz-Date"]}
    if token:
        ours["x-amz-security-token"] = token

    signed = authorization(
        ours, body, Credentials(access_key, secret_key, token), Scope(region, "dynamodb")
    )

    assert re.sub(r"\s+", " ", signed) == theirs
