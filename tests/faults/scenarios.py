"""Everything that changes the tables: each operation of each contract, and what operators do.

A scenario prepares the tables and gives an attempt, which can be made again like a caller would.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError
from jsonschema import Draft202012Validator

from registry.domain import change
from registry.domain.change import Author
from registry.domain.client import Channel, Client, Fields, Phone
from registry.domain.credential import IssuedCredential, hash_token, issue_credential, permissions
from registry.domain.errors import (
    IdempotencyInFlight,
    NotFound,
    RaceLost,
    RegistryError,
    Unavailable,
)
from registry.domain.identifiers import new_id, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract, Mode, Plan, Workspace, new_workspace
from registry.gateway.operation import IdempotencyKey, Operation
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import client_store
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client
from registry.store.http.errors import Refused
from registry.store.payment_methods import payment_method_store
from tests.contract_client import ContractClient, Reply, caller
from tests.faults.state import masked
from tests.faults.wire import SECRET
from tests.records import records_of
from tools.generate.declarations import all_operations, operations
from tools.template import ROOT

DONE, REFUSED = "done", "refused"
GONE = "gone"
"""What was to be deleted is not there: to whoever asks again, the deletion was carried out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        end: `DONE`, `GONE`, `REFUSED` (a mistake of ours, a 500), or the name of the error that
            says when to try again.
        shown: what the caller was shown, without ids and instants.
    """

    end: str
    shown: str = ""


Attempt = Callable[[], Outcome]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A change of the tables.

    Attributes:
        name: for the test.
        actions: the DynamoDB calls of an attempt that nothing disturbs.
        prepare: writes what has to be there, and gives the attempt.
        repeatable: whether a caller who does not know how an attempt ended can make it again. A
            creation without an idempotency key cannot be: it would be a second creation.
        operation: the contract's operation, if it is one.
    """

    name: str
    actions: tuple[str, ...]
    prepare: Callable[[], Attempt]
    repeatable: bool = True
    operation: Operation | None = None


_PUT, _TRANSACTION = "PutItem", "TransactWriteItems"
_TENANT = Tenant(caller("paytrum")["workspaceId"], Mode.LIVE)
_AUTHOR = Author("credential", now())

# Per operation a body that writes items of many kinds, and the call that writes without an
# idempotency key: evidence of consent, claims and conditions on other items need a transaction.
_REQUESTS: Mapping[tuple[Contract, str], tuple[Mapping[str, Any] | None, str]] = {
    (Contract.PAYTRUM, "create_client"): (
        {"name": "Acme Co", "email": "ar@acme.com", "emailConsent": True},
        _TRANSACTION,
    ),
    (Contract.PAYTRUM, "update_client"): (
        {"email": "new@acme.com", "emailConsent": True},
        _TRANSACTION,
    ),
    (Contract.PAYTRUM, "archive_client"): (None, _PUT),
    (Contract.PAYTRUM, "restore_client"): (None, _PUT),
    (Contract.ATHENTY, "create_client"): (
        {"nameFirst": "Jane", "nameLast": "Doe", "metadata": {"tier": "gold"}},
        _PUT,
    ),
    (Contract.ATHENTY, "update_client"): ({"email": "new@acme.com"}, _TRANSACTION),
    (Contract.ATHENTY, "archive_client"): (None, _PUT),
    (Contract.HOURSMITH, "create_client"): ({"name": "Acme", "email": "ar@acme.com"}, _TRANSACTION),
    (Contract.HOURSMITH, "update_client"): ({"email": "new@acme.com"}, _TRANSACTION),
    (Contract.HOURSMITH, "delete_client"): (None, _PUT),
    (Contract.ALTERNATIVE_PAYMENTS, "create_customer"): (
        {"name": "Acme", "email": "billing@acme.com", "external_id": "crm-1001"},
        _TRANSACTION,
    ),
    (Contract.ALTERNATIVE_PAYMENTS, "update_customer"): ({"name": "Other", "city": "LA"}, _PUT),
    (Contract.ALTERNATIVE_PAYMENTS, "archive_customer"): (None, _PUT),
    (Contract.ALTERNATIVE_PAYMENTS, "restore_customer"): (None, _PUT),
    (Contract.ALTERNATIVE_PAYMENTS, "create_user"): (
        {"email": "jane@acme.com", "first_name": "Jane"},
        _TRANSACTION,
    ),
    (Contract.REGISTRY, "create_client"): (
        {"name": "Acme", "email": "ar@acme.com", "consents": {"email": True}},
        _TRANSACTION,
    ),
    (Contract.REGISTRY, "update_client"): ({"email": "new@acme.com"}, _TRANSACTION),
    (Contract.REGISTRY, "archive_client"): (None, _PUT),
    (Contract.REGISTRY, "restore_client"): (None, _PUT),
}
# What is read before a merge is written or undone: the clients and their ledgers, and for an undo
# the merge itself and whether it is the latest.
_MERGE_READS: Mapping[str, tuple[str, ...]] = {
    "merge_clients": ("BatchGetItem", "Query", "Query"),
    "undo_merge": ("Query", "BatchGetItem", "Query", "Query"),
}

