"""Example events: what AWS sends to each function, for `sam local invoke` and the console.

Source of the shapes: "Input format of a Lambda function for proxy integration" and "Input to a
Lambda authorizer", API Gateway Developer Guide; "Using AWS Lambda with Amazon DynamoDB" and "Using
Lambda with Amazon SQS", AWS Lambda Developer Guide; "Amazon EventBridge event structure".
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from registry.domain.change import Author, create
from registry.domain.credential import (
    CREDENTIAL_RULES,
    AccessToken,
    ChecksummedToken,
    permissions,
    with_checksum,
)
from registry.domain.identifiers import created_at
from registry.domain.keys import SECRET_BYTES, Purpose, derive
from registry.domain.tenant import Tenant
from registry.domain.workspace import CONTRACTS, Contract, Mode, Plan, rate_limit
from registry.gateway.operation import Example, IdempotencyKey, Operation
from registry.gateway.request import IDEMPOTENCY_HEADER
from registry.store.items import client_item
from registry.store.webhook_queue import Message
from tools.generate.declarations import all_operations, module_name, package

Json = dict[str, Any]

PROJECTIONS: Final = ("index", "project")
"""The functions on the change stream."""
QUEUED: Final = "deliver"
"""The function on the queue of webhooks."""
SCHEDULED: Final = "probe"
"""The function on a schedule."""

_HOST: Final = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
_PLAN: Final = Plan.ENTERPRISE
_WORKSPACE: Final = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
_CREDENTIAL: Final = "0192f0c1-2f3a-7cc0-9d2e-000000000001"
_USER: Final = "0192f0c1-2f3a-7cc0-9d2e-000000000002"
_RECORD: Final = "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"
_ENDPOINT: Final = "019ead59-2b50-7e13-a2d4-7f8091021324"
_RECORDS: Final = {"payment_method_id": "019ead58-1c40-7a02-b1c3-5d6e7f809102"}
_LABEL: Final = "Ab3dEf6hIj9l"
_ACCESS_TOKEN: Final = "8d2c6f3f1b7e4a90c5d1e2f3a4b5c6d7e8f90a1b2c3d4e5f60718293"  # noqa: S105 - opens nothing
_SECRET: Final = bytes(SECRET_BYTES)
_FORM: Final = "application/x-www-form-urlencoded"
_ABSENT_IDENTITY: Final = (
    "cognitoIdentityPoolId",
    "accountId",
    "cognitoIdentityId",
    "caller",
    "principalOrgId",
    "accessKey",
    "cognitoAuthenticationType",
    "cognitoAuthenticationProvider",
    "userArn",
    "user",
)


def events() -> dict[Path, str]:
    """The text of every event by its path below `events/`."""
    every = {Path("authorizer/authorize.json"): authorizer_event(all_operations()[0])}
    every |= {Path(f"projections/{name}.json"): stream_event() for name in PROJECTIONS}
    every[Path(f"projections/{QUEUED}.json")] = queue_event()
    every[Path(f"projections/{SCHEDULED}.json")] = schedule_event()
    for operation in all_operations():
        path = Path(package(operation), f"{operation.name}.json")
        every[path] = endpoint_event(operation)
    return {
        path: json.dumps(event, ensure_ascii=False, indent=2) + "\n"
        for path, event in every.items()
    }


def endpoint_event(operation: Operation) -> Json:
    """The event of an operation: its first example, from a caller with every permission."""
    example = next(iter(operation.examples), Example(title="nothing", body={}))
    headers = {**_credential_header(operation), **_headers(operation)}
    query = dict(example.query)
    context = _context(operation)
    if not operation.public:
        context = {
            "resourceId": context.pop("resourceId"),
            "authorizer": _caller(operation.dialect.contract),
            **context,
        }
    return {
        **_request(operation, headers),
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": _each_in_a_list(query) or None,
        "pathParameters": _path_parameters(operation) or None,
        "stageVariables": {"contract": operation.dialect.contract.value},
        "requestContext": context,
        "body": _body(operation, example),
        "isBase64Encoded": False,
    }


def authorizer_event(operation: Operation) -> Json:
    """The event with which API Gateway asks the authorizer about a request to an operation."""
    contract = operation.dialect.contract
    text = _example_secret(CREDENTIAL_RULES[contract].token)
    api = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5"
    return {
        "type": "REQUEST",
        "methodArn": f"{api}/live/{operation.method}{operation.path}",
        **_request(operation, {**_sent_in(contract, text), **_headers(operation)}),
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "pathParameters": _path_parameters(operation),
        "stageVariables": {"contract": contract.value},
        "requestContext": _context(operation),
    }


def stream_event() -> Json:
    """The event with which Lambda tells a function on the change stream of a new client."""
    author = Author(_CREDENTIAL, created_at(_RECORD), Contract.PAYTRUM)
    made = replace(create(author, name="Acme Co", email="ar@acme.com").client, id=_RECORD)
    image = client_item(Tenant(_WORKSPACE, Mode.LIVE), made)
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/client-registry-ClientsTable"
    record = {
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": int(made.created_at.timestamp()),
            "Keys": {"pk": image["pk"], "sk": image["sk"]},
            "NewImage": image,
            "SequenceNumber": "111000000000000000000001",
            "SizeBytes": len(json.dumps(image)),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": f"{table}/stream/2026-06-09T00:00:00.000",
    }
    return {"Records": [record]}


def queue_event() -> Json:
    """The event with which Lambda tells of a message in the queue: an event for an endpoint."""
    message = Message(
        tenant=Tenant(_WORKSPACE, Mode.LIVE),
        endpoint_id=_ENDPOINT,
        event_id=f"{_RECORD}.1",
        client_id=_RECORD,
    )
    sent = str(int(created_at(_RECORD).timestamp() * 1000))
    record = {
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "ApproximateFirstReceiveTimestamp": sent,
            "MessageDeduplicationId": message.deduplication_id,
            "MessageGroupId": message.group_id,
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "SentTimestamp": sent,
            "SequenceNumber": "18849496460467696128",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:client-registry-WebhookQueue.fifo",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}


def schedule_event() -> Json:
    """The event with which EventBridge starts a function on a schedule."""
    rule = "arn:aws:events:us-east-1:123456789012:rule/client-registry-ProbeEachMinute"
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-06-09T17:04:00Z",
        "region": "us-east-1",
        "resources": [rule],
        "detail": {},
    }


def _request(operation: Operation, headers: Mapping[str, str]) -> Json:
    """The members that both kinds of event have."""
    headers = dict(sorted(headers.items()))
    return {
        "resource": operation.path,
        "path": operation.path.format(**_path_parameters(operation)),
        "httpMethod": operation.method,
        "headers": headers,
        "multiValueHeaders": _each_in_a_list(headers),
    }


def _headers(operation: Operation) -> dict[str, str]:
    """The headers beside the credential's; a POST that honours an idempotency key has one."""
    headers = {
        "Accept": "*/*",
        "Host": _HOST,
        "User-Agent": "curl/8.5.0",
        "X-Amzn-Trace-Id": "Root=1-6846f5a5-2f3a7cc09d2e6a4b8f0e1d2c",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    if operation.body is not None:
        headers["Content-Type"] = _FORM if operation.form else "application/json"
    if operation.method == "POST" and operation.idempotency_key is not IdempotencyKey.IGNORED:
        headers[IDEMPOTENCY_HEADER] = str(uuid5(NAMESPACE_URL, module_name(operation)))
    return headers


def _credential_header(operation: Operation) -> dict[str, str]:
    """The header with a made-up credential of the operation's contract."""
    if operation.public:
        pair = base64.b64encode(b"your_client_id:your_client_secret").decode()
        return {"Authorization": f"Basic {pair}"}
    contract = operation.dialect.contract
    return _sent_in(contract, _example_secret(CREDENTIAL_RULES[contract].token))


def _sent_in(contract: Contract, token: str) -> dict[str, str]:
    """The header that a contract documents for its token."""
    name = CONTRACTS[contract].headers[0]
    return {name: f"Bearer {token}" if name == "Authorization" else token}


def _example_secret(form: ChecksummedToken | AccessToken) -> str:
    """A well-formed token that was never issued."""
    if isinstance(form, AccessToken):
        return _ACCESS_TOKEN
    label = f"{_LABEL[: form.label_length]}_" if form.label_length else ""
    secret = ("Example0" * form.random_length)[: form.random_length]
    return with_checksum(f"{form.vendor}_{Mode.LIVE}_{label}{secret}")


def _caller(contract: Contract) -> Json:
    """The context that the authorizer's decision adds for an endpoint."""
    rules = CREDENTIAL_RULES[contract]
    allowed = permissions(contract, (), None)
    shown = rules.client_secret or rules.token
    prefix = shown.prefix(_example_secret(shown))
    return {
        "workspaceId": _WORKSPACE,
        "workspaceName": "Acme Holding",
        "region": "US",
        "timezone": "America/New_York",
        "plan": _PLAN.value,
        "subscription": "active",
        "credentialId": _CREDENTIAL,
        "userId": _USER if allowed.role else "",
        "contract": contract.value,
        "mode": Mode.LIVE.value,
        "role": allowed.role.value if allowed.role else "",
        "scopes": " ".join(allowed.scopes),
        "tokenPrefix": prefix,
        "rate": str(rate_limit(contract, _PLAN).rate),
        "expiresAt": "",
        "consentKey": derive(_SECRET, Purpose.CONSENT).hex(),
        "cursorKey": derive(_SECRET, Purpose.CURSOR).hex(),
        "principalId": _CREDENTIAL,
        "integrationLatency": 12,
    }


def _context(operation: Operation) -> Json:
    """The request context, without what an authorizer adds."""
    path = operation.path.format(**_path_parameters(operation))
    return {
        "resourceId": "k2x9ab",
        "resourcePath": operation.path,
        "httpMethod": operation.method,
        "extendedRequestId": "MbGxQG3MIAMEc9g=",
        "requestTime": "09/Jun/2026:17:04:21 +0000",
        "path": f"/live{path}",
        "accountId": "123456789012",
        "protocol": "HTTP/1.1",
        "stage": "live",
        "domainPrefix": _HOST.partition(".")[0],
        "requestTimeEpoch": 1781024661000,
        "requestId": "6f1d0b9e-4b8f-4a53-9d8b-2b8d4f3f6a11",
        "identity": {
            **dict.fromkeys(_ABSENT_IDENTITY),
            "sourceIp": "203.0.113.7",
            "userAgent": "curl/8.5.0",
        },
        "domainName": _HOST,
        "deploymentId": "d7f3ab",
        "apiId": _HOST.partition(".")[0],
    }


def _path_parameters(operation: Operation) -> dict[str, str]:
    """A made-up id for each parameter of the path."""
    names = re.findall(r"{(\w+)}", operation.path)
    return {name: _RECORDS.get(name, _RECORD) for name in names}


def _body(operation: Operation, example: Example) -> str | None:
    """The text of an example's body; None where the operation reads none."""
    if operation.body is None:
        return None
    if operation.form:
        return urlencode(example.body or {})
    return json.dumps(example.body or {}, ensure_ascii=False, indent=2)


def _each_in_a_list(values: Mapping[str, str]) -> dict[str, list[str]]:
    """The values as API Gateway repeats them in its `multiValue` members."""
    return {name: [value] for name, value in values.items()}
