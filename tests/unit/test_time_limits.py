"""No test gives up after a time: on a slow, busy machine the suite is slow, and green."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# What a call waits for unless it is told otherwise: httpx 5 seconds, the rest for ever.
HTTPX_CALLS = {
    "Client",
    "AsyncClient",
    *("delete", "get", "head", "options", "patch", "post", "put", "request", "stream"),
}


def test_no_test_has_a_time_limit() -> None:
    modules = {path.relative_to(TESTS): path.read_text("utf-8") for path in TESTS.rglob("*.py")}

    found = [f"{name}:{line}" for name, source in modules.items() for line in limits(source)]

    assert Path("stack/conftest.py") in modules
    assert found == [], "a time limit: pass timeout=None, or wait for what is waited for"


@pytest.mark.parametrize(
    "source",
    [
        "httpx.get(url)",
        "httpx.Client(base_url=url)",
        "httpx.post(url, timeout=60)",
        "process.wait(timeout=60)",
        "subprocess.run(command, timeout=120)",
        "settings(deadline=200)",
    ],
)
def test_a_time_limit_is_found(source: str) -> None:
    assert limits(source) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "httpx.get(url, timeout=None)",
        "process.wait()",
        "URLLib3Session(timeout=(None, None))",
        "settings(deadline=None)",
        "http.get(url)",
    ],
)
def test_a_call_without_one_is_none(source: str) -> None:
    assert limits(source) == []


def limits(source: str) -> list[int]:
    """The lines of a module on which a call has a time limit."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and has_limit(node)
    ]


def has_limit(call: ast.Call) -> bool:
    """Whether a call gives up after a time."""
    told = [keyword.value for keyword in call.keywords if keyword.arg in {"timeout", "deadline"}]
    if told:
        return not all(is_none(value) for value in told)
    named = call.func
    return (
        isinstance(named, ast.Attribute)
        and isinstance(named.value, ast.Name)
        and named.value.id == "httpx"
        and named.attr in HTTPX_CALLS
    )


def is_none(value: ast.expr) -> bool:
    """Whether an argument is None, or a pair of None, of connecting and of reading."""
    if isinstance(value, ast.Tuple):
        return all(is_none(part) for part in value.elts)
    return isinstance(value, ast.Constant) and value.value is None
