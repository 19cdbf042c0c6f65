"""Waiting until API Gateway knows a key."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.cli import caller
from ops.cli.caller import await_key, key_unknown, seconds_until_known
from ops.cli.operator import Operator
from registry.domain.workspace import Contract
from tests.unit.ops.cli.conftest import Api

UNKNOWN = httpx.Response(403, headers={"x-amzn-ErrorType": "ForbiddenException"})
# A plan without the API, a missing scope: the function responds, so the key is known.
FORBIDDEN = httpx.Response(403)
LISTED, THROTTLED = httpx.Response(200), httpx.Response(429)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def wait(responses: Iterator[httpx.Response]) -> float | None:
    time = Time()
    return seconds_until_known(lambda: next(responses), clock=time, sleep=time.sleep)


def for_ever(response: httpx.Response) -> Iterator[httpx.Response]:
    while True:
        yield response


@pytest.mark.parametrize("known", [LISTED, FORBIDDEN, THROTTLED])
def test_a_key_known_at_once_is_known_after_no_time(known: httpx.Response) -> None:
    assert wait(for_ever(known)) == 0


@given(refusals=st.lists(st.booleans(), max_size=100))
def test_a_key_is_known_from_the_first_of_three_responses_in_a_row(refusals: list[bool]) -> None:
    responses = [*refusals, False, False, False]
    first = next(
        second for second in range(len(responses)) if not any(responses[second : second + 3])
    )

    found = wait(UNKNOWN if unknown else LISTED for unknown in responses)

    assert found == first


def test_the_wait_ends_when_the_key_stays_unknown() -> None:
    assert wait(for_ever(UNKNOWN)) is None


@pytest.mark.parametrize("response", [LISTED, FORBIDDEN, THROTTLED, httpx.Response(401)])
def test_only_the_gateways_own_403_means_an_unknown_key(response: httpx.Response) -> None:
    assert key_unknown(UNKNOWN)
    assert not key_unknown(response)


@pytest.mark.parametrize(
    ("contract", "header", "value"),
    [
        (Contract.PAYTRUM, "Authorization", "Bearer {}"),
        (Contract.ATHENTY, "X-Api-Key", "{}"),
        (Contract.HOURSMITH, "Authorization", "Bearer {}"),
    ],
)
def test_the_look_is_a_list_with_the_new_credential(
    operator: Operator,
    api: Api,
    contract: Contract,
    header: str,
    value: str,
) -> None:
    issued = operator.create_credential(operator.create_workspace("Acme").id, contract)

    assert await_key("https://api.invalid/base", issued) is not None

    assert {request.method for request in api.received} == {"GET"}
    assert {request.url.path for request in api.received} == {f"/base{caller.LIST_PATHS[contract]}"}
    assert {request.headers[header] for request in api.received} == {value.format(issued.secret)}


def test_an_oauth_client_gets_one_token_and_lists_with_it(operator: Operator, api: Api) -> None:
    workspace = operator.create_workspace("Acme")
    issued = operator.create_credential(workspace.id, Contract.ALTERNATIVE_PAYMENTS)

    assert await_key("https://api.invalid/base", issued) is not None

    token, *lists = api.received
    assert (token.method, token.url.path) == ("POST", "/base/oauth/token")
    assert {request.headers["Authorization"] for request in lists} == {"Bearer at_1"}


def test_a_token_endpoint_that_refuses_is_an_error(operator: Operator, api: Api) -> None:
    api.respond = lambda _: httpx.Response(503)
    workspace = operator.create_workspace("Acme")
    issued = operator.create_credential(workspace.id, Contract.ALTERNATIVE_PAYMENTS)

    with pytest.raises(httpx.HTTPStatusError):
        await_key("https://api.invalid", issued)
