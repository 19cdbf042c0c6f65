"""The Credentials table on moto: what is kept, what a token resolves to, and in how many calls."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from registry.domain.credential import (
    Credential,
    IssuedCredential,
    hash_token,
    issue_credential,
    mint_token,
    permissions,
)
from registry.domain.errors import NotFound, RaceLost, Throttled, Unavailable
from registry.domain.identifiers import new_id
from registry.domain.workspace import (
    Contract,
    Mode,
    Plan,
    Role,
    Subscription,
    Workspace,
    new_workspace,
)
from registry.store.credential_items import workspace_item
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def workspace(credential_store: CredentialStore) -> Workspace:
    kept = new_workspace("Acme", Plan.STUDIO, at=AT, timezone="Europe/Berlin", region="DE")
    credential_store.create_workspace(kept)
    return kept


def issue(
    workspace: Workspace,
    contract: Contract = Contract.PAYTRUM,
    *,
    role: Role | None = None,
    expires_at: datetime | None = None,
) -> IssuedCredential:
    return issue_credential(
        workspace.id,
        contract,
        Mode.LIVE,
        permissions(contract, (), role),
        api_key_id="key",
        usage_key="usage",
        at=AT,
        expires_at=expires_at,
    )


def keep(
    credential_store: CredentialStore, workspace: Workspace, issued: IssuedCredential
) -> Credential:
    is_client = issued.credential.secret_hash is not None
    credential_store.create_credential(
        issued.credential,
        token_hash=None if is_client else hash_token(issued.secret),
        workspace=workspace,
    )
    return issued.credential


class Calls(list[str]):
    """The operations sent to DynamoDB; a test can replace the responses to the next ones."""

    def __init__(self) -> None:
        self.responses: dict[str, list[dict[str, Any]]] = {}

    def send(self, model: Any, **_: object) -> Any:
        self.append(model.name)
        if self.responses.get(model.name):
            return SimpleNamespace(status_code=200), self.responses[model.name].pop(0)
        return None


@pytest.fixture
def calls(credential_store: CredentialStore) -> Iterator[Calls]:
    recorded = Calls()
    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb", recorded.send)
    yield recorded
    events.unregister("before-call.dynamodb", recorded.send)


def test_a_workspace_is_read_as_it_was_kept(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    assert credential_store.workspace(workspace.id) == workspace


def test_a_workspace_may_have_no_time_zone(credential_store: CredentialStore) -> None:
    kept = new_workspace("Acme", Plan.FREE, at=AT)

    credential_store.create_workspace(kept)

    assert credential_store.workspace(kept.id) == kept


def test_a_workspace_from_before_secrets_is_read_without_one(
    credential_store: CredentialStore,
) -> None:
    kept = replace(new_workspace("Acme", Plan.FREE, at=AT), secret=None)

    credential_store.create_workspace(kept)

    assert credential_store.workspace(kept.id) == kept
    assert list(credential_store.workspaces()) == [kept]


def test_an_unknown_workspace_is_not_found(credential_store: CredentialStore) -> None:
    with pytest.raises(NotFound):
        credential_store.workspace(new_id(AT))


def test_workspaces_are_listed_oldest_first(credential_store: CredentialStore) -> None:
    kept = [new_workspace(f"W{n}", Plan.FREE, at=AT + timedelta(seconds=n)) for n in range(3)]
    for workspace in reversed(kept):
        credential_store.create_workspace(workspace)

    assert list(credential_store.workspaces()) == kept


def test_a_listing_goes_on_past_one_page(credential_store: CredentialStore, calls: Calls) -> None:
    first, second = (new_workspace(name, Plan.FREE, at=AT) for name in ("First", "Second"))
    credential_store.create_workspace(second)
    last = {"pk": {"S": f"WORKSPACE#{first.id}"}, "listing": {"S": "WORKSPACES"}, "id": {"S": "0"}}
    calls.responses["Query"] = [
        {"Items": [workspace_item(first)], "LastEvaluatedKey": last},
    ]

    assert list(credential_store.workspaces()) == [first, second]


def test_a_workspace_is_replaced(credential_store: CredentialStore, workspace: Workspace) -> None:
    changed = workspace.changed(at=LATER, subscription=Subscription.INACTIVE)

    credential_store.replace_workspace(changed, previous=workspace)

    assert credential_store.workspace(workspace.id) == changed


def test_of_two_changes_at_once_one_loses(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    first = workspace.changed(at=LATER, plan=Plan.AGENCY)
    second = workspace.changed(at=LATER + timedelta(seconds=1), plan=Plan.FREE)
    credential_store.replace_workspace(first, previous=workspace)

    with pytest.raises(RaceLost):
        credential_store.replace_workspace(second, previous=workspace)

    assert credential_store.workspace(workspace.id) == first


@pytest.mark.parametrize("contract", Contract)
def test_a_credential_is_read_as_it_was_kept(
    credential_store: CredentialStore, workspace: Workspace, contract: Contract
) -> None:
    issued = issue(workspace, contract, expires_at=LATER)

    keep(credential_store, workspace, issued)

    assert credential_store.credential(issued.credential.id) == issued.credential


def test_a_role_without_scopes_is_kept(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    kept = keep(credential_store, workspace, issue(workspace, Contract.HOURSMITH, role=Role.MEMBER))

    assert credential_store.credential(kept.id).scopes == ()
    assert credential_store.credential(kept.id).role is Role.MEMBER


def test_the_table_never_holds_a_secret(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    issued = [issue(workspace, contract) for contract in Contract]
    for one in issued:
        keep(credential_store, workspace, one)

    text = str(dynamodb_client().scan(TableName="credentials")["Items"])

    assert [one.secret for one in issued if one.secret in text] == []


def test_credentials_are_listed_by_workspace(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    other = new_workspace("Other", Plan.STUDIO, at=AT)
    credential_store.create_workspace(other)
    kept = [keep(credential_store, workspace, issue(workspace, contract)) for contract in Contract]
    keep(credential_store, other, issue(other))

    assert {one.id for one in credential_store.credentials(workspace.id)} == {
        one.id for one in kept
    }


def test_no_credential_without_its_workspace(credential_store: CredentialStore) -> None:
    absent = new_workspace("Nobody's", Plan.STUDIO, at=AT)
    issued = issue(absent)

    with pytest.raises(RaceLost):
        keep(credential_store, absent, issued)

    assert credential_store.resolve(hash_token(issued.secret)) is None


def test_no_credential_when_the_plan_was_changed_meanwhile(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    issued = issue(workspace)
    credential_store.replace_workspace(
        workspace.changed(at=LATER, plan=Plan.FREE), previous=workspace
    )

    with pytest.raises(RaceLost):
        keep(credential_store, workspace, issued)

    with pytest.raises(NotFound):
        credential_store.credential(issued.credential.id)


def test_a_discarded_credential_leaves_nothing(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    issued = issue(workspace)
    keep(credential_store, workspace, issued)

    credential_store.discard_credential(issued.credential.id, token_hash=hash_token(issued.secret))

    remaining = dynamodb_client().scan(TableName="credentials")["Items"]
    assert [item["pk"]["S"] for item in remaining] == [f"WORKSPACE#{workspace.id}"]


def test_discarding_what_was_never_kept_is_no_harm(credential_store: CredentialStore) -> None:
    credential_store.discard_credential(new_id(AT), token_hash=None)

    assert dynamodb_client().scan(TableName="credentials")["Count"] == 0


def test_a_credential_is_revoked_once(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    kept = keep(credential_store, workspace, issue(workspace))

    first = credential_store.revoke_credential(kept.id, AT)
    second = credential_store.revoke_credential(kept.id, LATER)

    assert first == second == replace(kept, revoked_at=AT)


def test_an_unknown_credential_cannot_be_revoked(credential_store: CredentialStore) -> None:
    with pytest.raises(NotFound):
        credential_store.revoke_credential(new_id(AT), AT)


def test_a_use_is_written_down_once_a_day(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    kept = keep(credential_store, workspace, issue(workspace))
    instants = [AT, LATER, AT + timedelta(days=1), AT + timedelta(days=1, hours=2), AT]

    used = []
    for at in instants:
        credential_store.record_use(kept, at)
        used.append(credential_store.credential(kept.id))

    next_day = instants[2]
    assert [each.last_used_at for each in used] == [AT, AT, next_day, next_day, next_day]
    assert replace(used[-1], last_used_at=None) == kept


@pytest.mark.parametrize(
    ("used_at", "at", "known"),
    [
        (None, AT, False),
        (AT, AT, True),
        (AT, datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), True),
        (AT, datetime(2026, 3, 2, tzinfo=UTC), False),
        (datetime(2026, 3, 1, tzinfo=UTC), AT, True),
        (datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), AT, False),
        (AT, datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=2))), True),
    ],
)
def test_a_day_is_one_in_utc(
    workspace: Workspace, used_at: datetime | None, at: datetime, *, known: bool
) -> None:
    credential = replace(issue(workspace).credential, last_used_at=used_at)

    assert credential.was_used_on_the_day_of(at) is known


def test_the_use_of_a_discarded_credential_makes_no_item(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    credential_store.record_use(issue(workspace).credential, AT)

    remaining = dynamodb_client().scan(TableName="credentials")["Items"]
    assert [item["pk"]["S"] for item in remaining] == [f"WORKSPACE#{workspace.id}"]


@pytest.mark.parametrize("before", [None, LATER, LATER + timedelta(days=2)])
def test_an_expiry_only_comes_nearer(
    credential_store: CredentialStore, workspace: Workspace, before: datetime | None
) -> None:
    kept = keep(credential_store, workspace, issue(workspace, expires_at=before))
    at = LATER + timedelta(days=1)

    ending = credential_store.expire_credential(kept.id, at)

    assert ending == replace(kept, expires_at=at if before is None else min(at, before))


def test_an_unknown_credential_cannot_expire(credential_store: CredentialStore) -> None:
    with pytest.raises(NotFound):
        credential_store.expire_credential(new_id(AT), AT)


def test_a_token_resolves_in_two_reads(
    credential_store: CredentialStore, workspace: Workspace, calls: Calls
) -> None:
    issued = issue(workspace, expires_at=LATER)
    keep(credential_store, workspace, issued)
    calls.clear()

    resolved = credential_store.resolve(hash_token(issued.secret))

    assert resolved is not None
    assert resolved.credential == issued.credential
    assert resolved.workspace == workspace
    assert (resolved.scopes, resolved.expires_at) == (("*",), LATER)
    assert calls == ["GetItem", "BatchGetItem"]


def test_an_unknown_token_resolves_to_nothing_in_one_read(
    credential_store: CredentialStore, calls: Calls
) -> None:
    unknown = hash_token(mint_token(Contract.PAYTRUM, Mode.LIVE))

    assert credential_store.resolve(unknown) is None
    assert calls == ["GetItem"]


def test_a_token_whose_credential_is_gone_resolves_to_nothing(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    issued = issue(workspace)
    keep(credential_store, workspace, issued)
    credential_store.discard_credential(issued.credential.id, token_hash=None)

    assert credential_store.resolve(hash_token(issued.secret)) is None


def unprocessed(*keys: str) -> dict[str, Any]:
    """A response of BatchGetItem that leaves these keys unprocessed."""
    return {
        "Responses": {},
        "UnprocessedKeys": {"credentials": {"Keys": [{"pk": {"S": key}} for key in keys]}},
    }


def test_keys_left_unprocessed_are_asked_for_again(
    credential_store: CredentialStore, workspace: Workspace, calls: Calls
) -> None:
    issued = issue(workspace)
    keep(credential_store, workspace, issued)
    both = unprocessed(f"CREDENTIAL#{issued.credential.id}", f"WORKSPACE#{workspace.id}")
    calls.responses["BatchGetItem"] = [both]
    calls.clear()

    resolved = credential_store.resolve(hash_token(issued.secret))

    assert resolved is not None
    assert resolved.credential == issued.credential
    assert calls == ["GetItem", "BatchGetItem", "BatchGetItem"]


def test_keys_left_unprocessed_for_good_are_throttling(
    credential_store: CredentialStore, workspace: Workspace, calls: Calls
) -> None:
    issued = issue(workspace)
    keep(credential_store, workspace, issued)
    calls.responses["BatchGetItem"] = [unprocessed(f"WORKSPACE#{workspace.id}")] * 9

    with pytest.raises(Throttled):
        credential_store.resolve(hash_token(issued.secret))


def test_a_table_that_does_not_respond_is_unavailable(credential_store: CredentialStore) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb", refuse)
    try:
        with pytest.raises(Unavailable):
            credential_store.resolve(hash_token("any"))
        with pytest.raises(Unavailable):
            list(credential_store.workspaces())
    finally:
        events.unregister("before-call.dynamodb", refuse)


def test_an_oauth_client_is_found_by_its_client_id(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    kept = keep(credential_store, workspace, issue(workspace, Contract.ALTERNATIVE_PAYMENTS))

    assert credential_store.oauth_client(kept.id) == kept


def test_an_api_key_is_no_oauth_client(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    kept = keep(credential_store, workspace, issue(workspace))

    with pytest.raises(NotFound):
        credential_store.oauth_client(kept.id)


@pytest.mark.parametrize(
    ("client_end", "token_end", "end"),
    [
        (None, LATER, LATER),
        (LATER + timedelta(days=1), LATER, LATER),
        (AT + timedelta(minutes=1), LATER, AT + timedelta(minutes=1)),
    ],
)
def test_an_access_token_has_its_own_scopes_and_the_earlier_end(
    credential_store: CredentialStore,
    workspace: Workspace,
    client_end: datetime | None,
    token_end: datetime,
    end: datetime,
) -> None:
    issued = issue(workspace, Contract.ALTERNATIVE_PAYMENTS, expires_at=client_end)
    client = keep(credential_store, workspace, issued)
    token_hash = hash_token(mint_token(Contract.ALTERNATIVE_PAYMENTS, Mode.LIVE))

    credential_store.create_access_token(
        token_hash, client, scopes=("customers:read",), expires_at=token_end
    )

    resolved = credential_store.resolve(token_hash)
    assert resolved is not None
    assert resolved.credential == client
    assert (resolved.scopes, resolved.expires_at) == (("customers:read",), end)


def test_dynamodb_removes_an_access_token_after_its_end(
    credential_store: CredentialStore, workspace: Workspace
) -> None:
    client = keep(credential_store, workspace, issue(workspace, Contract.ALTERNATIVE_PAYMENTS))

    credential_store.create_access_token("0" * 64, client, scopes=("*",), expires_at=LATER)

    key = {"pk": {"S": "TOKEN#" + "0" * 64}}
    item = dynamodb_client().get_item(TableName="credentials", Key=key)["Item"]
    assert item["ttl"] == {"N": str(int(LATER.timestamp()))}
