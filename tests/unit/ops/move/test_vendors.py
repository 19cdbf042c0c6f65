"""Every vendor can be pulled whole, whatever it does, by its limits, and from any place on."""

import json
from collections import Counter
from collections.abc import Iterable
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.move.connection import Limits
from ops.move.documents import parse
from ops.move.timing import Timing
from ops.move.vendor import (
    CredentialsRefused,
    OAuthClient,
    Page,
    PatienceExhausted,
    State,
    Token,
    VendorError,
)
from ops.move.vendors import WINDOWS, open_vendor, takes_oauth_client
from registry.domain.moving import Refused
from registry.domain.workspace import Contract
from tests.unit.ops.move.conftest import Opening
from tests.vendors.alternative_payments import FakeAlternativePayments
from tests.vendors.fakes import SECRETS, fake
from tests.vendors.people import ODDITIES, UNSTORABLE, person
from tests.vendors.server import FakeVendor, Mischief
from tests.virtual import Clock

# A hanging vendor is given up in real time, since it is the system that waits for its bytes.
BRIEF = Limits(silence=0.2, patience=10_000)
PASSING = sorted(
    set(Mischief) - {Mischief.REFUSED, Mischief.ELSEWHERE}, key=lambda each: each.value
)

contracts = pytest.mark.parametrize("contract", WINDOWS)
# Athenty does not document the direction of its list.
lists = pytest.mark.parametrize(
    ("contract", "oldest_first"),
    [*((contract, False) for contract in WINDOWS), (Contract.ATHENTY, True)],
)


def listed(vendor: FakeVendor) -> set[str]:
    """The ids of the clients that the vendor's list shows, but for those without a usable one."""
    archived = vendor.archived if isinstance(vendor, FakeAlternativePayments) else set()
    return {row["id"] for row in vendor.rows if row["id"] is not None} - archived


def ids(pages: Iterable[Page]) -> list[str]:
    """The ids on pages, in their order."""
    rows = [row for page in pages for row in page.rows]
    return [row["id"] for row in rows if isinstance(row, dict) and row["id"] is not None]


def saved(state: State) -> State:
    """A state as another process finds it."""
    found: State = json.loads(json.dumps(state))
    return found


@contracts
@pytest.mark.parametrize("count", [0, 1, 5, 6, 33])
def test_all_clients_are_pulled_once_where_nothing_changes(
    contract: Contract, count: int, opened: Opening, clock: Clock
) -> None:
    with fake(contract, count, clock=lambda: clock.now) as vendor, opened(vendor, page=5) as puller:
        pulled = ids(puller.pages())

        assert set(pulled) == listed(vendor)
        # The second look at the front, and the one at archived clients, may show some again.
        assert len(pulled) <= len(listed(vendor)) + 10
        assert vendor.throttled == 0


@contracts
def test_objects_come_as_the_vendor_shows_them(
    contract: Contract, opened: Opening, clock: Clock
) -> None:
    with fake(contract, 10, clock=lambda: clock.now) as vendor, opened(vendor) as puller:
        rows = [row for page in puller.pages() for row in page.rows]
        shown = {row["id"]: row for row in vendor.rows if row["id"] in listed(vendor)}

        assert {row["id"]: row for row in rows if isinstance(row, dict)} == shown
        assert all(puller.fetch(identifier) == row for identifier, row in shown.items())


@contracts
@pytest.mark.parametrize("identifier", ["gone", "", ".", "..", "a/b", "é?x=1#f", "%2e"])
def test_a_client_that_the_vendor_has_not_is_none(
    contract: Contract, identifier: str, opened: Opening, clock: Clock
) -> None:
    with fake(contract, 3, clock=lambda: clock.now) as vendor, opened(vendor) as puller:
        assert puller.fetch(identifier) is None


@contracts
@pytest.mark.parametrize("identifier", ["a/b", "é?x=1#f", "100%", " ", "..."])
def test_a_client_is_fetched_by_an_id_of_any_characters(
    contract: Contract, identifier: str, opened: Opening, clock: Clock
) -> None:
    with fake(contract, 3, clock=lambda: clock.now) as vendor, opened(vendor) as puller:
        vendor.rows[0]["id"] = identifier

        assert puller.fetch(identifier) == vendor.rows[0]


@contracts
@pytest.mark.parametrize("mischief", PASSING)
@pytest.mark.parametrize("times", [1, 3])
def test_a_vendor_that_misbehaves_for_a_while_is_pulled_whole(
    contract: Contract, mischief: Mischief, times: int, opened: Opening, clock: Clock
) -> None:
    waits: list[str] = []
    with (
        fake(contract, 12, clock=lambda: clock.now) as vendor,
        opened(vendor, page=5, limits=BRIEF, on_wait=waits.append) as puller,
    ):
        pages = puller.pages()
        pulled = [next(pages)]
        vendor.mischief.extend([mischief] * (1 if mischief is Mischief.HANG else times))
        pulled += pages

        assert set(ids(pulled)) == listed(vendor)
        assert len(waits) == (1 if mischief is Mischief.HANG else times)
        assert not vendor.mischief


