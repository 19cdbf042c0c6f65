"""The calls of DynamoDB: JSON in, JSON out, signed, checked, and with the clock put right.

SQS and KMS take calls of the same protocol, AWS JSON.

Sources: "DynamoDB low-level API", Amazon DynamoDB Developer Guide; "AWS JSON 1.0 protocol" and "AWS
JSON 1.1 protocol", Smithy.
"""

import json
import os
import time
from base64 import b64decode, b64encode
from binascii import crc32
from calendar import timegm
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from registry.domain.json_encoder import encoder
from registry.store.http.connection import Connections, Request, Response, Timeouts, Transport
from registry.store.http.credentials import Credentials, credentials_from
from registry.store.http.endpoint import endpoint_of, service_url
from registry.store.http.errors import NoResponse, Refused
from registry.store.http.signature import Scope, authorization

_ERRORS_FROM = 300
# The errors that a request signed at another time than the service's gets, among other causes, and
# how far the clocks are apart then at least: DynamoDB takes signatures within five minutes.
_MAYBE_SKEWED = frozenset(
    {
        "InvalidSignatureException",
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    },
)
_SKEW_SECONDS = 4 * 60

Json = dict[str, Any]


class Service(NamedTuple):
    """A service of AWS that takes JSON.

    Attributes:
        name: as requests are signed for it, and in its address.
        target: what its operations are named after.
        json: the version of the protocol.
    """

    name: str
    target: str
    json: str = "1.0"


DYNAMODB = Service("dynamodb", "DynamoDB_20120810")
SQS = Service("sqs", "AmazonSQS")
KMS = Service("kms", "TrentService", "1.1")


class HttpClient:
    """DynamoDB with the methods that botocore's client has: `client.get_item(TableName=...)`.

    Every operation of the API is a method. What goes in and out is what botocore takes and returns,
    except that results have no `ResponseMetadata`, and that timestamps stay numbers.

    Args:
        transport: carries the requests to DynamoDB.
        host: as the `Host` header has it.
        region: that the requests are signed for.
        credentials: gives the credentials to sign with now.
        clock: seconds since 1970.
        service: the service, when it is not DynamoDB.
    """

    def __init__(  # noqa: PLR0913 - one parameter per part of a connection
        self,
        transport: Transport,
        host: str,
        region: str,
        credentials: Callable[[], Credentials],
        clock: Callable[[], float] = time.time,
        *,
        service: Service = DYNAMODB,
    ) -> None:
        self._transport = transport
        self._host = host
        self._service = service
        self._scope = Scope(region, service.name)
        self._credentials = credentials
        self._clock = clock
        self._skew = 0.0

    def __getattr__(self, name: str) -> Callable[..., Json]:
        """The operation of a method's name: `GetItem` for `get_item`."""
        if name.startswith("_"):
            raise AttributeError(name)

        operation = name.title().replace("_", "")

        def method(**parameters: Any) -> Json:  # noqa: ANN401 - an operation takes what it takes
            return self.call(operation, parameters)

        return method

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Json:
        """Call an operation; once more where the clock was wrong, since nothing was done then.

        Args:
            operation: as the API names it, such as `GetItem`.
            parameters: its parameters; binary values are bytes.

        Raises:
            Refused: DynamoDB responded with an error.
            NoResponse: no response that can be believed came back.
            MissingCredentials: there is nothing to sign with.
        """
        # A lone surrogate goes to the service, which refuses it, as it does for botocore.
        body = _encode(parameters).encode(errors="surrogatepass")
        try:
            return _read(self._transport.send(self._signed(operation, body)))
        except Refused as refused:
            if not self._put_clock_right(refused):
                raise
        return _read(self._transport.send(self._signed(operation, body)))

    def close(self) -> None:
        """Close the connections that are kept; the next call opens one."""
        self._transport.close()

    def _signed(self, operation: str, body: bytes) -> Request:
        credentials = self._credentials()
        headers = {
            "content-type": f"application/x-amz-json-{self._service.json}",
            "host": self._host,
            "x-amz-date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._clock() + self._skew)),
            "x-amz-target": f"{self._service.target}.{operation}",
        }
        if credentials.token:
            headers["x-amz-security-token"] = credentials.token
        headers["authorization"] = authorization(headers, body, credentials, self._scope)
        # A checksum is of the bytes as they are sent, so they are asked for as they are.
        headers["accept-encoding"] = "identity"
        return Request(headers, body)

    def _put_clock_right(self, refused: Refused) -> bool:
        """Whether a request was refused for its time, and would not be with the service's clock."""
        if refused.code not in _MAYBE_SKEWED or refused.date is None:
            return False
        try:
            theirs = timegm(time.strptime(refused.date, "%a, %d %b %Y %H:%M:%S GMT"))
        except ValueError:
            return False
        skew = theirs - self._clock()
        if abs(skew - self._skew) < _SKEW_SECONDS:
            return False
        self._skew = skew
        return True


