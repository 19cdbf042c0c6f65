"""Clients of the services beside DynamoDB: SQS, which carries deliveries, and KMS.

Calls go through `send` in `store/dynamodb.py`, with its retries and its errors.
"""

import os
from functools import cache
from typing import Any

from registry.store.http.client import Service, client_from_environment
from registry.store.http.connection import Timeouts

# Both respond within tens of milliseconds; `send` makes three attempts.
_TIMEOUTS = Timeouts(connect=0.5, read=1.5)


@cache
def service_client(service: Service) -> Any:  # noqa: ANN401 - the operations of any service
    """The client of this process for a service: in a function our own, elsewhere botocore's."""
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        return client_from_environment(_TIMEOUTS, service)
    import botocore.session  # noqa: PLC0415 - as slow to load as all the rest of a function

    return botocore.session.get_session().create_client(service.name)
