"""The client of `store/http` with the events of botocore's, so that one test observes either.

A test registers a handler with `client.meta.events`, under botocore's names, and never learns which
client it watches. A handler of `before-send` may take the place of the connection; the requests and
responses it sees are botocore's, and so are the errors it raises.
"""

import json
import math
import os
from collections.abc import Mapping
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError
from botocore.hooks import HierarchicalEmitter

from registry.store.http.client import HttpClient
from registry.store.http.connection import Connections, Request, Response, Timeouts
from registry.store.http.credentials import credentials_from
from registry.store.http.endpoint import dynamodb_url, endpoint_of
from registry.store.http.errors import NoResponse, Refused

_PATIENT = Timeouts(connect=3600, read=3600)


class Observed(AWSPreparedRequest):
    """A request as botocore's handlers know them, which the connection can still carry."""

    def __init__(self, connections: Connections, url: str, request: Request) -> None:
        # botocore hands its headers over as bytes.
        headers: Any = HTTPHeaders()
        for name, value in request.headers.items():
            headers[name] = value.encode()
        super().__init__("POST", f"{url}/", headers, request.body, stream_output=False)
        self._connections = connections
        self._request = request

    def carry(self) -> AWSResponse:
        """The response that the connection brings."""
        response = self._connections.send(self._request)
        raw = SimpleNamespace(stream=lambda: iter([response.body]))
        headers = HTTPHeaders.from_dict(dict(response.headers))
        return AWSResponse(self.url, response.status, headers, raw)


class ObservedClient(HttpClient):
    """The client that the environment describes, with events.

    It waits for a response as long as it takes: an engine on a busy machine may be slow, and no
    test that uses this client is about that.
    """

    def __init__(self) -> None:
        self.meta = SimpleNamespace(events=HierarchicalEmitter())
        self._url = dynamodb_url(os.environ, "us-east-1")
        endpoint = endpoint_of(self._url)
        self._connections = Connections(endpoint, _PATIENT, seconds_left=lambda: math.inf)
        super().__init__(self, endpoint.authority, "us-east-1", credentials_from())

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation, and tell the handlers before and after."""
        model = SimpleNamespace(name=operation)
        self._emit("before-parameter-build", operation, params=parameters, model=model)
        sent = {"body": json.dumps(parameters, default=bytes.hex)}
        instead = self._emit("before-call", operation, model=model, params=sent)
        if instead is not None:
            return _result(*instead)
        try:
            result = super().call(operation, parameters)
        except Refused as refused:
            self._emit("after-call", operation, model=model, parsed=refused.response)
            raise
        self._emit("after-call", operation, model=model, parsed=result)
        return result

    def send(self, request: Request) -> Response:
        """Carry a request, unless a handler does it."""
        operation = request.headers["x-amz-target"].partition(".")[2]
        observed = Observed(self._connections, self._url, request)
        try:
            response = self._emit("before-send", operation, request=observed)
        except (NoConnection, HTTPClientError) as error:
            raise NoResponse from error
        if response is None:
            return self._connections.send(request)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(response.status_code, headers, response.content)

    def close(self) -> None:
        """Close its connections; the next call opens one."""
        self._connections.close()

    def _emit(self, event: str, operation: str, **seen: object) -> Any:
        """Tell the handlers; the first answer one of them has, or None."""
        return self.meta.events.emit_until_response(f"{event}.dynamodb.{operation}", **seen)[1]


def _result(http: Any, parsed: dict[str, Any]) -> dict[str, Any]:
    """What a handler of `before-call` gives in place of a call."""
    if http.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        raise Refused(parsed, None)
    return parsed
