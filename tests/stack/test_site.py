"""The reference site in a browser, on a local stack; `make test-docs` builds it first.

The screenshots are in `.local/screenshots`, for people to look at.
"""

import json
import posixpath
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from playwright.sync_api import Page, Response, sync_playwright

from registry.domain.workspace import CONTRACTS, Contract
from tests.stack.conftest import ROOT, Stack
from tools.generate.declarations import operations
from tools.openapi.document import operation_id
from tools.site.search import operation_anchor

SCREENSHOTS = ROOT / ".local" / "screenshots"
CREATES = {
    contract: next(each for each in operations(contract) if each.status == 201)
    for contract in CONTRACTS
}


@contextmanager
def opened() -> Iterator[None]:
    """Nothing to wait for beside the page itself."""
    yield


def broken_links(url: str, text: str, pages: dict[str, str]) -> Iterator[str]:
    """The links of a guide to guides, or to headings, that are not there."""
    for link in re.findall(r'href="([^":]+)"', text):
        path, _, anchor = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(url), path)) if path else url
        if not target.startswith("guides/") or not target.endswith(".html"):
            continue
        if target not in pages or (anchor and f'id="{anchor}"' not in pages[target]):
            yield link


@pytest.fixture
def page(stack: Stack) -> Iterator[Page]:
    """A page of a fresh browser, which waits without end and may not ask another host."""
    program = shutil.which("chromium")
    assert program is not None, "Debian's package chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(0)
        elsewhere: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: elsewhere.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert [
        url for url in elsewhere if not url.startswith((stack.endpoint, "data:", "blob:"))
    ] == []
    assert complaints == []


def picture(page: Page, name: str) -> None:
    """Keep a screenshot."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_the_first_page_shows_every_door_and_its_key(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.endpoint}/")

    for contract, profile in CONTRACTS.items():
        door = page.locator(f'.door[href="/docs/reference/{contract}.html"]')
        door.filter(has_text=profile.title).wait_for()
        access = stack.file["contracts"][contract]
        secret = access.get("client_secret") or next(iter(access["headers"].values()))
        page.locator("#keys", has_text=secret).wait_for()
    assert page.locator("#docs").is_hidden()
    picture(page, "first-page")


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_call_is_tried_with_the_demo_credential(
    stack: Stack, page: Page, contract: Contract
) -> None:
    operation = CREATES[contract]
    described = json.loads((ROOT / f"docs/openapi/{contract}.json").read_text("utf-8"))
    tag = described["paths"][operation.path]["post"]["tags"][0]
    anchor = operation_anchor(tag, operation_id(operation))

    def answers(response: Response) -> bool:
        url: str = response.url
        return url == f"{stack.endpoint}/{contract}{operation.path}"

    with page.expect_response("**/oauth/token") if contract == "alternative_payments" else opened():
        page.goto(f"{stack.endpoint}/docs/reference/{contract}.html{anchor}")
    page.get_by_role("heading", name=operation.summary, exact=True).first.wait_for()
    picture(page, f"{contract}-reference")
    page.get_by_role("button", name=f"Test Request (post {operation.path})").click()
    with page.expect_response(answers) as answered:
        page.get_by_role("button", name="Send post request").click()

    assert answered.value.status == 201, answered.value.text()
    page.get_by_text("201 Created").wait_for()
    picture(page, f"{contract}-tried")


def test_a_search_finds_operations_fields_and_guides(stack: Stack, page: Page) -> None:
    page.goto(f"{stack.endpoint}/docs/")
    found = page.locator(".search li")

    for words, expected in (
        ("restore archived", "Restore an archived client"),
        ("emailConsent", "emailConsent of CreateClient"),
        ("leap second", "Mapping"),
    ):
        page.get_by_label("Search", exact=True).fill(words)
        found.filter(has_text=expected).first.wait_for()
    picture(page, "search")
    found.first.locator("a").click()

    page.get_by_role("main").get_by_role("heading").first.wait_for()


def test_links_between_guides_lead_to_sections_that_exist(stack: Stack) -> None:
    with httpx.Client(base_url=f"{stack.endpoint}/docs/", timeout=None) as client:
        entries = client.get("search.json").json()
        guides = {entry["url"].partition("#")[0] for entry in entries if entry["kind"] == "guide"}
        pages = {url: client.get(url).text for url in sorted(guides)}
        broken = [
            f"{url}: {link}"
            for url, text in pages.items()
            for link in broken_links(url, text, pages)
        ]

    assert len(pages) > len(CONTRACTS)
    assert broken == []


def test_only_this_machine_is_told_the_credentials(stack: Stack) -> None:
    ours = httpx.get(f"{stack.endpoint}/docs/access.json", timeout=None)
    theirs = httpx.get(
        f"{stack.endpoint}/docs/access.json", headers={"Host": "rebound.example"}, timeout=None
    )

    assert ours.json()["contracts"].keys() == set(CONTRACTS)
    assert theirs.status_code == 403
    assert "live" not in theirs.text
    assert "Access-Control-Allow-Origin" not in ours.headers


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_collection_has_the_demo_credential_filled_in(stack: Stack, contract: Contract) -> None:
    made = httpx.get(f"{stack.endpoint}/docs/collections/{contract}.json", timeout=None).json()

    variables = {variable["key"]: variable["value"] for variable in made["variable"]}

    access = stack.file["contracts"][contract]
    secret = access.get("client_secret") or next(iter(access["headers"].values()))
    assert variables["base_url"] == access["base_url"]
    assert secret.removeprefix("Bearer ") in {variables["token"], variables.get("client_secret")}
