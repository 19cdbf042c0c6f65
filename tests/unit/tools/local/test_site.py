"""What the local stack serves to a browser, and what it leaves to the emulator."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.local import site

ACCESS = {
    "headers": {"Authorization": "Bearer ak_live_demo"},
    "base_url": "http://localhost:4566/paytrum",
}


@pytest.fixture(autouse=True)
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack with one credential and a built site."""
    (tmp_path / "stack.json").write_text(json.dumps({"contracts": {"paytrum": ACCESS}}), "utf-8")
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    built = tmp_path / "docs"
    built.mkdir()
    (built / "index.html").write_text("<h1>Reference</h1>", "utf-8")
    monkeypatch.setattr(site, "_BUILT", built)


def asked(path: str, method: str = "GET", **headers: str) -> site.Page | None:
    """The page for a request, by default a browser's on this machine."""
    sent = {"host": "localhost:4566", "accept": "text/html", **headers}
    lines = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope: Any = {"type": "http", "method": method, "path": path, "headers": lines}
    return site.page(scope)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/", "GET", {"accept": "*/*"}),  # S3's list of buckets
        ("/", "POST", {}),
        ("/", "GET", {"authorization": "AWS4-HMAC-SHA256 Credential="}),
        ("/docs/report.pdf", "GET", {"authorization": "AWS4-HMAC-SHA256 Credential="}),
        ("/docs/report.pdf", "PUT", {}),
        ("/paytrum/v1/clients", "GET", {}),
        ("/docstore/key", "GET", {}),
    ],
)
def test_what_a_program_asks_for_is_the_emulators(
    path: str, method: str, headers: dict[str, str]
) -> None:
    assert asked(path, method, **headers) is None


@pytest.mark.parametrize("host", ["localhost:4566", "127.0.0.1:4566"])
def test_pages_of_this_machine_are_told_the_credentials(host: str) -> None:
    told = asked("/docs/access.json", host=host)

    assert told is not None
    contracts = json.loads(told.body)["contracts"]
    assert contracts["paytrum"]["headers"] == ACCESS["headers"]
    assert contracts["paytrum"]["title"] == "Paytrum"


@pytest.mark.parametrize("path", ["/docs/access.json", "/docs/collections/paytrum.json"])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:4566", "localhost.evil.example:4566", ""]
)
def test_another_name_for_this_machine_is_told_nothing(path: str, host: str) -> None:
    told = asked(path, host=host)

    assert told is not None
    assert told.status == 403
    assert b"ak_live_demo" not in told.body


def test_a_collection_comes_with_the_credential() -> None:
    told = asked("/docs/collections/paytrum.json")

    assert told is not None
    variables = {each["key"]: each["value"] for each in json.loads(told.body)["variable"]}
    assert variables["token"] == "ak_live_demo"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/docs", 301),
        ("/docs/", 200),
        ("/docs/assets/site.css", 200),
        ("/docs/guides/paytrum.html", 404),
        ("/docs/../stack.json", 404),
        ("/docs/assets/../../../stack.json", 404),
        ("/docs/collections/none.json", 404),
    ],
)
def test_a_path_has_its_page_and_nothing_beside_the_site(path: str, status: int) -> None:
    told = asked(path)

    assert told is not None
    assert told.status == status
    assert b"ak_live_demo" not in told.body
