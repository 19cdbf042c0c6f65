"""How much the credentials of a workspace are used, as API Gateway counts it for usage plans."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ops.cli.deployment import Deployment
from registry.domain.credential import Credential
from registry.domain.identifiers import now
from registry.domain.workspace import UsagePlan, Workspace, usage_plan

if TYPE_CHECKING:
    from types_boto3_apigateway.type_defs import GetUsageRequestTypeDef

# API Gateway keeps the usage of 90 days.
MOST_DAYS = 90
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Usage:
    """The use of one credential over some days.

    Attributes:
        credential: it.
        usage_plan: the usage plan that its requests count against.
        requests: how many there were.
        remaining: what is left of the month's quota; None where the plan has none.
        last_day: the last day, in UTC, with a request; None without any.
    """

    credential: Credential
    usage_plan: UsagePlan
    requests: int
    remaining: int | None
    last_day: date | None


def usage_of(
    deployment: Deployment, workspace: Workspace, credentials: list[Credential], days: int
) -> Iterator[Usage]:
    """The use of a workspace's credentials over the last days, that of today included.

    A revoked credential has no key in API Gateway any more, and is left out.

    Args:
        deployment: the stack.
        workspace: whose plan the credentials count against.
        credentials: of that workspace.
        days: 1 to `MOST_DAYS`.
    """
    until = now().date()
    limited: dict[UsagePlan, bool] = {}
    for credential in credentials:
        if credential.revoked_at is not None:
            continue
        plan = usage_plan(credential.contract, workspace.plan)
        if plan not in limited:
            limited[plan] = _has_quota(deployment, plan)
        since = until - timedelta(days=days - 1)
        daily = _daily(deployment, plan, credential.api_key_id, since, until)
        used = [since + timedelta(days=n) for n, (requests, _) in enumerate(daily) if requests]
        yield Usage(
            credential=credential,
            usage_plan=plan,
            requests=sum(requests for requests, _ in daily),
            remaining=daily[-1][1] if daily and limited[plan] else None,
            last_day=used[-1] if used else None,
        )


def _daily(
    deployment: Deployment, plan: UsagePlan, key: str, since: date, until: date
) -> list[tuple[int, int]]:
    """Requests and what was left of the quota, for each day.

    Source: "GetUsage", Amazon API Gateway REST API Reference.
    """
    request: GetUsageRequestTypeDef = {
        "usagePlanId": deployment.usage_plans[plan],
        "keyId": key,
        "startDate": since.isoformat(),
        "endDate": until.isoformat(),
        "limit": _PAGE,
    }
    items = deployment.apigateway.get_usage(**request).get("items", {})
    return [(day[0], day[1]) for days in items.values() for day in days]


def _has_quota(deployment: Deployment, plan: UsagePlan) -> bool:
    """Whether a usage plan has a quota; what is left of none means nothing."""
    found = deployment.apigateway.get_usage_plan(usagePlanId=deployment.usage_plans[plan])
    return bool(found.get("quota", {}).get("limit"))
