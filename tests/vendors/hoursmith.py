"""A fake Hoursmith: lists with opaque cursors, envelopes, and clients under UUIDs."""

from uuid import UUID

from registry.domain.workspace import Contract
from tests.vendors.people import Person, odd_texts, person, time_text
from tests.vendors.server import Answer, Asked, FakeVendor, Row, cursor, place, whole

TOKEN = f"hsk_live_{'p' * 12}_{'s' * 32}"


class FakeHoursmith(FakeVendor):
    """Hoursmith's API on the Studio plan. Deleted clients are not listed."""

    contract = Contract.HOURSMITH
    windows = ((30, 10.0), (600, 60.0))

    def answer(self, asked: Asked) -> Answer:
        """The list, or one client."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.error(401, "unauthenticated")
        if asked.method != "GET" or asked.path[:3] != ("api", "v1", "clients"):
            return self.error(404, "not_found")
        match asked.path[3:]:
            case ():
                return self._list(asked.query)
            case (identifier,):
                row = self.by_id(identifier)
                if row is None:
                    return self.error(404, "not_found")
                return Answer(200, {"data": row}, self._limits())
        return self.error(404, "not_found")

    def error(self, status: int, code: str) -> Answer:
        """`{"error": {"code", "message"}}`."""
        return Answer(status, {"error": {"code": code, "message": "No."}}, self._limits())

    def _limits(self) -> dict[str, str]:
        """The headers of every response: of the sustained limit, whatever the burst says."""
        return {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "599"}

    def _list(self, query: dict[str, str]) -> Answer:
        limit = whole(query, "limit", 50, 200)
        sort = query.get("sort", "-createdAt")
        known = query.keys() <= {"cursor", "limit", "sort", "search"}
        if limit is None or not known or sort not in {"createdAt", "-createdAt"}:
            return self.error(422, "validation_error")
        passing = [row for row in self.rows if not row["deletedAt"]]
        if "cursor" in query:
            after = place(query["cursor"], sort)
            if after is None:
                return self.error(422, "validation_error")
            # The client that a cursor stands for may be gone.
            ascending = sort == "createdAt"
            passing = [row for row in passing if (row.order > after) is ascending]
            passing = [row for row in passing if row.order != after]
        if sort == "-createdAt":
            passing.reverse()
        rows = passing[:limit]
        following = cursor(rows[-1], sort) if len(passing) > limit else None
        page = {"data": rows, "pagination": {"nextCursor": following, "limit": limit}}
        self.between()
        return Answer(200, page, self._limits())


def clients(count: int, *, odd: bool = True) -> list[Row]:
    """So many clients, oldest first."""
    return [_client(person(number, odd=odd)) for number in range(count)]


def _client(one: Person) -> Row:
    text = {
        "id": str(UUID(int=one.number * 0x9E3779B97F4A7C15 % 2**128, version=4)),
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "region": one.region,
        "country": one.country,
        "city": one.city,
        "created": time_text(one.created_at),
        **odd_texts(one),
    }
    return Row(
        {
            "id": text["id"],
            "orgId": "25b2c2d5-a7fc-47d0-89e4-8709a1560bfa",
            "name": text["name"],
            "contactName": f"{one.given} {one.family}",
            "email": text["email"],
            "phone": text["phone"],
            "website": f"https://client{one.number}.example.com" if one.company else None,
            "currency": "USD",
            "notes": None,
            "billingAddress": None,
            "billingLine1": one.street,
            "billingLine2": None,
            "billingCity": text["city"],
            "billingRegion": text["region"],
            "billingPostalCode": one.postal_code,
            "billingCountry": text["country"],
            "taxNumber": f"GB{one.number:09}" if one.code == "GB" else None,
            "defaultRate": "100.50",
            "defaultPaymentTerms": "net_30",
            "defaultTaxRate": "8.875",
            "requirePoNumber": one.number % 7 == 0,
            "billingEmail": None,
            "createdAt": text["created"],
            "updatedAt": time_text(one.created_at),
            "deletedAt": None,
        }
    )