@contracts
@pytest.mark.parametrize(
    ("mischief", "seconds"),
    [(Mischief.THROTTLED, 3), (Mischief.AWAY, 7), (Mischief.THROTTLED_UNTIL, 9)],
)
def test_the_vendor_is_given_the_time_that_it_asks_for(
    contract: Contract, mischief: Mischief, seconds: float, opened: Opening, clock: Clock
) -> None:
    with fake(contract, 3, clock=lambda: clock.now) as vendor, opened(vendor) as puller:
        vendor.mischief.append(mischief)
        next(puller.pages())

        # A date counts from the beginning of the test, whose first second the limits may take.
        assert seconds <= clock.now <= seconds + 4


@contracts
@pytest.mark.parametrize("mischief", PASSING)
def test_patience_ends_and_another_run_goes_on(
    contract: Contract, mischief: Mischief, opened: Opening, clock: Clock
) -> None:
    with fake(contract, 12, clock=lambda: clock.now) as vendor:
        with opened(vendor, page=5, limits=Limits(silence=0.2, patience=4)) as puller:
            pages = puller.pages()
            first = next(pages)
            began = clock.now
            vendor.mischief.extend([mischief] * 30)
            with pytest.raises(PatienceExhausted, match=r"^The vendor does not answer: its? "):
                list(pages)
            assert clock.now - began <= 4 + 2
        vendor.mischief.clear()
        with opened(vendor, page=5) as puller:
            rest = list(puller.pages(saved(first.state)))

        assert set(ids([first, *rest])) == listed(vendor)


@contracts
def test_a_429_storm_slows_the_pull_down(contract: Contract, opened: Opening, clock: Clock) -> None:
    """At one object a page, so that the pace decides how long the list takes."""

    def seconds(storm: int) -> float:
        with (
            fake(contract, 60, odd=False, clock=lambda: clock.now) as vendor,
            opened(vendor, page=1, limits=Limits(patience=10_000)) as puller,
        ):
            pages = puller.pages()
            next(pages)
            vendor.mischief.extend([Mischief.THROTTLED] * storm)
            next(pages)
            began = clock.now
            list(pages)
            return clock.now - began

    assert seconds(storm=5) > 1.5 * seconds(storm=0)


@contracts
def test_credentials_that_are_refused_end_the_pull_at_once(
    contract: Contract, opened: Opening, clock: Clock
) -> None:
    wrong = OAuthClient("who", "knows") if takes_oauth_client(contract) else Token("wrong")
    with (
        fake(contract, 3, clock=lambda: clock.now) as vendor,
        opened(vendor, secret=wrong) as puller,
    ):
        with pytest.raises(CredentialsRefused, match="refuses the credentials") as refused:
            list(puller.pages())

        assert len(vendor.asked) == 1
        assert not {"who", "knows", "wrong"} & set(str(refused.value).split())


@contracts
def test_a_vendor_takes_one_kind_of_secret(contract: Contract) -> None:
    other = Token("token") if takes_oauth_client(contract) else OAuthClient("id", "secret")

    with pytest.raises(TypeError):
        open_vendor(contract, "https://vendor.invalid", other)


@contracts
def test_credentials_that_are_revoked_meanwhile_end_the_pull(
    contract: Contract, opened: Opening, clock: Clock
) -> None:
    with fake(contract, 12, clock=lambda: clock.now) as vendor, opened(vendor, page=5) as puller:
        pages = puller.pages()
        next(pages)
        vendor.mischief.extend([Mischief.REFUSED] * 3)
        with pytest.raises(CredentialsRefused):
            list(pages)


@contracts
def test_a_redirect_is_not_followed(contract: Contract, opened: Opening, clock: Clock) -> None:
    with fake(contract, 3, clock=lambda: clock.now) as vendor, opened(vendor) as puller:
        vendor.mischief.append(Mischief.ELSEWHERE)
        with pytest.raises(VendorError, match="redirects are not followed"):
            list(puller.pages())


@contracts
def test_the_published_limits_are_kept(contract: Contract, opened: Opening, clock: Clock) -> None:
    with (
        fake(contract, 75, odd=False, clock=lambda: clock.now) as vendor,
        opened(vendor, page=1) as puller,
    ):
        list(puller.pages())

        assert len(vendor.asked) > 60
        assert vendor.throttled == 0
        window = max(WINDOWS[contract], key=lambda each: each.seconds / each.requests)
        full = (len(vendor.asked) - window.requests) * window.seconds / window.requests
        assert clock.now <= full + window.seconds


