"""GetUsage of API Gateway, which the emulator lacks: the requests of each key by day."""
# ruff: noqa: SLF001 (the gap is closed from inside)

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ministack.services import apigateway_v1


def count_usage() -> None:
    """Offer GetUsage: the requests of each key by day, and what is left of its plan's quota.

    Source: "GetUsage", Amazon API Gateway REST API Reference. The counts begin with the emulator.
    """
    counts: Counter[tuple[str, str, date]] = Counter()
    check, handle = apigateway_v1._check_quota, apigateway_v1.handle_request

    def check_and_count(key: Mapping[str, Any] | None, api_id: str, stage: str) -> Any:  # noqa: ANN401
        refused = check(key, api_id, stage)
        if refused is None and key is not None:
            for plan_id, *_ in apigateway_v1._usage_plans_for_key(key["id"], api_id, stage):
                counts[plan_id, key["id"], datetime.now(UTC).date()] += 1
        return refused

    def usage(plan_id: str, query: Mapping[str, Any]) -> Any:  # noqa: ANN401
        first, last, key = (_single(query[name]) for name in ("startDate", "endDate", "keyId"))
        since, days = date.fromisoformat(first), range(_days_between(first, last))
        quota = (apigateway_v1._usage_plans[plan_id].get("quota") or {}).get("limit", 0)
        daily, used = [], 0
        for day in days:
            requests = counts[plan_id, key, since + timedelta(days=day)]
            used += requests
            daily.append([requests, max(0, quota - used)])
        # On the wire the member `items` is called `values`.
        body = {"usagePlanId": plan_id, "startDate": first, "endDate": last, "values": {key: daily}}
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()

    async def handle_with_usage(
        method: str,
        path: str,
        headers: Any,  # noqa: ANN401 (passed through)
        body: bytes,
        query: Mapping[str, Any],
    ) -> Any:  # noqa: ANN401
        match path.strip("/").split("/"):
            case ["usageplans", plan_id, "usage"] if method == "GET":
                return usage(plan_id, query)
        return await handle(method, path, headers, body, query)

    apigateway_v1._check_quota = check_and_count
    apigateway_v1.handle_request = handle_with_usage


def _single(value: str | list[str]) -> str:
    """The value of a query parameter, which the emulator may have as a list."""
    return value if isinstance(value, str) else value[0]


def _days_between(first: str, last: str) -> int:
    """How many days there are from one to another, both included."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
