"""Call a contract in process: a request becomes the API Gateway event that its handler gets."""

import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from registry.domain.workspace import CONTRACTS
from registry.gateway.operation import Operation


class Unhurried:
    """Lambda's context of a request that may take as long as it takes.

    A test in process measures no time: a slow machine would turn its response into a 503. What a
    deadline does is held by `tests/contract/test_deadline.py`.
    """

    def get_remaining_time_in_millis(self) -> float:
        """The time left."""
        return math.inf


@dataclass(frozen=True)
class Reply:
    """An HTTP response, as API Gateway would send it.

    Attributes:
        status: the HTTP status.
        headers: by name, spelled as the handler spells them.
        text: the body.
    """

    status: int
    headers: dict[str, str]
    text: str

    @cached_property
    def json(self) -> Any:
        """The body as JSON; the keys of objects keep their order."""
        return json.loads(self.text)


def caller(contract: str, **changes: str) -> dict[str, str]:
    """The authorizer context of a credential that may do everything, on the largest plan.

    Args:
        contract: the contract that the credential is for.
        changes: keys of the context that differ, by name: `plan="free"`.
    """
    return {
        "workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c",
        "workspaceName": "Acme Holding",
        "region": "US",
        "timezone": "",
        "plan": "enterprise",
        "subscription": "active",
        "credentialId": "0192f0c1-2f3a-7cc0-9d2e-000000000001",
        "userId": "0192f0c1-2f3a-7cc0-9d2e-000000000002",
        "contract": contract,
        "mode": "live",
        "role": "",
        "scopes": "*",
        "tokenPrefix": "abcdef",
        "rate": "50",
        "expiresAt": "",
        "consentKey": "c0" * 32,
        "cursorKey": "c5" * 32,
        **changes,
    }


@dataclass(frozen=True)
class ContractClient:
    """A caller of one contract, which reaches every handler of it by method and path.

    Attributes:
        operations: what the contract serves.
        context: what the authorizer says of the caller; see `caller`.
    """

    operations: tuple[Operation, ...]
    context: dict[str, str] = field(repr=False)

    def send(
        self,
        method: str,
        target: str,
        body: object = None,
        headers: Mapping[str, str | list[str]] | None = None,
        *,
        raw: str | None = None,
        encoded: bool = False,
    ) -> Reply:
        """Send a request and return the response.

        Args:
            method: the HTTP method.
            target: path and query, percent-encoded.
            body: the value of a JSON body; None for no body.
            headers: by name; one with an empty value is left out, so that
                `{"Content-Type": ""}` sends a body without its type.
            raw: the text of a body, in place of `body`.
            encoded: whether `raw` is Base64, as API Gateway delivers a binary body.

        Raises:
            LookupError: the contract has no such method and path.
        """
        url = urlsplit(target)
        operation, path = self._route(method, url.path)
        query = parse_qs(url.query, keep_blank_values=True)
        text = raw if raw is not None else (None if body is None else json.dumps(body))
        sent = {"content-type": ["application/json"]} if text is not None else {}
        for name, value in (headers or {}).items():
            sent[name.lower()] = [value] if isinstance(value, str) else value
        event = {
            "resource": operation.path,
            "path": url.path,
            "httpMethod": method,
            "headers": {name: values[-1] for name, values in sent.items() if values[-1]},
            "multiValueHeaders": {name: values for name, values in sent.items() if values[-1]},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": path or None,
            "requestContext": {"requestId": str(uuid.uuid4()), "authorizer": self.context},
            "body": text,
            "isBase64Encoded": encoded,
        }
        folder = CONTRACTS[operation.dialect.contract].package
        module = import_module(f"{folder}.{operation.name}")
        response = module.handler(event, Unhurried())
        return Reply(response["statusCode"], response["headers"], response["body"])

    def as_caller(self, **changes: str) -> "ContractClient":
        """The same contract for a caller whose context differs by these keys."""
        return ContractClient(self.operations, self.context | changes)

    def _route(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation for a method and path, and the path's parameters.

        Raises:
            LookupError: there is none.
        """
        parts = path.split("/")
        for operation in self.operations:
            pattern = operation.path.split("/")
            if operation.method != method or len(pattern) != len(parts):
                continue
            pairs = list(zip(pattern, parts, strict=True))
            if all(name == part or name.startswith("{") for name, part in pairs):
                named = [(name, part) for name, part in pairs if name.startswith("{")]
                return operation, {name.strip("{}"): unquote(part) for name, part in named}
        raise LookupError(f"{method} {path}")