# What is called for records of other kinds. The body is that of the page's example.
_ON_RECORDS: Mapping[tuple[Contract, str], tuple[str, ...]] = {
    (Contract.ALTERNATIVE_PAYMENTS, "create_webhook"): (_TRANSACTION,),
    (Contract.ALTERNATIVE_PAYMENTS, "delete_webhook"): ("GetItem", _TRANSACTION),
    (Contract.REGISTRY, "create_webhook"): (_TRANSACTION,),
    (Contract.REGISTRY, "update_webhook"): ("GetItem", _TRANSACTION),
    (Contract.REGISTRY, "delete_webhook"): ("GetItem", _TRANSACTION),
    (Contract.REGISTRY, "rotate_webhook"): ("GetItem", _TRANSACTION),
    (Contract.REGISTRY, "test_webhook"): ("GetItem", _PUT),
    (Contract.REGISTRY, "redeliver"): ("GetItem", "GetItem", _PUT),
    (Contract.REGISTRY, "judge_match"): ("GetItem", _TRANSACTION),
    (Contract.REGISTRY, "create_erasure"): ("GetItem", _TRANSACTION),
}
# Those that write the response under the idempotency key, and nothing without one.
_KEPT = {"test_webhook", "redeliver"}
# What another call does again.
_ANEW = {"create_webhook", "rotate_webhook"}

_KEYED: Mapping[IdempotencyKey, tuple[bool, ...]] = {
    IdempotencyKey.IGNORED: (False,),
    IdempotencyKey.OPTIONAL: (False, True),
    IdempotencyKey.REQUIRED: (True,),
}


def mutating_operations() -> list[Operation]:
    """The operations of all contracts that can change the tables."""
    return [operation for operation in all_operations() if operation.method != "GET"]


def scenarios() -> list[Scenario]:
    """Every change of the tables, with and without an idempotency key where both are possible."""
    of_contracts = [
        _scenario(operation, keyed=keyed)
        for operation in mutating_operations()
        for keyed in _KEYED[operation.idempotency_key]
        if keyed or operation.name not in _KEPT
    ]
    return [*of_contracts, *_of_operators()]


def _scenario(operation: Operation, *, keyed: bool) -> Scenario:
    contract, name = operation.dialect.contract, operation.name
    if operation.public:
        actions: tuple[str, ...] = ("GetItem", _TRANSACTION, _PUT)
        return Scenario(
            f"{contract}.{name}",
            actions,
            partial(_ask_for_a_token, operation),
            repeatable=False,
            operation=operation,
        )
    if name in _MERGE_READS:
        return Scenario(
            f"{contract}.{name}{' with a key' if keyed else ''}",
            (*_MERGE_READS[name], _TRANSACTION),
            partial(_merge_or_undo, operation, keyed=keyed),
            repeatable=keyed or name == "undo_merge",
            operation=operation,
        )
    if (contract, name) in _ON_RECORDS:
        return Scenario(
            f"{contract}.{name}{' with a key' if keyed else ''}",
            _ON_RECORDS[contract, name],
            partial(_send_about_record, operation, keyed=keyed),
            repeatable=keyed or name not in _ANEW,
            operation=operation,
        )
    body, unkeyed_write = _REQUESTS[contract, name]
    changes = "{id}" in operation.path and name != "create_user"
    write = _TRANSACTION if keyed else unkeyed_write
    read = "BatchGetItem" if keyed else "GetItem"
    return Scenario(
        f"{contract}.{name}{' with a key' if keyed else ''}",
        (read, write) if changes else (write,),
        partial(_send, operation, body, keyed=keyed),
        repeatable=keyed or changes,
        operation=operation,
    )


