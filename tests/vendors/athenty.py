"""A fake Athenty: numbered pages with totals, and clients under `clt_…`."""

from collections.abc import Iterable
from typing import Any

from registry.domain.workspace import Contract
from tests.vendors.people import Person, odd_texts, person, time_text
from tests.vendors.server import Answer, Asked, FakeVendor, Row, whole

KEY = "ath-fake-key"


class FakeAthenty(FakeVendor):
    """Athenty's API.

    Attributes:
        oldest_first: the direction of `sort=created_at`, which the vendor does not document.
        hides_inactive: whether a list without `active` leaves inactive clients out.
    """

    contract = Contract.ATHENTY
    windows = ((2, 1.0),)

    def __init__(self, rows: Iterable[Row] = (), **options: Any) -> None:
        """Keep the rows."""
        super().__init__(rows, **options)
        self.oldest_first = False
        self.hides_inactive = False

    def answer(self, asked: Asked) -> Answer:
        """The list, or one client."""
        if asked.headers.get("x-api-key") != KEY:
            return self.error(401, "UNAUTHORIZED")
        if asked.method != "GET" or asked.path[:3] != ("v2", "api", "clients"):
            return self.error(404, "NOT_FOUND")
        match asked.path[3:]:
            case ():
                return self._list(asked.query)
            case (identifier,):
                row = self.by_id(identifier)
                return self.error(404, "NOT_FOUND") if row is None else Answer(200, row)
        return self.error(404, "NOT_FOUND")

    def error(self, status: int, code: str) -> Answer:
        """`{"code", "message", "statusCode"}`, with the headers of the limit on a 429."""
        headers = {"X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "0"} if status == 429 else {}
        body = {"code": code.upper(), "message": "No.", "statusCode": status}
        return Answer(status, body, headers)

    def _list(self, query: dict[str, str]) -> Answer:
        limit, page = whole(query, "limit", 20, 100), whole(query, "page", 1, 10**9)
        active = query.get("active")
        known = {"search", "memberType", "active", "sort", "page", "limit"}
        sorts = {"name", "created_at", "request_count"}
        good = query.keys() <= known and query.get("sort", "created_at") in sorts
        if limit is None or page is None or not good or active not in {None, "true", "false"}:
            return self.error(422, "VALIDATION_ERROR")
        if active is None and self.hides_inactive:
            active = "true"
        ordered = self.rows if self.oldest_first else self.rows[::-1]
        passing = [row for row in ordered if active in {None, str(row["active"]).lower()}]
        pages = -(-len(passing) // limit)
        body = {
            "data": passing[(page - 1) * limit : page * limit],
            "pagination": {
                "page": page,
                "limit": limit,
                "total": len(passing),
                "totalPages": pages,
                "hasNext": page < pages,
                "hasPrev": page > 1,
            },
        }
        self.between()
        return Answer(200, body)


def clients(count: int, *, odd: bool = True) -> list[Row]:
    """So many clients, oldest first."""
    return [_client(person(number, odd=odd)) for number in range(count)]


def _client(one: Person) -> Row:
    text = {
        "id": f"clt_{one.number:08x}",
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "region": one.region,
        "country": one.code,
        "city": one.city,
        "created": time_text(one.created_at),
        **odd_texts(one),
    }
    return Row(
        {
            "id": text["id"],
            "orgId": "org_fake",
            "nameFirst": None if one.company else one.given,
            "nameLast": None if one.company else (text["name"] if one.odd else one.family),
            "businessName": text["name"] if one.company else None,
            "email": text["email"],
            "phone": text["phone"],
            "externalId": f"crm-{one.number}" if one.number % 2 else None,
            "memberType": "business" if one.company else "individual",
            "addressLine1": one.street,
            "addressLine2": None,
            "city": text["city"],
            "region": text["region"],
            "postalCode": one.postal_code,
            "country": text["country"],
            "metadata": {"tier": one.number % 4, "exact": 10**24 + one.number, "tags": ["a", "b"]},
            "active": not one.archived,
            "requestCount": one.number % 17,
            "createdAt": text["created"],
            "updatedAt": time_text(one.created_at),
        }
    )
