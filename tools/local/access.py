"""How each API of the stack is called: the line that is printed, and the same call made once."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from registry.domain.workspace import CONTRACTS, Contract

_PATIENCE_SECONDS: Final = 120.0
_TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path
_TOKEN_BODY: Final = "grant_type=client_credentials"  # noqa: S105 - a form

Access = Mapping[str, Any]


def curl_lines(contracts: Mapping[str, Access]) -> Iterator[str]:
    """A command for each contract that works when it is pasted, below the contract's URL."""
    for contract, access in contracts.items():
        base_url = access["base_url"]
        yield f"\n{contract}  {base_url}"
        if "client_id" in access:
            call = f"-u {_user(access)} -d {_TOKEN_BODY} {base_url}{_TOKEN_PATH}"
        else:
            headers = (f"-H {json.dumps(f'{n}: {v}')}" for n, v in access["headers"].items())
            call = f"{' '.join(headers)} {base_url}{_list_path(contract)}"
        yield f"  curl {call}"


def call_each(contracts: Mapping[str, Access]) -> Iterator[str]:
    """Make the printed call to each contract once, so that nobody's first call is a function's.

    Yields:
        A sentence for each contract that does not respond with a 200.
    """
    for contract, access in contracts.items():
        status = _status(_request(contract, access))
        if status is None:
            yield f"{contract} does not respond."
        elif status != 200:  # noqa: PLR2004 - HTTP's OK
            yield f"{contract} responds with {status}. `make logs` shows why."


def _request(contract: str, access: Access) -> Request:
    """The request that the printed line sends."""
    if "client_id" in access:
        user = b64encode(_user(access).encode()).decode()
        return Request(  # noqa: S310 (the stack's own URL)
            f"{access['base_url']}{_TOKEN_PATH}",
            data=_TOKEN_BODY.encode(),
            headers={
                "Authorization": f"Basic {user}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
    url = f"{access['base_url']}{_list_path(contract)}"
    return Request(url, headers=access["headers"])  # noqa: S310 (as above)


def _status(request: Request) -> int | None:
    """The status of the response; None without one."""
    try:
        with urlopen(request, timeout=_PATIENCE_SECONDS) as response:  # noqa: S310 (as above)
            status: int = response.status
            return status
    except HTTPError as error:
        return error.code
    except OSError:
        return None


def _user(access: Access) -> str:
    """Id and secret of an OAuth client, as HTTP Basic has them."""
    return f"{access['client_id']}:{access['client_secret']}"


def _list_path(contract: str) -> str:
    """The path of the first operation of a contract that reads without an id: its list."""
    package = CONTRACTS[Contract(contract)].package
    operations = import_module(f"registry.contracts.{package}.operations").OPERATIONS
    return next(
        str(operation.path)
        for operation in operations
        if operation.method == "GET" and "{" not in operation.path
    )