def _send(operation: Operation, body: Mapping[str, Any] | None, *, keyed: bool) -> Attempt:
    """A request of a contract, about a client that is there where the path names one."""
    contract = operation.dialect.contract
    client = ContractClient(operations(contract), caller(contract, role="owner"))
    path = operation.path
    if "{id}" in path:
        path = path.replace("{id}", _client(archived=path.endswith("/restore")).id)
    headers = {"Idempotency-Key": "k"} if keyed else {}
    return lambda: _outcome(operation, client.send(operation.method, path, body, headers))


def _send_about_record(operation: Operation, *, keyed: bool) -> Attempt:
    """A request about a webhook, a pair or an erasure, which is there where the path names one."""
    contract = operation.dialect.contract
    client = ContractClient(operations(contract), caller(contract, role="owner"))
    path = operation.path.format(**records_of(operation, _TENANT))
    body = operation.examples[0].body if operation.body is not None else None
    if operation.name == "update_webhook":
        body = {"types": ["client.created"]}
    headers = {"Idempotency-Key": "k"} if keyed else {}
    return lambda: _outcome(operation, client.send(operation.method, path, body, headers))


def _merge_or_undo(operation: Operation, *, keyed: bool) -> Attempt:
    """A merge of two clients with consent, or its undo."""
    client = ContractClient(operations(Contract.REGISTRY), caller(Contract.REGISTRY))
    pair: Mapping[str, Any] | None = {"survivor": _client().id, "absorbed": _client().id}
    path = operation.path
    if "{id}" in path:
        merge = client.send("POST", "/v1/merges", pair)
        path, pair = path.replace("{id}", merge.json["id"]), None
    headers = {"Idempotency-Key": "k"} if keyed else {}
    return lambda: _outcome(operation, client.send(operation.method, path, pair, headers))


def _ask_for_a_token(operation: Operation) -> Attempt:
    workspace, issued = _workspace(), _issue(Contract.ALTERNATIVE_PAYMENTS)
    _credentials().create_credential(issued.credential, token_hash=None, workspace=workspace)
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": issued.credential.id,
            "client_secret": issued.secret,
        }
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    client = ContractClient((operation,), {})
    return lambda: _outcome(
        operation, client.send(operation.method, operation.path, raw=form, headers=headers)
    )


def _outcome(operation: Operation, reply: Reply) -> Outcome:
    """The outcome of a reply, which has to be in the contract's documented shape.

    Raises:
        AssertionError: it is not, or it tells what the caller must not know.
    """
    assert SECRET not in reply.text
    contract = operation.dialect.contract
    _shape(contract, operation.path, operation.method.lower(), reply.status).validate(reply.json)
    if reply.status in {operation.status, *operation.other_statuses}:
        return Outcome(DONE, masked(reply.text))
    named: dict[int, str] = {500: REFUSED}
    for error in (NotFound, RaceLost, IdempotencyInFlight, Unavailable):
        named[operation.dialect.code(error).status] = error.__name__
    if reply.status == operation.dialect.code(Unavailable).status:
        assert int(reply.headers["Retry-After"]) >= 1
    if operation.method == "DELETE" and named[reply.status] == NotFound.__name__:
        return Outcome(GONE)
    return Outcome(named[reply.status])


@cache
def _shape(contract: Contract, path: str, method: str, status: int) -> Draft202012Validator:
    """What the published document says of a response; a status it does not name is an error."""
    responses = _document(contract)["paths"][path][method]["responses"]
    ((_, content),) = responses[str(status)]["content"].items()
    schema = content["schema"]
    return Draft202012Validator({**schema, "components": _document(contract)["components"]})


@cache
def _document(contract: Contract) -> Any:
    return json.loads((ROOT / "docs" / "openapi" / f"{contract}.json").read_text("utf-8"))


def _of_operators() -> list[Scenario]:
    """Changes that no contract offers: the command line makes them."""
    read = "GetItem"
    # The client is read to find with which one a method is kept, and again for its version. Who
    # removes a method is written on it first, so that the event of its removal can tell.
    attach = (read, read, _TRANSACTION)
    choose = (read, read, read, _TRANSACTION)
    detach = (read, read, _TRANSACTION, read, _TRANSACTION)
    return [
        Scenario("attach a payment method", attach, partial(_attach, default=False)),
        Scenario("attach a default", attach, partial(_attach, default=True)),
        Scenario("choose the default", choose, _set_default),
        Scenario("detach a payment method", detach, partial(_detach, default=False)),
        Scenario("detach the default", detach, partial(_detach, default=True)),
        Scenario("create a workspace", (_PUT,), _create_workspace),
        Scenario("change a workspace", (_PUT,), _change_workspace),
        Scenario("create a credential", (_TRANSACTION,), _create_credential),
        Scenario("revoke a credential", (_TRANSACTION, read), _revoke),
        Scenario("discard a credential", (_TRANSACTION,), _discard),
    ]


