"""A fake Alternative Payments: OAuth clients, cursors, customers with users and payment methods."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs

from registry.domain.workspace import Contract
from tests.vendors.people import Person, odd_texts, person, time_text
from tests.vendors.server import Answer, Asked, FakeVendor, Row, cursor, place, whole

CLIENT = ("fake-client", "fake secret: é")


class FakeAlternativePayments(FakeVendor):
    """Alternative Payments' API. Archived customers are left out of the list, and found by id.

    Attributes:
        users, methods: by the id of their customer.
        archived: ids of the archived customers.
        nested: whether the keys of paging stand in an object of their own, as the vendor's guide
            has them, and not beside the data, as its reference does.
        lifetime: of a token, in seconds.
        tokens: how many were issued.
    """

    contract = Contract.ALTERNATIVE_PAYMENTS
    windows = ((5, 1.0),)

    def __init__(self, rows: Iterable[Row] = (), **options: Any) -> None:
        """Keep the rows."""
        super().__init__(rows, **options)
        self.users: dict[str, list[Row]] = {}
        self.methods: dict[str, list[Row]] = {}
        self.archived: set[str] = set()
        self.nested = False
        self.lifetime = 3600
        self.tokens = 0
        self._ends: dict[str, float] = {}

    def answer(self, asked: Asked) -> Answer:
        """A token; a list, or one customer."""
        if (asked.method, asked.path) == ("POST", ("oauth", "token")):
            return self._token(asked)
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or self._ends.get(token, 0) <= self.clock():
            return self.error(401, "unauthorized")
        if asked.method != "GET":
            return self.error(404, "not_found")
        match asked.path:
            case ("customers",):
                rows = [row for row in self.rows if row["id"] not in self.archived]
                return self._list("customers", rows, asked.query)
            case ("customers", identifier, *below):
                row = self.by_id(identifier)
                if row is not None:
                    return self._of_customer(row, below, asked.query)
        return self.error(404, "not_found")

    def error(self, status: int, code: str) -> Answer:
        """`{"code", "message"}`."""
        return Answer(status, {"code": code, "message": "No."})

    def end_tokens(self) -> None:
        """Let no token count any more."""
        self._ends.clear()

    def _token(self, asked: Asked) -> Answer:
        if asked.basic() != CLIENT:
            return self.error(403, "forbidden")
        if parse_qs(asked.body.decode()).get("grant_type") != ["client_credentials"]:
            return self.error(400, "unsupported_grant_type")
        self.tokens += 1
        token = f"{self.tokens:056x}"
        self._ends[token] = self.clock() + self.lifetime
        kind = "Bearer" if self.tokens % 2 else "bearer"
        body = {"access_token": token, "expires_in": self.lifetime, "token_type": kind}
        return Answer(200, body)

    def _of_customer(self, row: Row, below: list[str], query: dict[str, str]) -> Answer:
        match below:
            case []:
                return Answer(200, row)
            case ["users"]:
                return self._list(f"users of {row['id']}", self.users.get(row["id"], []), query)
            case ["payment-methods"] if not query:
                return Answer(200, {"data": self.methods.get(row["id"], [])[::-1]})
        return self.error(404, "not_found")

    def _list(self, of: str, rows: Sequence[Row], query: dict[str, str]) -> Answer:
        limit = whole(query, "limit", 100, 100)
        if limit is None or not query.keys() <= {"limit", "after", "before"}:
            return self.error(400, "bad_request")
        passing = list(rows[::-1])
        if query.get("after"):
            after = place(query["after"], of)
            if after is None:
                return self.error(400, "bad_request")
            passing = [row for row in passing if row.order < after]
        page = passing[:limit]
        edges = {
            "start_cursor": cursor(page[0], of) if page else None,
            "end_cursor": cursor(page[-1], of) if page else None,
            "has_next_page": len(passing) > limit,
            "has_previous_page": bool(query.get("after")),
        }
        body = {"data": page, "pagination": edges} if self.nested else {"data": page, **edges}
        self.between()
        return Answer(200, body)


def fill(vendor: FakeAlternativePayments, count: int, *, odd: bool = True) -> None:
    """Give a vendor so many customers, oldest first, some with users and payment methods."""
    for number in range(count):
        one = person(number, odd=odd)
        customer = _customer(one)
        vendor.rows.append(customer)
        identifier = customer["id"]
        if not isinstance(identifier, str):
            continue
        if one.archived:
            vendor.archived.add(identifier)
        vendor.users[identifier] = [_user(one, user) for user in range(number % 4)]
        vendor.methods[identifier] = [_method(one, method) for method in range(number % 3)]


def _customer(one: Person) -> Row:
    text = {
        "id": f"cus_{one.number}",
        "name": one.name,
        "email": one.email,
        "region": one.region,
        "country": one.country,
        "city": one.city,
        "created": time_text(one.created_at),
        **odd_texts(one),
    }
    return Row(
        {
            "id": text["id"],
            "name": text["name"],
            "email": text["email"],
            "external_id": f"crm-{one.number}" if one.number % 2 else None,
            "legal_name": f"{one.company} Inc." if one.company else None,
            "ein": f"12-{one.number:07}" if one.company else None,
            "street_address": one.street,
            "sub_premise": None,
            "city": text["city"],
            "state": text["region"],
            "postal_code": one.postal_code,
            "country": text["country"],
            "created_at": text["created"],
            "default_payment_method_id": f"pm_{one.number}_0" if one.number % 3 else None,
            "customer_integration_id": f"qb-{one.number}" if one.number % 4 == 0 else None,
        }
    )


def _user(one: Person, number: int) -> Row:
    return Row(
        id=f"usr_{one.number}_{number}",
        email=f"user{number}@client{one.number}.example.com",
        first_name=one.given,
        last_name=one.family,
        created_at=time_text(one.created_at),
    )


def _method(one: Person, number: int) -> Row:
    card = number == 0
    return Row(
        id=f"pm_{one.number}_{number}",
        type="card" if card else "bank_account",
        brand="visa" if card else None,
        bank_name=None if card else "First National",
        last4=f"{one.number % 10_000:04}",
        exp_month=one.number % 12 + 1 if card else None,
        exp_year=2030 if card else None,
        holder_name=f"{one.given} {one.family}",
        is_default=card,
        status="active",
        created_at=time_text(one.created_at),
    )
