"""The cost of a request grows with its length and no faster, at every operation.

Whatever a caller sends, twice as much of it may cost at most three times as much processor time.
"""

import base64
import json
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from authorizer.authorize import handler as authorize
from registry.domain.change import Author, create
from registry.domain.document import MAX_DEPTH
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract
from registry.gateway.operation import Operation
from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from tests.contract.test_events import EVENTS, OPERATIONS, event_of
from tests.growth import DOUBLED, SIZES, doubling
from tests.template import create_table
from tools.generate.declarations import module_name

Text = Callable[[int], str]
# Repeated to the length of a text. Each is what some parser looks for: digits, separators of
# e-mail addresses, websites, phones, times and tokens, space, escapes, marks that are put in order
# when a text is normalised, and characters that become longer when they are folded.
PARTS = ("a", "1", " ", ".", "-", "@", "/", ":", '\\"', "é", "ΐ")
MIXED = ("a.", " 1", "https://", "\u0301\u0323")


def repeated(part: str, size: int) -> str:
    """A text of that many bytes."""
    return part * (size // len(part.encode()))


def marks(size: int) -> str:
    """A letter with marks of two classes, all of the second to be sorted before the first."""
    count = size // 4
    return "a" + "\u0301" * count + "\u0323" * count


def after(start: str, text: Text, size: int, *, end: str = "") -> str:
    """A text after a start and before an end."""
    return start + text(size) + end


TEXTS: dict[str, Text] = {
    **{repr(part): partial(repeated, part) for part in (*PARTS, *MIXED)},
    "marks out of order": marks,
}


def members(size: int, member: str) -> str:
    """A JSON object of members, in which `#` is their number."""
    count = size // (len(member) + 5)
    return "{" + ",".join(member.replace("#", str(n)) for n in range(count)) + "}"


def array(size: int, element: str) -> str:
    """A JSON array of equal elements."""
    return "[" + ",".join([element] * (size // (len(element) + 1))) + "]"


def nested(size: int, opening: str, closing: str) -> str:
    """A JSON array of values that are nested almost to the limit."""
    depth = MAX_DEPTH - 5
    return array(size, opening * depth + "1" + closing * depth)


# JSON texts to stand for a whole body.
BODIES: dict[str, Text] = {
    "names of which one stands twice": lambda size: members(size, '"a#":1')[:-1] + ',"a0":1}',
    "one name": lambda size: members(size, '"a":1'),
    "unknown names": lambda size: members(size, '"a#":1'),
    "unknown objects": lambda size: members(size, '"a#":{}'),
    "long name": lambda size: '{"' + "a" * size + '":1}',
    "too deep": lambda size: '{"a":' + "[" * (size // 2) + "]" * (size // 2) + "}",
    "unclosed": lambda size: '{"a":' * (size // 5),
    "lines": lambda size: "\n" * size + "{",
    "escapes without end": lambda size: '{"a":"' + "\\\\" * (size // 2),
    "array": lambda size: array(size, "1"),
}
# JSON texts to stand for the value of a field.
VALUES: dict[str, Text] = {
    "digits": lambda size: "1" * size,
    "decimals": lambda size: "0." + "1" * size,
    "exponent": lambda size: f"1e{size * 64}",
    "negative exponent": lambda size: f"1e-{size * 64}",
    "digits of an exponent": lambda size: "1e" + "1" * size,
    "numbers": lambda size: array(size, "1"),
    "texts": lambda size: array(size, '"ab"'),
    "objects": lambda size: array(size, '{"a":1}'),
    "names": lambda size: members(size, '"a#":"b"'),
    "names of objects": lambda size: members(size, '"a#":{}'),
    "deep arrays": lambda size: nested(size, "[", "]"),
    "deep objects": lambda size: nested(size, '{"a":', "}"),
    "escaped characters": lambda size: '"' + "\\u00e9" * (size // 6) + '"',
    "escaped pairs": lambda size: '"' + "\\ud83d\\ude00" * (size // 12) + '"',
    **{name: partial(after, '"', text, end='"') for name, text in TEXTS.items()},
}


def paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """Paths of the fields a wire model takes, nested ones too: one for each type of field.

    Fields of one type are read by the same parser, so one of them speaks for all.
    """
    seen = set()
    for name, field in model.model_fields.items():
        path = (field.alias or name,)
        if kind(field) not in seen:
            seen.add(kind(field))
            yield path
        for inner in models_in(field.annotation):
            yield from ((*path, *rest) for rest in paths(inner))


def kind(field: FieldInfo) -> str:
    """What reads a field: its type with its checks."""
    return f"{field.annotation} {field.metadata}"


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The wire models in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def within(path: tuple[str, ...], value: Text, size: int) -> str:
    """A body with a value at a path."""
    return "".join(f'{{"{name}":' for name in path) + value(size) + "}" * len(path)


def bodies(operation: Operation) -> Iterator[tuple[str, Text]]:
    """Hostile bodies of an operation, and what they are."""
    yield from BODIES.items()
    for path in paths(operation.body or BaseModel):
        for name, value in VALUES.items():
            yield f"{'.'.join(path)}: {name}", partial(within, path, value)


@pytest.fixture
def registry(webhooks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three tables."""
    create_table(dynamodb_client(), "CredentialsTable", "credentials")
    monkeypatch.setenv("CREDENTIALS_TABLE", "credentials")


def sending(operation: Operation, place: str, name: str | None = None) -> Callable[[str], object]:
    """Sends a text to an operation: as the body, or as a member of a map of the event."""
    event = event_of(operation)
    parameters = event["pathParameters"] or {}
    if "id" in parameters and not operation.public:
        tenant = Tenant(event["requestContext"]["authorizer"]["workspaceId"], "live")
        change = create(Author("author", now()), name="Acme")
        client_store().create(tenant, change)
        parameters["id"] = change.client.id
    handler = import_module(module_name(operation)).handler

    def send(text: str) -> object:
        if name is None:
            event[place] = base64.b64encode(text.encode()).decode()
            event["isBase64Encoded"] = True
        elif place == "pathParameters":
            event[place][name] = text
        else:
            event[place] = (event[place] or {}) | {name: [text]}
            if place == "multiValueHeaders":
                event["headers"] = (event["headers"] or {}) | {name: text}
        answered = handler(event, None)
        assert answered["statusCode"] < 500
        return answered

    return send


def sizes(operation: Operation) -> tuple[int, int, int]:
    """Lengths of bodies that the operation parses."""
    most = min(SIZES[-1], operation.max_body_bytes * 3 // 4)
    return most // 4, most // 2, most


def steep(costs: dict[str, float]) -> dict[str, float]:
    """What grows faster than the text."""
    return {name: round(cost, 1) for name, cost in costs.items() if cost > DOUBLED}


WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
HEADERS = ("Idempotency-Key", "Content-Type", "Content-Encoding", "Authorization")
CREDENTIALS: dict[str, Text] = {
    **TEXTS,
    **{f"bearer {name}": partial(after, "Bearer ", text) for name, text in TEXTS.items()},
    **{f"basic {name}": partial(after, "Basic ", text) for name, text in TEXTS.items()},
    "basic of colons": lambda size: "Basic " + "Ojo6" * (size // 4),
    "basic of escapes": lambda size: "Basic " + "JTNBJTNB" * (size // 8),
    "spaces before": lambda size: " " * size + "Bearer a b",
    "spaces between": lambda size: "Bearer" + " " * size + "a b",
}


@pytest.mark.parametrize("operation", WITH_BODY, ids=module_name)
def test_a_body_twice_as_long_costs_little_more_than_twice(
    registry: None, operation: Operation
) -> None:
    send = sending(operation, "body")

    costs = {name: doubling(send, text, sizes(operation)) for name, text in bodies(operation)}

    assert steep(costs) == {}


def parameters(operation: Operation) -> Iterator[tuple[str, str, str]]:
    """Where else than in the body an operation reads text: part of the event, name, and type."""
    for name, field in operation.query.model_fields.items():
        yield "multiValueQueryStringParameters", field.alias or name, kind(field)
    yield "multiValueQueryStringParameters", "unknown", ""
    for name in HEADERS if operation.body is not None else ():
        yield "multiValueHeaders", name, ""
    for name in event_of(operation)["pathParameters"] or {}:
        yield "pathParameters", name, ""


def places() -> Iterator[tuple[Operation, str, str]]:
    """The places of all operations; those of a contract that one parser reads once only."""
    seen = set()
    for operation in OPERATIONS:
        for part, name, type_ in parameters(operation):
            parser = (operation.dialect.contract, part, name, type_)
            if parser not in seen:
                seen.add(parser)
                yield operation, part, name


@pytest.mark.parametrize(
    ("operation", "part", "name"),
    [pytest.param(*place, id=f"{module_name(place[0])}-{place[2]}") for place in places()],
)
def test_neither_do_parameters_and_headers(
    registry: None, operation: Operation, part: str, name: str
) -> None:
    send = sending(operation, part, name)
    texts = CREDENTIALS if name == "Authorization" else TEXTS

    costs = {shape: doubling(send, text) for shape, text in texts.items()}

    assert steep(costs) == {}


@pytest.mark.parametrize("contract", Contract)
@pytest.mark.parametrize("header", ["Authorization", "X-Api-Key"])
def test_neither_do_credentials(registry: None, contract: Contract, header: str) -> None:
    event = json.loads((EVENTS / "authorizer" / "authorize.json").read_text("utf-8"))
    event["stageVariables"]["contract"] = contract.value

    def send(text: str) -> object:
        event["multiValueHeaders"] = {header: [text]}
        return authorize(event, None)

    costs = {name: doubling(send, text) for name, text in CREDENTIALS.items()}

    assert steep(costs) == {}


def test_a_cost_that_grows_with_the_square_is_found() -> None:
    def compare_all(text: str) -> int:
        return sum(one < other for one in text[::64] for other in text[::64])

    assert doubling(compare_all, partial(repeated, "a")) > DOUBLED
