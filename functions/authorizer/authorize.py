"""Lambda authorizer (REQUEST type) of all APIs.

The stage variable `contract` says which API calls. The decision covers the whole stage, because API
Gateway caches it by credential and serves every route from it. A credential that is refused gets a
Deny, which the gateway turns into the contract's 401 and caches too. Only a fault of the registry
itself raises, and then no request passes. An event that API Gateway did not make gets a Deny, too.

Plan, scope and role are left to the endpoint, whose responses have details that API Gateway cannot
give.

Source: "Input to a Lambda authorizer" and "Output from a Lambda authorizer", API Gateway Developer
Guide.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

from registry.domain import deadline
from registry.domain.credential import (
    Credential,
    Refusal,
    ResolvedCredential,
    hash_token,
    parse_token,
)
from registry.domain.identifiers import instant, now
from registry.domain.keys import Purpose
from registry.domain.workspace import CONTRACTS, Contract, Plan, rate_limit, usage_plan
from registry.gateway.loading import loaded
from registry.gateway.logger import function_logger
from registry.gateway.refusals import count_refusal
from registry.gateway.time_left import time_left
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client, table_name

logger = function_logger()

_BEARER = re.compile(r"\s*bearer +(\S+)\s*", re.IGNORECASE | re.ASCII)


class Statement(TypedDict):
    """One statement of an IAM policy."""

    Action: Literal["execute-api:Invoke"]
    Effect: Literal["Allow", "Deny"]
    Resource: str


class PolicyDocument(TypedDict):
    """An IAM policy."""

    Version: Literal["2012-10-17"]
    Statement: list[Statement]


class Decision(TypedDict):
    """A decision in the shape that API Gateway expects.

    `usageIdentifierKey` is the API key whose usage plan counts the request. `context` reaches the
    endpoint as `requestContext.authorizer`; its values are all strings, empty for none. Two of them
    are keys, in hexadecimal: nothing may log the context as a whole.
    """

    principalId: str
    policyDocument: PolicyDocument
    usageIdentifierKey: NotRequired[str]
    context: NotRequired[dict[str, str]]


@dataclass(frozen=True, slots=True)
class AuthorizerRequest:
    """The contract and the headers of a request that API Gateway wants to be authorized.

    Attributes:
        contract: the contract of the API.
        headers: all values of each header, by its name in lower case.
    """

    contract: Contract
    headers: Mapping[str, list[str]]


def handler(event: object, context: object) -> Decision:
    """Decide on one request; see the module's description.

    Raises:
        Throttled, Unavailable: the Credentials table did not respond before the deadline.
    """
    request = _read(event)
    stage = _stage(event)
    if request is None:
        _record_refusal("unknown", Refusal.MALFORMED)
        return _decision(stage, "Deny", principal="unknown")
    with deadline.within(time_left(context)):
        outcome = authenticate(request)
        if isinstance(outcome, ResolvedCredential):
            _record_use(outcome.credential)
    if isinstance(outcome, Refusal):
        _record_refusal(request.contract, outcome)
        return _decision(stage, "Deny", principal="unknown")
    logger.info(
        "credential accepted",
        contract=request.contract,
        credential_id=outcome.credential.id,
        workspace_id=outcome.workspace.id,
    )
    if outcome.workspace.secret is None:
        logger.warning("workspace without a secret", workspace_id=outcome.workspace.id)
    return _allow(stage, outcome)


def authenticate(request: AuthorizerRequest) -> ResolvedCredential | Refusal:
    """The resolved credential of the request, or why it is refused.

    A text that cannot be a token of this contract is refused before the database is read.
    """
    text = _credential_text(request)
    if isinstance(text, Refusal):
        return text
    parts = parse_token(request.contract, text)
    if parts is None:
        return Refusal.MALFORMED
    resolved = _store().resolve(hash_token(text))
    if resolved is None:
        return Refusal.UNKNOWN
    return resolved.refusal(request.contract, parts.mode, now()) or resolved


def _record_use(credential: Credential) -> None:
    """Write down that a credential is used today, with its first use of the day.

    That is one write a day for each credential, of which the others know by the read that they make
    anyway. A use that cannot be written down is no reason to refuse it.
    """
    at = now()
    if credential.was_used_on_the_day_of(at):
        return
    try:
        _store().record_use(credential, at)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller is not to blame for it
        logger.warning("use not recorded", credential_id=credential.id, error=type(error).__name__)


def _store() -> CredentialStore:
    return CredentialStore(dynamodb_client(), table_name("CREDENTIALS_TABLE"))


def _read(event: object) -> AuthorizerRequest | None:
    """The request in an event; None if API Gateway did not make it, or its stage is unknown."""
    if not isinstance(event, Mapping):
        return None
    variables, headers = event.get("stageVariables"), _read_headers(event)
    if not isinstance(event.get("methodArn"), str):
        return None
    if not isinstance(variables, Mapping) or headers is None:
        return None
    name = variables.get("contract")
    contract = next((contract for contract in Contract if contract.value == name), None)
    return None if contract is None else AuthorizerRequest(contract, headers)


def _stage(event: object) -> str:
    """The ARN of all routes of the stage, because the decision is cached for all of them."""
    method_arn = event.get("methodArn") if isinstance(event, Mapping) else None
    if not isinstance(method_arn, str):
        return "*"
    api_and_stage = "/".join(method_arn.split("/", 2)[:2])
    return f"{api_and_stage}/*"


def _read_headers(event: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """All values of each header, by its name in lower case, since it may arrive in any case."""
    headers = event.get("multiValueHeaders")
    if headers is None:
        single = event.get("headers")
        if single is None:
            return {}
        if not isinstance(single, Mapping):
            return None
        headers = {name: [value] for name, value in single.items()}
    if not isinstance(headers, Mapping):
        return None
    by_name: dict[str, list[str]] = {}
    for name, values in headers.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            return None
        by_name.setdefault(str(name).lower(), []).extend(values)
    return by_name


def _credential_text(request: AuthorizerRequest) -> str | Refusal:
    """The one credential in the request's headers.

    Athenty documents `X-Api-Key`; its reference page names no header, so a bearer token is taken as
    well. Both at once have to agree; an `Authorization` of another scheme beside `X-Api-Key` is
    meant for somebody else on the way.
    """
    authorization = request.headers.get("authorization", [])
    has_api_key = "X-Api-Key" in CONTRACTS[request.contract].headers
    api_keys = request.headers.get("x-api-key", []) if has_api_key else []
    if len(authorization) > 1 or len(api_keys) > 1:
        return Refusal.AMBIGUOUS
    texts = {key.strip() for key in api_keys}
    for value in authorization:
        bearer = _BEARER.fullmatch(value)
        if bearer is not None:
            texts.add(bearer[1])
        elif not texts:
            return Refusal.MALFORMED
    if len(texts) > 1:
        return Refusal.AMBIGUOUS
    return texts.pop() if texts else Refusal.MISSING


def _allow(stage: str, resolved: ResolvedCredential) -> Decision:
    credential, workspace = resolved.credential, resolved.workspace
    decision = _decision(stage, "Allow", principal=credential.id)
    decision["usageIdentifierKey"] = credential.usage_key
    decision["context"] = {
        "workspaceId": workspace.id,
        "workspaceName": workspace.name,
        "region": workspace.region,
        "timezone": workspace.timezone or "",
        "plan": workspace.plan,
        "subscription": workspace.subscription,
        "credentialId": credential.id,
        "userId": credential.user_id or "",
        "contract": credential.contract,
        "mode": credential.mode,
        "role": credential.role or "",
        "scopes": " ".join(resolved.scopes),
        "tokenPrefix": credential.prefix,
        "rate": _rate(credential.contract, workspace.plan),
        "expiresAt": instant(resolved.expires_at) if resolved.expires_at else "",
        "consentKey": workspace.key(Purpose.CONSENT).hex(),
        "cursorKey": workspace.key(Purpose.CURSOR).hex(),
    }
    return decision


def _rate(contract: Contract, plan: Plan) -> str:
    """Requests a second of the usage plan: the published rate unless it was deployed with another.

    `USAGE_PLAN_RATES` is a JSON object from usage plan to rate, such as `{"standard": 10}`.
    """
    deployed: dict[str, float] = json.loads(os.environ.get("USAGE_PLAN_RATES", "{}"))
    published = rate_limit(contract, plan).rate
    return str(deployed.get(usage_plan(contract, plan), published))


def _decision(stage: str, effect: Literal["Allow", "Deny"], *, principal: str) -> Decision:
    return {
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": stage,
                },
            ],
        },
    }


def _record_refusal(contract: Contract | Literal["unknown"], refusal: Refusal) -> None:
    logger.info("credential refused", contract=contract, reason=refusal)
    count_refusal(contract, refusal)


loaded()
