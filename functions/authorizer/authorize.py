"""Lambda authorizer (REQUEST type) of all four APIs.

The stage variable `contract` says which API asks. The answer covers the whole stage, because API
Gateway caches it by credential and serves every route from it. A credential that does not count is
answered with a Deny, which the gateway turns into the contract's 401 and caches too; only a fault
of the registry itself raises, and then nothing is let through.

Plan, scope and role are left to the endpoint: their answers say things the gateway cannot.

Source: "Input to a Lambda authorizer" and "Output from a Lambda authorizer", API Gateway Developer
Guide.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from registry.domain.credential import Refusal, ResolvedCredential, hash_token, parse_token
from registry.domain.identifiers import instant, now
from registry.domain.workspace import CONTRACTS, Contract, Plan, rate_limit, usage_plan
from registry.gateway.logger import function_logger
from registry.gateway.refusals import count_refusal
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
    """What API Gateway expects back.

    `usageIdentifierKey` is the API key whose usage plan counts the request. `context` reaches the
    endpoint as `requestContext.authorizer`; its values are all strings, empty for none.
    """

    principalId: str
    policyDocument: PolicyDocument
    usageIdentifierKey: NotRequired[str]
    context: NotRequired[dict[str, str]]


def handler(event: Mapping[str, Any], _context: object) -> Decision:
    """Decide on one request; see the module's description.

    Raises:
        Throttled, Unavailable: the Credentials table did not answer.
    """
    contract = Contract(event["stageVariables"]["contract"])
    outcome = authenticate(contract, event)
    if isinstance(outcome, Refusal):
        _record_refusal(contract, outcome)
        return _decision(event["methodArn"], "Deny", principal="unknown")
    logger.info(
        "credential accepted",
        contract=contract,
        credential_id=outcome.credential.id,
        workspace_id=outcome.workspace.id,
    )
    return _allow(event["methodArn"], outcome)


def authenticate(contract: Contract, event: Mapping[str, Any]) -> ResolvedCredential | Refusal:
    """What the request's credential stands for, or why it does not count.

    A text that cannot be a token of this contract is refused before anything is read.
    """
    text = _credential_text(contract, event)
    if isinstance(text, Refusal):
        return text
    parts = parse_token(contract, text)
    if parts is None:
        return Refusal.MALFORMED
    store = CredentialStore(dynamodb_client(), table_name("CREDENTIALS_TABLE"))
    resolved = store.resolve(hash_token(text))
    if resolved is None:
        return Refusal.UNKNOWN
    return resolved.refusal(contract, parts.mode, now()) or resolved


def _credential_text(contract: Contract, event: Mapping[str, Any]) -> str | Refusal:
    """The one credential in the request's headers.

    Athenty documents `X-Api-Key`; its reference page names no header, so a bearer token is taken as
    well. Both at once have to agree; an `Authorization` of another scheme beside `X-Api-Key` is
    meant for somebody else on the way.
    """
    authorization = _header(event, "authorization")
    has_api_key = "X-Api-Key" in CONTRACTS[contract].headers
    api_keys = _header(event, "x-api-key") if has_api_key else []
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


def _header(event: Mapping[str, Any], name: str) -> list[str]:
    """All values of a header, whose name may arrive in any case."""
    headers: Mapping[str, list[str]] = event.get("multiValueHeaders") or {
        key: [value] for key, value in (event.get("headers") or {}).items()
    }
    return [value for key, values in headers.items() if key.lower() == name for value in values]


def _allow(method_arn: str, resolved: ResolvedCredential) -> Decision:
    credential, workspace = resolved.credential, resolved.workspace
    decision = _decision(method_arn, "Allow", principal=credential.id)
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
    }
    return decision


def _rate(contract: Contract, plan: Plan) -> str:
    """Requests a second of the usage plan: the published rate unless it was deployed with another.

    `USAGE_PLAN_RATES` is a JSON object from usage plan to rate, such as `{"standard": 10}`.
    """
    deployed: dict[str, float] = json.loads(os.environ.get("USAGE_PLAN_RATES", "{}"))
    published = rate_limit(contract, plan).rate
    return str(deployed.get(usage_plan(contract, plan), published))


def _decision(method_arn: str, effect: Literal["Allow", "Deny"], *, principal: str) -> Decision:
    api_and_stage = "/".join(method_arn.split("/", 2)[:2])
    return {
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Action": "execute-api:Invoke",
                    "Effect": effect,
                    "Resource": f"{api_and_stage}/*",
                },
            ],
        },
    }


def _record_refusal(contract: Contract, refusal: Refusal) -> None:
    logger.info("credential refused", contract=contract, reason=refusal)
    count_refusal(contract, refusal)
