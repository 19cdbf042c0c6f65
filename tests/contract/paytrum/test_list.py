"""`GET /v1/clients`: order, limits, both cursors, status."""

import pytest

from tests.contract_client import ContractClient


@pytest.fixture
def ids(paytrum: ContractClient) -> list[str]:
    """Seven clients, newest first."""
    made = [paytrum.send("POST", "/v1/clients", {"name": f"c{n}"}).json["id"] for n in range(7)]
    return sorted(made, reverse=True)


def page(api: ContractClient, query: str) -> tuple[list[str], bool]:
    """The ids of a page and whether there are more."""
    reply = api.send("GET", f"/v1/clients?{query}")
    assert reply.status == 200, reply.text
    return [client["id"] for client in reply.json["data"]], reply.json["hasMore"]


def refused(api: ContractClient, query: str) -> str:
    """The message of a 400."""
    reply = api.send("GET", f"/v1/clients?{query}")
    assert (reply.status, reply.json["error"]["code"]) == (400, "bad_request")
    message: str = reply.json["error"]["message"]
    return message


def test_an_empty_workspace_lists_nothing(paytrum: ContractClient) -> None:
    assert page(paytrum, "") == ([], False)


def test_the_newest_come_first(paytrum: ContractClient, ids: list[str]) -> None:
    assert page(paytrum, "") == (ids, False)


def test_pages_after_an_id_go_to_the_end(paytrum: ContractClient, ids: list[str]) -> None:
    assert page(paytrum, "limit=3") == (ids[:3], True)
    assert page(paytrum, f"limit=3&startingAfter={ids[2]}") == (ids[3:6], True)
    assert page(paytrum, f"limit=3&startingAfter={ids[5]}") == (ids[6:], False)
    assert page(paytrum, f"startingAfter={ids[6]}") == ([], False)


def test_pages_before_an_id_are_the_mirror_image(paytrum: ContractClient, ids: list[str]) -> None:
    assert page(paytrum, f"limit=3&endingBefore={ids[6]}") == (ids[3:6], True)
    assert page(paytrum, f"limit=3&endingBefore={ids[3]}") == (ids[:3], False)
    assert page(paytrum, f"endingBefore={ids[0]}") == ([], False)


def test_an_exact_page_has_no_more(paytrum: ContractClient, ids: list[str]) -> None:
    assert page(paytrum, "limit=7") == (ids, False)


def test_the_default_limit_is_25(paytrum: ContractClient) -> None:
    for n in range(26):
        paytrum.send("POST", "/v1/clients", {"name": f"c{n}"})

    first, more = page(paytrum, "")

    assert (len(first), more) == (25, True)


def test_status_tells_active_from_inactive(paytrum: ContractClient, ids: list[str]) -> None:
    for client_id in ids[1:3]:
        paytrum.send("DELETE", f"/v1/clients/{client_id}")

    assert page(paytrum, "") == (ids, False)
    assert page(paytrum, "status=inactive") == (ids[1:3], False)
    assert page(paytrum, "status=active") == (ids[:1] + ids[3:], False)
    assert page(paytrum, f"status=active&limit=2&startingAfter={ids[0]}") == (ids[3:5], True)


def test_a_cursor_that_left_the_status_still_counts(
    paytrum: ContractClient, ids: list[str]
) -> None:
    paytrum.send("DELETE", f"/v1/clients/{ids[2]}")

    assert page(paytrum, f"status=active&startingAfter={ids[2]}") == (ids[3:], False)
    assert page(paytrum, f"status=active&endingBefore={ids[2]}") == (ids[:2], False)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", "", "1e2", "٣", "9" * 30])
def test_a_bad_limit_is_named(paytrum: ContractClient, limit: str) -> None:
    assert refused(paytrum, f"limit={limit}").startswith("limit ")


@pytest.mark.parametrize("status", ["", "Active", "archived"])
def test_a_bad_status_is_named(paytrum: ContractClient, status: str) -> None:
    assert refused(paytrum, f"status={status}").startswith("status ")


@pytest.mark.parametrize("name", ["startingAfter", "endingBefore"])
@pytest.mark.parametrize("cursor", ["", "x", "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"])
def test_an_unknown_cursor_is_named(
    paytrum: ContractClient, ids: list[str], name: str, cursor: str
) -> None:
    assert refused(paytrum, f"{name}={cursor}").startswith(f"{name} ")


def test_a_cursor_of_another_workspace_is_unknown(paytrum: ContractClient, ids: list[str]) -> None:
    other = paytrum.as_caller(workspaceId="0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d")

    unknown = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
    assert refused(other, f"startingAfter={ids[0]}") == refused(other, f"startingAfter={unknown}")


def test_both_cursors_at_once_are_refused(paytrum: ContractClient, ids: list[str]) -> None:
    refused(paytrum, f"startingAfter={ids[0]}&endingBefore={ids[1]}")


def test_a_parameter_given_twice_is_refused(paytrum: ContractClient) -> None:
    message = refused(paytrum, "limit=1&limit=2&status=x")

    assert message.startswith("limit must be given once; status ")


def test_an_unknown_parameter_is_named(paytrum: ContractClient) -> None:
    assert refused(paytrum, "page=2").startswith("page ")
