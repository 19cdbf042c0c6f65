"""The DynamoDB that tests run on, moto's in this process or an engine beside it, and the client.

`REGISTRY_TEST_DYNAMODB` is the endpoint of the engine: in `make test-dynamodb`, AWS's DynamoDB
Local. It keeps a database per access key, so each worker of pytest-xdist has one of its own. moto
serves the rest of AWS in both cases. `REGISTRY_TEST_CLIENT` is the client of the functions' code,
with the values of `DYNAMODB_CLIENT`: `own` in `make test-client` and `make test-dynamodb`,
`botocore` otherwise.
"""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, cast

import pytest
from botocore import handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session
from moto import mock_aws
from moto.core.models import botocore_stubber

from registry.store import dynamodb as store_dynamodb
from registry.store.dynamodb import dynamodb_client
from registry.store.retry_quota import retry_quota
from tests.observed_client import Observed, ObservedClient

ENDPOINT = os.environ.get("REGISTRY_TEST_DYNAMODB")
CLIENT = os.environ.get("REGISTRY_TEST_CLIENT", "botocore")
_BATCH = 25  # as many items as one BatchWriteItem takes
_ACCESS_KEY = "test" + os.environ.get("PYTEST_XDIST_WORKER", "")
# The functions' client gives up after 2 s. An engine on a busy machine may take longer, and no test
# is about that, so this session waits. The stubs do not know a pair of connecting and reading.
# Without TCP_NODELAY, which the SDK sets where it makes the session, each request waits 40 ms for
# the acknowledgement of its headers.
_SESSION = URLLib3Session(
    timeout=(None, None),  # type: ignore[arg-type]
    socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],  # type: ignore[list-item]
)


# Tokens of the transactions that moto carried out; moto itself takes no notice of them.
_CARRIED_OUT: set[str] = set()


def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
    """Have a request carried out by whichever DynamoDB the tests run on.

    A transaction that the SDK sends again, with the same `ClientRequestToken`, is carried out once.
    """
    if ENDPOINT:
        return request.carry() if isinstance(request, Observed) else _SESSION.send(request)
    token = json.loads(content(request)).get("ClientRequestToken")
    if token in _CARRIED_OUT:
        return response(request, HTTPStatus.OK, {})
    carried_out = botocore_stubber("before-send.dynamodb", request)
    assert carried_out is not None
    if token and carried_out.status_code == HTTPStatus.OK:
        _CARRIED_OUT.add(token)
    return carried_out


def response(request: AWSPreparedRequest, status: int, body: dict[str, Any]) -> AWSResponse:
    """A response as DynamoDB would give it."""
    raw = type("Raw", (), {"stream": lambda _self: iter([json.dumps(body).encode()])})()
    headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
    return AWSResponse(request.url, status, headers, raw)


def content(request: AWSPreparedRequest) -> bytes:
    """The body of a request."""
    assert isinstance(request.body, bytes)
    return request.body


# The event and the handler through which every client's requests go to the engine.
HANDLER: tuple[str, Callable[..., object]] = ("before-send", botocore_stubber)
if ENDPOINT or CLIENT == "own":
    HANDLER = ("before-send.dynamodb", send)
if ENDPOINT:
    handlers.BUILTIN_HANDLERS.append(HANDLER)


def _observed_client(_: object) -> ObservedClient:
    """The registry's own client, as `dynamodb_client` makes it in the tests."""
    client = ObservedClient()
    if not ENDPOINT:
        # moto stands in for the connection of every client, of this one at its event.
        client.meta.events.register(*HANDLER)
    return client


# It is our client in full, and tells the handlers that tests register besides.
_store: Any = store_dynamodb
_store.client_from_environment = _observed_client


@contextmanager
def aws(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS that holds nothing, without anything of the machine's own configuration.

    Args:
        patch: sets the environment, and outlives this context.
    """
    for name, value in {
        "AWS_ACCESS_KEY_ID": _ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "DYNAMODB_CLIENT": CLIENT,
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "ClientRegistry",
    }.items():
        patch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "REGISTRY_STACK", "REGISTRY_ENDPOINT"):
        patch.delenv(name, raising=False)
    if ENDPOINT:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", ENDPOINT)
    with mock_aws(config={"core": {"mock_credentials": False}}):
        yield
        if ENDPOINT:
            _empty_tables()
        if CLIENT == "own":
            cast("Any", dynamodb_client()).close()
    retry_quota.cache_clear()


def write_batch(table: str, requests: list[Any]) -> None:
    """Put and delete up to 25 items; a busy engine may leave some of them to be sent again."""
    left: Any = {table: requests} if requests else {}
    while left:
        left = dynamodb_client().batch_write_item(RequestItems=left)["UnprocessedItems"]


def _empty_tables() -> None:
    """Leave no item; tables stay, since to create one takes longer than most tests.

    A table with many items, or with large ones, of which one page holds few, is dropped instead.
    """
    client = dynamodb_client()
    for table in client.list_tables()["TableNames"]:
        page = client.scan(TableName=table, Limit=_BATCH, ConsistentRead=True)
        items = page["Items"]
        if page.get("LastEvaluatedKey"):
            client.delete_table(TableName=table)
        elif items:
            keys = [{name: item[name] for name in ("pk", "sk") if name in item} for item in items]
            write_batch(table, [{"DeleteRequest": {"Key": key}} for key in keys])
