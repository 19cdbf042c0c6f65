"""Workspaces: what a plan allows, and which values are accepted."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.domain.errors import FieldError, Invalid
from registry.domain.workspace import (
    RATE_LIMITS,
    Contract,
    Plan,
    RateLimit,
    Subscription,
    UsagePlan,
    new_workspace,
    rate_limit,
)
from tools.template import template

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("plan", "has_api"),
    [
        (Plan.FREE, False),
        (Plan.STARTER, False),
        (Plan.STUDIO, True),
        (Plan.PROFESSIONAL, True),
        (Plan.AGENCY, True),
        (Plan.BUSINESS, True),
        (Plan.ENTERPRISE, True),
    ],
)
def test_the_api_begins_with_the_studio_plan(*, plan: Plan, has_api: bool) -> None:
    assert plan.has_api is has_api


@pytest.mark.parametrize("contract", [Contract.PAYTRUM, Contract.ATHENTY, Contract.HOURSMITH])
@pytest.mark.parametrize(
    ("plan", "limit"),
    [
        (Plan.FREE, RateLimit(10, 30)),
        (Plan.STARTER, RateLimit(10, 30)),
        (Plan.STUDIO, RateLimit(10, 30)),
        (Plan.PROFESSIONAL, RateLimit(10, 30)),
        (Plan.AGENCY, RateLimit(20, 60)),
        (Plan.BUSINESS, RateLimit(20, 60)),
        (Plan.ENTERPRISE, RateLimit(50, 100)),
    ],
)
def test_a_plan_sets_rate_and_burst(contract: Contract, plan: Plan, limit: RateLimit) -> None:
    assert rate_limit(contract, plan) == limit


@pytest.mark.parametrize("plan", Plan)
def test_alternative_payments_has_one_rate_whatever_the_plan(plan: Plan) -> None:
    assert rate_limit(Contract.ALTERNATIVE_PAYMENTS, plan) == RateLimit(5, 5)


@pytest.mark.parametrize("plan", UsagePlan)
def test_the_template_deploys_the_published_limits(plan: UsagePlan) -> None:
    parameters = template()["Parameters"]
    name = plan.value.capitalize()

    deployed = RateLimit(
        rate=parameters[f"{name}Rate"]["Default"],
        burst=parameters[f"{name}Burst"]["Default"],
    )

    assert deployed == RATE_LIMITS[plan]


def test_a_new_workspace_is_active_and_speaks_of_the_united_states() -> None:
    workspace = new_workspace("  Acme  ", Plan.STUDIO, at=AT)

    assert workspace.name == "Acme"
    assert workspace.subscription is Subscription.ACTIVE
    assert workspace.region == "US"
    assert workspace.timezone is None
    assert workspace.created_at == workspace.updated_at == AT


def test_a_region_may_be_written_in_small_letters() -> None:
    assert new_workspace("Acme", Plan.STUDIO, at=AT, region="de").region == "DE"


def test_a_name_may_have_200_characters() -> None:
    assert new_workspace("é" * 200, Plan.STUDIO, at=AT).name == "é" * 200


def test_every_wrong_value_is_named_at_once() -> None:
    with pytest.raises(Invalid) as raised:
        new_workspace(" ", Plan.STUDIO, at=AT, region="XX", timezone="Mars/Olympus")

    assert raised.value.fields == (
        FieldError(("name",), "missing"),
        FieldError(("region",), "country"),
        FieldError(("timezone",), "timezone"),
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "missing"),
        ("\u200b\u3164", "missing"),
        ("a" * 201, "string_too_long"),
        ("a\x00b", "control_character"),
    ],
)
def test_a_name_is_refused(name: str, kind: str) -> None:
    with pytest.raises(Invalid) as raised:
        new_workspace(name, Plan.STUDIO, at=AT)

    assert [error.kind for error in raised.value.fields] == [kind]


@pytest.mark.parametrize(
    "region", ["", "U", "USA", "840", "United States", "ß", "ẞ", "ﬁ", "\u212ae", "ıt"]
)
def test_a_region_is_a_code_of_two_letters(region: str) -> None:
    with pytest.raises(Invalid):
        new_workspace("Acme", Plan.STUDIO, at=AT, region=region)


@pytest.mark.parametrize("timezone", ["", "EST5EDT7", "america/new_york", "../etc/passwd"])
def test_a_time_zone_is_an_iana_name(timezone: str) -> None:
    with pytest.raises(Invalid):
        new_workspace("Acme", Plan.STUDIO, at=AT, timezone=timezone)


def test_a_change_leaves_the_rest_as_it_is() -> None:
    workspace = new_workspace("Acme", Plan.STUDIO, at=AT, region="CA", timezone="America/Toronto")

    changed = workspace.changed(at=LATER, plan=Plan.AGENCY, subscription=Subscription.INACTIVE)

    assert (changed.plan, changed.subscription) == (Plan.AGENCY, Subscription.INACTIVE)
    assert (changed.id, changed.name, changed.region) == (workspace.id, "Acme", "CA")
    assert changed.timezone == "America/Toronto"
    assert (changed.created_at, changed.updated_at) == (AT, LATER)


def test_a_change_is_checked_like_a_new_workspace() -> None:
    workspace = new_workspace("Acme", Plan.STUDIO, at=AT)

    with pytest.raises(Invalid):
        workspace.changed(at=LATER, name="")


def test_every_workspace_has_a_secret_of_its_own_that_changes_keep() -> None:
    one, other = (new_workspace("Acme", Plan.STUDIO, at=AT) for _ in range(2))

    assert one.secret is not None
    assert len(one.secret) == 32
    assert one.secret != other.secret
    assert one.changed(at=LATER, plan=Plan.AGENCY).secret == one.secret


def test_a_workspace_from_before_gets_a_secret_with_its_next_change() -> None:
    workspace = replace(new_workspace("Acme", Plan.STUDIO, at=AT), secret=None)

    changed = workspace.changed(at=LATER, name="Acme")

    assert changed.secret is not None
    assert replace(changed, secret=None, updated_at=AT) == workspace


def test_a_workspace_does_not_show_its_secret() -> None:
    workspace = new_workspace("Acme", Plan.STUDIO, at=AT)

    assert repr(workspace.secret) not in repr(workspace)
    assert "secret" not in repr(workspace)
