"""AWS Signature Version 4 for requests to the root of an endpoint, without a query.

Source: "Create a signed AWS API request", AWS IAM User Guide.
"""

import hmac
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from registry.domain.immutable import dataclass
from registry.store.http.credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a signature is valid.

    Attributes:
        region: such as `eu-central-1`.
        service: such as `dynamodb`.
    """

    region: str
    service: str


def authorization(
    headers: Mapping[str, str],
    body: bytes,
    credentials: Credentials,
    scope: Scope,
) -> str:
    """The `Authorization` header of a POST to `/`.

    Args:
        headers: all that are signed, by their names in lower case. `host` and `x-amz-date`, as
            `YYYYMMDDTHHMMSSZ`, have to be among them, and `x-amz-security-token` where the
            credentials have a token.
        body: the request's body.
        credentials: what to sign with.
        scope: where the request goes.
    """
    timestamp = headers["x-amz-date"]
    date = timestamp[:8]
    within = f"{date}/{scope.region}/{scope.service}/aws4_request"
    names = sorted(headers)
    signed = ";".join(names)
    # A run of white space counts as one space, and none at the ends.
    lines = "".join([f"{name}:{' '.join(headers[name].split())}\n" for name in names])
    request = f"POST\n/\n\n{lines}\n{signed}\n{sha256(body).hexdigest()}"
    to_sign = f"{_ALGORITHM}\n{timestamp}\n{within}\n{sha256(request.encode()).hexdigest()}"
    key = signing_key(credentials.secret_key, date, scope)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return (
        f"{_ALGORITHM} Credential={credentials.access_key}/{within}, "
        f"SignedHeaders={signed}, Signature={signature}"
    )


@lru_cache(maxsize=4)
def signing_key(secret_key: str, date: str, scope: Scope) -> bytes:
    """The key for a day (`YYYYMMDD`), a region and a service, derived from a secret key."""
    key = f"AWS4{secret_key}".encode()
    for part in (date, scope.region, scope.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
