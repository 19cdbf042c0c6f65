"""A credential in use: the headers of its requests, and whether API Gateway knows its key yet."""

import time
from collections.abc import Callable
from typing import Final

import httpx

from registry.domain.credential import CREDENTIAL_RULES, IssuedCredential
from registry.domain.workspace import CONTRACTS, Contract

LIST_PATHS: Final = {
    Contract.PAYTRUM: "/v1/clients",
    Contract.ATHENTY: "/v2/api/clients",
    Contract.HOURSMITH: "/api/v1/clients",
    Contract.ALTERNATIVE_PAYMENTS: "/customers",
    Contract.REGISTRY: "/v1/clients",
}
"""Where each contract lists clients; a GET there changes nothing and needs the key."""

PATIENCE_SECONDS: Final = 120.0
PAUSE_SECONDS: Final = 1.0
TIMEOUT_SECONDS: Final = 30.0
# API Gateway is many machines: one of them may know the key while the next one does not yet.
_IN_A_ROW: Final = 3
_REFUSED: Final = 403
_KEY_UNKNOWN: Final = "ForbiddenException"


def request_headers(issued: IssuedCredential) -> dict[str, str]:
    """The headers a caller sends; none for an OAuth client, which first asks for a token."""
    if is_oauth_client(issued):
        return {}
    name = CONTRACTS[issued.credential.contract].headers[0]
    return {name: f"Bearer {issued.secret}" if name == "Authorization" else issued.secret}


def is_oauth_client(issued: IssuedCredential) -> bool:
    """Whether the secret is exchanged for access tokens, and never sent with a request."""
    return CREDENTIAL_RULES[issued.credential.contract].client_secret is not None


def caller_headers(http: httpx.Client, issued: IssuedCredential) -> dict[str, str]:
    """The headers of a caller's requests; an OAuth client asks for an access token first.

    Args:
        http: a client with the contract's base URL.
        issued: the credential, with its secret.

    Raises:
        httpx.HTTPError: the token endpoint cannot be reached, or refuses the client.
    """
    if not is_oauth_client(issued):
        return request_headers(issued)
    response = http.post(
        "/oauth/token",
        auth=(issued.credential.id, issued.secret),
        data={"grant_type": "client_credentials"},
    ).raise_for_status()
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


def await_key(base_url: str, issued: IssuedCredential) -> float | None:
    """Wait until a new credential's calls get past API Gateway's check of its key.

    Each attempt is a request that lists clients. It counts against the credential's rate and quota.

    Args:
        base_url: of the credential's contract.
        issued: the credential, with its secret.

    Returns:
        The seconds it took; None if it did not happen within `PATIENCE_SECONDS`.

    Raises:
        httpx.HTTPError: the API cannot be reached from here.
    """
    with httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS) as http:
        headers = caller_headers(http, issued)
        path = LIST_PATHS[issued.credential.contract]
        return seconds_until_known(lambda: http.get(path, headers=headers))


def seconds_until_known(
    call: Callable[[], httpx.Response],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> float | None:
    """Send requests until API Gateway knows the key of their credential.

    API Gateway lists a key in its usage plan at once, and accepts the key's requests only some
    seconds later. Only a request shows whether it does.

    Args:
        call: sends a request that needs the key.
        clock: seconds since some moment.
        sleep: waits for so many seconds.

    Returns:
        The seconds until the first of three responses in a row that got past the check of the key;
        None after `PATIENCE_SECONDS` without them.
    """
    began = clock()
    known_after: list[float] = []
    while clock() - began < PATIENCE_SECONDS:
        if key_unknown(call()):
            known_after.clear()
        else:
            known_after.append(clock() - began)
        if len(known_after) == _IN_A_ROW:
            return known_after[0]
        sleep(PAUSE_SECONDS)
    return None


def key_unknown(response: httpx.Response) -> bool:
    """Whether API Gateway itself refused the request's key (gateway response INVALID_API_KEY).

    A contract's own 403, for a plan or a scope, does not carry the header.
    """
    error_type: str = response.headers.get("x-amzn-errortype", "")
    return response.status_code == _REFUSED and error_type.startswith(_KEY_UNKNOWN)
