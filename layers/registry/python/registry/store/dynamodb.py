"""The one DynamoDB client of a function, and what its failures mean.

Settings follow the SDK's advice for Lambda: standard retries, short timeouts so that a retry still
fits into the function's own, a connection kept alive between invocations, no parameter validation
(the items are built here and nowhere else).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, cast

import botocore.session
from botocore import exceptions
from botocore.config import Config

from registry.domain.errors import Throttled, Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    },
)
_FAULTS = frozenset({"InternalServerError", "ServiceUnavailable", "TransactionInProgressException"})
_SERVER_ERROR = 500


@cache
def dynamodb_client() -> "DynamoDBClient":
    """The client of this process; region, endpoint and credentials come from its environment.

    It is botocore's own: boto3 would add its resources and S3 transfers to every cold start.
    """
    client = botocore.session.get_session().create_client(
        "dynamodb",
        config=Config(
            retries={"mode": "standard", "total_max_attempts": 3},
            connect_timeout=1,
            read_timeout=2,
            tcp_keepalive=True,
            parameter_validation=False,
        ),
    )
    return cast("DynamoDBClient", client)


def table_name(variable: str) -> str:
    """The table named by an environment variable of the function, such as `CLIENTS_TABLE`."""
    return os.environ[variable]


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn DynamoDB's throttling, timeouts and faults into named errors; let the rest pass.

    Raises:
        Throttled: the table or the account is at its limit.
        Unavailable: no answer in time, or a fault of the service.
    """
    try:
        yield
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise Unavailable from error
    except exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in _THROTTLES:
            raise Throttled from error
        if code in _FAULTS or status >= _SERVER_ERROR:
            raise Unavailable from error
        raise
