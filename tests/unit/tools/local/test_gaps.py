"""What the emulator is taught of API Gateway, on an API made for the purpose."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ministack.services import apigateway_v1, dynamodb

from tools.local import gaps
from tools.local.usage import count_usage

# The two gateway responses an unknown route can meet, each with a status of its own.
RESPONSES = {"MISSING_AUTHENTICATION_TOKEN": "404", "DEFAULT_4XX": "418"}


def control(method: str, path: str, **body: Any) -> dict[str, Any]:
    """A response of API Gateway's control plane."""
    request = apigateway_v1.handle_request(method, path, {}, json.dumps(body).encode(), {})
    status, _, content = asyncio.run(request)
    assert status < 300, content
    response: dict[str, Any] = json.loads(content)
    return response


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> str:
    """An API that serves GET / with a mock, on an emulator with the gap closed."""
    respond = apigateway_v1._gateway_error_response  # noqa: SLF001 - put back afterwards
    monkeypatch.setattr(apigateway_v1, "_gateway_error_response", respond)
    gaps._read_stray_signatures()  # noqa: SLF001 - close_gaps closes them all for good
    api_id: str = control("POST", "/restapis", name="routes")["id"]
    (root,) = control("GET", f"/restapis/{api_id}/resources")["item"]
    method = f"/restapis/{api_id}/resources/{root['id']}/methods/GET"
    control("PUT", method, authorizationType="NONE")
    control("PUT", f"{method}/integration", type="MOCK")
    for kind, status in RESPONSES.items():
        control("PUT", f"/restapis/{api_id}/gatewayresponses/{kind}", statusCode=status)
    control("POST", f"/restapis/{api_id}/deployments", stageName="live")
    return api_id


def call(api: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    request = apigateway_v1.handle_execute(api, "live", method, path, headers, b"", {})
    status, body, _ = asyncio.run(request)
    return status, body


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("POST", "/")])
@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": "k"}, {"Authorization": ""}])
def test_an_unknown_route_without_a_token_lacks_one(
    api: str, method: str, path: str, headers: dict[str, str]
) -> None:
    status, body = call(api, method, path, headers)

    assert status == 404
    assert body["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("POST", "/")])
@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_an_unknown_route_with_a_token_takes_it_for_a_broken_signature(
    api: str, method: str, path: str, name: str
) -> None:
    status, body = call(api, method, path, {name: "Bearer ak_live_x"})

    assert status == 418
    assert body["x-amzn-ErrorType"] == "IncompleteSignatureException"


def test_a_known_route_does_not_read_the_token_as_a_signature(api: str) -> None:
    _, body = call(api, "GET", "/", {"Authorization": "Bearer ak_live_x"})

    assert body.get("x-amzn-ErrorType") != "IncompleteSignatureException"


def test_a_stream_goes_on_after_a_restart_where_its_readers_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("get_state", "load_persisted_state"):
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    gaps._keep_stream_records()  # noqa: SLF001 - close_gaps closes them all for good
    records = dynamodb._stream_records  # noqa: SLF001 - the emulator's own
    records["t"] = [{"eventID": "1"}, {"eventID": "2"}]

    state = dynamodb.get_state()
    records.pop("t")
    dynamodb.load_persisted_state(state)

    assert records.pop("t") == [{"eventID": "1"}, {"eventID": "2"}]


def test_the_usage_of_a_key_is_counted_by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_check_quota", "handle_request"):
        monkeypatch.setattr(apigateway_v1, name, getattr(apigateway_v1, name))
    count_usage()
    quota = {"limit": 3, "period": "MONTH"}
    stages = [{"apiId": "a1", "stage": "live"}]
    plan = control("POST", "/usageplans", name="p", quota=quota, apiStages=stages)["id"]
    key = control("POST", "/apikeys", name="k", enabled=True)
    control("POST", f"/usageplans/{plan}/keys", keyId=key["id"], keyType="API_KEY")

    refusals = [apigateway_v1._check_quota(key, "a1", "live") for _ in range(4)]  # noqa: SLF001

    today = datetime.now(UTC).date()
    days = {"startDate": str(today - timedelta(days=2)), "endDate": str(today)}
    request = apigateway_v1.handle_request(
        "GET", f"/usageplans/{plan}/usage", {}, b"", {"keyId": key["id"], **days}
    )
    assert [refused is None for refused in refusals] == [True, True, True, False]
    assert json.loads(asyncio.run(request)[2])["values"] == {key["id"]: [[0, 3], [0, 3], [3, 0]]}