@contracts
def test_a_pull_that_is_killed_after_any_page_goes_on_there(
    contract: Contract, opened: Opening, clock: Clock
) -> None:
    with fake(contract, 33, clock=lambda: clock.now) as vendor:
        pulled: list[Page] = []
        state: State | None = None
        while True:
            # Every page is read by a puller of its own, as if the one before had been killed.
            with opened(vendor, page=5) as puller:
                page = next(puller.pages(state), None)
            if page is None:
                break
            pulled.append(page)
            state = saved(page.state)

        assert set(ids(pulled)) == listed(vendor)
        assert Counter(ids(pulled)).most_common(1)[0][1] <= 3


changes = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, 60), max_size=3)), max_size=12
)


@lists
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    changes=changes,
    page=st.integers(1, 7),
    killed=st.booleans(),
    lost=st.sampled_from([200, 400, 404]),
)
def test_nobody_is_lost_while_clients_come_and_go(
    contract: Contract,
    oldest_first: bool,  # noqa: FBT001
    timing: Timing,
    changes: list[tuple[int, list[int]]],
    page: int,
    killed: bool,  # noqa: FBT001
    lost: int,
) -> None:
    if contract is Contract.ATHENTY:
        page = max(page, 2)
    vendor = fake(contract, 30, odd=False, clock=timing.clock)
    vendor.windows = ()
    for option, value in (("oldest_first", oldest_first), ("lost", lost)):
        if hasattr(vendor, option):
            setattr(vendor, option, value)
    there_before = listed(vendor)
    changing(vendor, changes)

    with vendor:
        pulled = ids(everything(vendor, page, timing, killed=killed))

    assert there_before & listed(vendor) <= set(pulled)


@lists
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(changes=changes, page=st.integers(1, 7))
def test_who_came_while_the_list_was_read_is_found_at_its_end(
    contract: Contract,
    oldest_first: bool,  # noqa: FBT001
    timing: Timing,
    changes: list[tuple[int, list[int]]],
    page: int,
) -> None:
    if contract is Contract.ATHENTY:
        page = max(page, 2)
    vendor = fake(contract, 30, odd=False, clock=timing.clock)
    vendor.windows = ()
    if hasattr(vendor, "oldest_first"):
        vendor.oldest_first = oldest_first
    # Changes stop before the list is at its end, which has five pages or more.
    changing(vendor, changes[:3])

    with vendor:
        pulled = ids(everything(vendor, page, timing, killed=False))

    assert listed(vendor) <= set(pulled)


def changing(vendor: FakeVendor, changes: list[tuple[int, list[int]]]) -> None:
    """Let clients come and go after each page of a list."""
    spare = list(fake(vendor.contract, 70, odd=False).rows[30:])
    coming = iter(changes)

    def change() -> None:
        created, deleted = next(coming, (0, []))
        vendor.rows.extend(spare.pop(0) for _ in range(created) if spare)
        for position in deleted:
            if vendor.rows:
                del vendor.rows[position % len(vendor.rows)]

    vendor.between = change


def everything(fake_vendor: FakeVendor, page: int, timing: Timing, *, killed: bool) -> list[Page]:
    """All pages of a vendor; where it is killed, each from the saved state of the one before."""
    contract = fake_vendor.contract
    vendor = open_vendor(contract, fake_vendor.url, SECRETS[contract], page=page, timing=timing)
    try:
        if not killed:
            return list(vendor.pages())
        pages: list[Page] = []
        while True:
            state = saved(pages[-1].state) if pages else None
            following = next(vendor.pages(state), None)
            if following is None:
                return pages
            pages.append(following)
    finally:
        vendor.close()


@contracts
def test_the_clients_of_a_vendor_come_in_but_for_those_that_cannot_be_stored(
    contract: Contract,
) -> None:
    reader = import_module(f"registry.contracts.{contract}.vendor")
    refused: dict[str, int] = {}
    warned: set[str] = set()
    for number, row in enumerate(fake(contract, 4_000).rows):
        odd = person(number).odd
        if not odd and number > 300:
            continue
        try:
            vendor = reader.read_client(parse(json.dumps(row).encode()), "US")
        except Refused:
            refused[odd] = number
        else:
            warned |= {odd} if vendor.warnings else set()

    assert refused.keys() == set(UNSTORABLE)
    # Not every contract shows a phone, or restricts a state; what is ordinary brings no warning.
    assert {"long name", "no creation", "early creation", "controls", "bad e-mail"} <= warned
    assert warned <= set(ODDITIES)
