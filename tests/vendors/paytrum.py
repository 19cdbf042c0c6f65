"""A fake Paytrum: `startingAfter` lists, newest first, and clients under 24 hexadecimal digits."""

from collections.abc import Iterable
from typing import Any

from registry.domain.workspace import Contract
from tests.vendors.people import Person, odd_texts, person, time_text
from tests.vendors.server import Answer, Asked, FakeVendor, Row, whole

KEY = "ak_live_fake"


class FakePaytrum(FakeVendor):
    """Paytrum's API below `/api`.

    Attributes:
        lost: what a `startingAfter` whose client is gone gets, which the vendor does not document:
            a status, or 200 for an empty page.
        hides_inactive: whether a list without a status leaves inactive clients out.
    """

    base = "/api"
    contract = Contract.PAYTRUM
    windows = ((2, 1.0),)

    def __init__(self, rows: Iterable[Row] = (), **options: Any) -> None:
        """Keep the rows."""
        super().__init__(rows, **options)
        self.lost = 400
        self.hides_inactive = False

    def answer(self, asked: Asked) -> Answer:
        """The list, or one client."""
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return self.error(401, "unauthorized")
        if asked.method != "GET" or asked.path[:2] != ("v1", "clients"):
            return self.error(404, "not_found")
        match asked.path[2:]:
            case ():
                return self._list(asked.query)
            case (identifier,):
                row = self.by_id(identifier)
                return self.error(404, "not_found") if row is None else Answer(200, row)
        return self.error(404, "not_found")

    def error(self, status: int, code: str) -> Answer:
        """`{"error": {"code", "message"}}`."""
        return Answer(status, {"error": {"code": code, "message": "No."}})

    def _list(self, query: dict[str, str]) -> Answer:
        limit = whole(query, "limit", 25, 100)
        status = query.get("status")
        known = query.keys() <= {"limit", "startingAfter", "status"}
        if limit is None or not known or status not in {None, "active", "inactive"}:
            return self.error(400, "bad_request")
        if status is None and self.hides_inactive:
            status = "active"
        newest_first = self.rows[::-1]
        start = 0
        if "startingAfter" in query:
            after = self.by_id(query["startingAfter"])
            if after is None:
                empty = {"object": "list", "data": [], "hasMore": False}
                return Answer(200, empty) if self.lost == 200 else self.error(self.lost, "lost")
            start = newest_first.index(after) + 1
        passing = [row for row in newest_first[start:] if status in {None, row["status"]}]
        page = {"object": "list", "data": passing[:limit], "hasMore": len(passing) > limit}
        self.between()
        return Answer(200, page)


def clients(count: int, *, odd: bool = True) -> list[Row]:
    """So many clients, oldest first."""
    return [_client(person(number, odd=odd)) for number in range(count)]


def _client(one: Person) -> Row:
    text = {
        "id": f"{0x66F1A2B3C4D5E6F7A8B9C0D1 + one.number * 7919:024x}",
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "region": one.region if one.code in {"US", "CA"} else None,
        "country": one.code,
        "city": one.city,
        "created": time_text(one.created_at),
        **odd_texts(one),
    }
    return Row(
        {
            "object": "client",
            "id": text["id"],
            "name": text["name"],
            "company": one.company,
            "email": text["email"],
            "phone": text["phone"],
            "usageType": "commercial" if one.company else "consumer",
            "status": "inactive" if one.archived else "active",
            "address": {
                "line1": one.street,
                "line2": None,
                "city": text["city"],
                "state": text["region"],
                "postalCode": one.postal_code,
                "country": text["country"],
            },
            "timezone": "America/New_York",
            "notes": f"line\n{one.number}" if one.number % 3 == 0 else None,
            "emailConsent": one.number % 2 == 0,
            "smsConsent": one.number % 5 == 0,
            "createdAt": text["created"],
            "updatedAt": time_text(one.created_at),
        }
    )
