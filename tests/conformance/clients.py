"""Both clients as `dynamodb_client` makes them, and how a call with either of them ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest

from registry.domain.errors import Throttled, Unavailable
from registry.store import dynamodb as store
from registry.store.dynamodb import WriteRefused, dynamodb_client, send
from registry.store.http.client import client_from_environment
from registry.store.retry_quota import retry_quota
from tests.dynamodb import HANDLER

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

CLIENTS: Final = ("own", "botocore")

Json = dict[str, Any]


@contextmanager
def client(
    name: str,
    patch: pytest.MonkeyPatch,
    endpoint: str,
    *,
    seconds: float = 3600,
) -> Iterator["DynamoDBClient"]:
    """A client, without what the tests' harness adds to it, and with retries that do not wait.

    Args:
        name: one of `CLIENTS`.
        patch: sets the environment.
        endpoint: the URL that it calls.
        seconds: that it waits for a connection, and for a response. No test is about time but those
            with a server that stays silent.
    """
    patch.setenv("DYNAMODB_CLIENT", name)
    patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    patch.setattr(store, "_CONNECT_SECONDS", seconds)
    patch.setattr(store, "_READ_SECONDS", seconds)
    patch.setattr(store, "client_from_environment", client_from_environment)
    patch.setattr("time.sleep", lambda _seconds: None)
    retry_quota.cache_clear()
    made = _botocore(endpoint, seconds) if name == "botocore" else dynamodb_client.__wrapped__()
    try:
        yield made
    finally:
        made.close()


@cache
def _botocore(endpoint: str, seconds: float) -> Any:
    """The client of botocore, which takes longer to make than a test; closed, it opens again."""
    made: Any = dynamodb_client.__wrapped__()
    made.meta.events.unregister(*HANDLER)
    return made


def end(operation: Callable[..., Any], request: Json) -> Json | str:
    """How a call through `send` ends: with its result, or with an error's name and content."""
    try:
        result: Json = send(operation, **request)
    except Throttled:
        return "Throttled"
    except Unavailable:
        return "Unavailable"
    except WriteRefused as refused:
        return {"WriteRefused": [(each.outcome, each.item) for each in refused.results]}
    except Exception as error:  # noqa: BLE001 - botocore's or ours, which is what is compared
        response: Json = getattr(error, "response", {"Error": {"Code": type(error).__name__}})
        return f"passes: {response['Error']['Code']}"
    return {name: value for name, value in result.items() if name != "ResponseMetadata"}