def _attempt(do: Callable[[], object]) -> Attempt:
    """An attempt that ends in an error of the domain or in none."""

    def attempt() -> Outcome:
        try:
            do()
        except NotFound:
            return Outcome(GONE)
        except RegistryError as error:
            kind = Unavailable if isinstance(error, Unavailable) else type(error)
            return Outcome(kind.__name__)
        except (ClientError, Refused):
            return Outcome(REFUSED)
        return Outcome(DONE)

    return attempt


def _attach(*, default: bool) -> Attempt:
    method = _method(_client())
    return _attempt(lambda: _payment_methods().attach(_TENANT, method, _AUTHOR, default=default))


def _set_default() -> Attempt:
    method = _attached(default=False)
    return _attempt(
        lambda: _payment_methods().set_default(_TENANT, method.client_id, method.id, _AUTHOR)
    )


def _detach(*, default: bool) -> Attempt:
    method = _attached(default=default)
    return _attempt(
        lambda: _payment_methods().detach(_TENANT, method.client_id, method.id, _AUTHOR)
    )


def _create_workspace() -> Attempt:
    workspace = new_workspace("Acme", Plan.STUDIO, at=_AUTHOR.at)
    return _attempt(lambda: _credentials().create_workspace(workspace))


def _change_workspace() -> Attempt:
    workspace = _workspace()
    after = workspace.changed(at=_AUTHOR.at + timedelta(hours=1), plan=Plan.FREE)
    return _attempt(lambda: _credentials().replace_workspace(after, previous=workspace))


def _create_credential() -> Attempt:
    workspace, issued = _workspace(), _issue(Contract.PAYTRUM)
    return _attempt(
        lambda: _credentials().create_credential(
            issued.credential, token_hash=hash_token(issued.secret), workspace=workspace
        )
    )


def _revoke() -> Attempt:
    _create_credential_now(issued := _issue(Contract.PAYTRUM))
    return _attempt(lambda: _credentials().revoke_credential(issued.credential.id, _AUTHOR.at))


def _discard() -> Attempt:
    _create_credential_now(issued := _issue(Contract.PAYTRUM))
    return _attempt(
        lambda: _credentials().discard_credential(
            issued.credential.id, token_hash=hash_token(issued.secret)
        )
    )


def _create_credential_now(issued: IssuedCredential) -> None:
    _credentials().create_credential(
        issued.credential, token_hash=hash_token(issued.secret), workspace=_workspace()
    )


def _client(*, archived: bool = False) -> Client:
    """A client with consent for its e-mail address and its number."""
    fields: Fields = {
        "name": "Acme Co",
        "email": "ar@acme.com",
        "phone": Phone("(212) 252-0000", "+12122520000"),
    }
    consents = {Channel.EMAIL: True, Channel.SMS: True}
    created = change.create(_AUTHOR, consents, **fields)
    client_store().create(_TENANT, created)
    if not archived:
        return created.client
    changed = change.archive(created.client, Author("credential", now()))
    client_store().replace(_TENANT, created.client, changed)
    return changed.client


def _method(client: Client) -> PaymentMethod:
    return PaymentMethod(
        id=new_id(), client_id=client.id, type=PaymentMethodType.CARD, token="pm_1", last4="4242"
    )


def _attached(*, default: bool) -> PaymentMethod:
    method = _method(_client())
    _payment_methods().attach(_TENANT, method, _AUTHOR, default=default)
    return method


def _payment_methods() -> PaymentMethods:
    return PaymentMethods(client_store(), payment_method_store())


def _credentials() -> CredentialStore:
    return CredentialStore(dynamodb_client(), "credentials")


def _workspace() -> Workspace:
    workspace = replace(new_workspace("Acme", Plan.STUDIO, at=_AUTHOR.at), id=_TENANT.workspace_id)
    _credentials().create_workspace(workspace)
    return workspace


def _issue(contract: Contract) -> IssuedCredential:
    return issue_credential(
        _TENANT.workspace_id,
        contract,
        Mode.LIVE,
        permissions(contract, (), None),
        api_key_id="key",
        usage_key="usage",
        at=_AUTHOR.at,
    )