def client_from_environment(timeouts: Timeouts, service: Service = DYNAMODB) -> HttpClient:
    """The client that the environment of the process describes; it connects with its first call.

    Binary values in the results of a service other than DynamoDB stay base64.

    Raises:
        KeyError: the environment names no region.
        ValueError: it names an address that no client can use.
    """
    environment = os.environ
    # botocore reads the first; Lambda sets both.
    region = environment.get("AWS_DEFAULT_REGION") or environment["AWS_REGION"]
    endpoint = endpoint_of(service_url(environment, region, service.name))
    transport = Connections(endpoint, timeouts)
    credentials = credentials_from(environment)
    return HttpClient(transport, endpoint.authority, region, credentials, service=service)


def _base64(value: object) -> str:
    """A binary value as JSON has it.

    Raises:
        TypeError: the value is of another type that JSON does not have.
    """
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no value of DynamoDB")


_encode = encoder(default=_base64, ensure_ascii=False)


def _binary(found: Json) -> Json:
    """An object of a response, with the bytes of a binary value or of a set of them.

    An object with the one key `B` and a text is a binary value: attributes of that name hold
    objects, and so do the parts of a response that are no attributes.
    """
    match found:
        case {"B": str(text), **others} if not others:
            return {"B": b64decode(text)}
        case {"BS": [*texts], **others} if not others:
            return {"BS": [b64decode(text) for text in texts]}
        case _:
            return found


def _decode(body: bytes) -> Any:  # noqa: ANN401 - JSON is whatever it is
    """The JSON of a response; only one that may hold binary values is searched for them.

    Raises:
        ValueError: it is none.
    """
    text = body.decode()
    if '"B"' in text or '"BS"' in text:
        return json.loads(text, object_hook=_binary)
    return json.loads(text)


def _read(response: Response) -> Json:
    """The result in a response.

    Raises:
        Refused: it is an error.
        NoResponse: it is not what DynamoDB sent, or not from DynamoDB.
    """
    checksum = response.headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(crc32(response.body)):
        raise NoResponse("the response is not the one that was sent")
    try:
        content = _decode(response.body) if response.body else {}
    except ValueError:
        content = None
    if response.status >= _ERRORS_FROM:
        raise _refused(response, content if isinstance(content, dict) else {})
    if not isinstance(content, dict):
        raise NoResponse("the response is no object of JSON")
    return content


def _refused(response: Response, content: Json) -> Refused:
    """The error in a response; without a name it has the status for one, as in botocore."""
    code = str(content.get("__type", response.status)).partition(":")[0].rpartition("#")[2]
    message = content.get("message", content.get("Message", ""))
    rest = {name: content[name] for name in content.keys() - {"__type", "message", "Message"}}
    error = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": response.status},
    }
    return Refused({**rest, **error}, response.headers.get("date"))
