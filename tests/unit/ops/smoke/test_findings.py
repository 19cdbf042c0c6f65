"""The record of a run."""

import io
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ops.smoke.findings import Findings, Seen, in_words
from ops.smoke.report import print_report


def report(findings: Findings) -> str:
    """The report as it is printed to a narrow pipe."""
    console = Console(file=io.StringIO(), width=20)
    print_report(findings, console)
    printed = console.file
    assert isinstance(printed, io.StringIO)
    return printed.getvalue()


@pytest.mark.parametrize("status", [200, 201, 204, 304])
def test_a_response_that_is_no_error_is_its_status(status: int) -> None:
    assert in_words(httpx.Response(status, text="{}")) == str(status)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "not_found", "message": "m"}},
        {"code": "not_found", "message": "m", "statusCode": 404},
    ],
)
def test_an_error_is_its_status_and_the_contracts_code(body: dict[str, object]) -> None:
    assert in_words(httpx.Response(404, json=body)) == "404 not_found"


@given(
    text=st.sampled_from(["", "<html>", "[]", "null", '"text"', "7", '{"error": "text"}'])
    | st.builds("{{{!r}: {}}}".format, st.text("abc", max_size=3), st.integers())
    | st.just('{"message": "Forbidden"}')
)
def test_an_error_in_no_contracts_shape_is_quoted(text: str) -> None:
    said = in_words(httpx.Response(403, text=text))

    assert said == f"403 in no contract's shape: {text}"


def raising(error: Exception) -> Callable[[], str]:
    def look() -> str:
        raise error

    return look


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
        KeyError("id"),
        TypeError("null"),
        ValueError("no JSON"),
    ],
)
def test_an_error_in_a_check_is_a_difference_and_the_run_goes_on(error: Exception) -> None:
    findings = Findings()

    findings.expect("first", "200", raising(error))
    findings.expect("second", "200", lambda: "200")

    assert [finding.subject for finding in findings.differing] == ["first"]
    assert type(error).__name__ in findings.differing[0].seen


def test_a_measurement_is_no_difference() -> None:
    findings = Findings()

    findings.expect("revoked", "401", lambda: Seen("401", "after 7 s"))

    assert findings.differing == []
    assert findings.made[0].measured == "after 7 s"


def test_the_report_shows_everything_in_one_line_each() -> None:
    findings = Findings()
    findings.expect("paytrum: create", "201", lambda: "201")
    findings.expect("paytrum: a [bold] subject", "404", lambda: Seen("403", "after 7 s"))
    findings.leave_out("the metric", "no metrics here")

    lines = report(findings).splitlines()

    assert any(line.split() == ["ok", "paytrum:", "create", "201", "201"] for line in lines)
    assert any("paytrum: a [bold] subject" in line and "after 7 s" in line for line in lines)
    assert "not checked here: the metric: no metrics here" in lines
    assert "1 of 2 differ:" in lines
    assert lines[-1].strip() == "here: 403"


def test_a_report_without_differences_says_so() -> None:
    findings = Findings()
    findings.expect("paytrum: create", "201", lambda: "201")

    assert "All 1 as expected" in report(findings)
