"""What the commands print: JSON for scripts, or tables for people.

The JSON shapes are stable. A secret appears in exactly one of them: that of a credential just made.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.cli.caller import is_oauth_client, request_headers
from ops.cli.merges import Merged
from ops.cli.payment_methods import HeldMethod
from ops.cli.views import Redriven
from ops.match.evaluation import Evaluation
from registry.domain import document
from registry.domain.client import Client
from registry.domain.credential import Credential, IssuedCredential
from registry.domain.event import AnyEvent, Event, cloud_event, method_data
from registry.domain.identifiers import instant
from registry.domain.pair import Pair, represented_pair
from registry.domain.representation import is_empty, represented
from registry.domain.tenant import Tenant
from registry.domain.workspace import Workspace
from registry.services.checking import Comparison
from registry.store.directory import Directory
from registry.store.packs import LIVE_KINDS

Json = dict[str, object]

_MERGED_COLUMNS = ("survivor", "absorbed", "merge", "refused")


def workspace_json(workspace: Workspace) -> Json:
    """`{"id", "name", "plan", "subscription", "region", "timezone", "createdAt", "updatedAt"}`."""
    return {
        "id": workspace.id,
        "name": workspace.name,
        "plan": workspace.plan,
        "subscription": workspace.subscription,
        "region": workspace.region,
        "timezone": workspace.timezone,
        "createdAt": instant(workspace.created_at),
        "updatedAt": instant(workspace.updated_at),
    }


def credential_json(credential: Credential) -> Json:
    """`{"id", "workspaceId", "contract", "mode", "scopes", "role", "prefix", …}` and instants."""
    return {
        "id": credential.id,
        "workspaceId": credential.workspace_id,
        "contract": credential.contract,
        "mode": credential.mode,
        "scopes": list(credential.scopes),
        "role": credential.role,
        "prefix": credential.prefix,
        "createdAt": instant(credential.created_at),
        "expiresAt": _instant(credential.expires_at),
        "revokedAt": _instant(credential.revoked_at),
    }


def payment_method_json(held: HeldMethod) -> Json:
    """`{"id", "customerId", "type", …, "isDefault", "createdAt"}`; never the token."""
    method = held.method
    return {
        "id": method.id,
        "customerId": method.client_id,
        "type": method.type,
        "brand": method.brand,
        "bankName": method.bank_name,
        "last4": method.last4,
        "expMonth": method.exp_month,
        "expYear": method.exp_year,
        "holderName": method.holder_name,
        "isDefault": held.is_default,
        "createdAt": instant(method.created_at),
    }


def issued_json(issued: IssuedCredential) -> Json:
    """`credential_json` and the secret.

    That is `{"token", "headers"}`, where `headers` is what a caller sends; for an OAuth client it
    is `{"client_id", "client_secret"}`.
    """
    return {**credential_json(issued.credential), **_secret(issued)}


def show_workspace(workspace: Workspace, *, as_json: bool) -> None:
    """Print one workspace."""
    _show(workspace_json(workspace), as_json=as_json)


def list_workspaces(workspaces: Sequence[Workspace], *, as_json: bool) -> None:
    """Print workspaces: a JSON array, or a table."""
    columns = ("id", "name", "plan", "subscription", "region", "createdAt")
    _list([workspace_json(workspace) for workspace in workspaces], columns, as_json=as_json)


def show_credential(credential: Credential, *, as_json: bool) -> None:
    """Print one credential."""
    _show(credential_json(credential), as_json=as_json)


def list_credentials(credentials: Sequence[Credential], *, as_json: bool) -> None:
    """Print credentials: a JSON array, or a table."""
    columns = ("id", "contract", "mode", "prefix", "scopes", "createdAt", "expiresAt", "revokedAt")
    _list([credential_json(credential) for credential in credentials], columns, as_json=as_json)


def show_payment_method(held: HeldMethod, *, as_json: bool) -> None:
    """Print one payment method."""
    _show(payment_method_json(held), as_json=as_json)


def list_payment_methods(methods: Sequence[HeldMethod], *, as_json: bool) -> None:
    """Print payment methods: a JSON array, or a table."""
    columns = ("id", "type", "brand", "bankName", "last4", "isDefault", "createdAt")
    _list([payment_method_json(held) for held in methods], columns, as_json=as_json)


def show_comparison(found: Comparison, *, repaired: bool, as_json: bool) -> None:
    """Print what a check of views has found.

    `{"clients", "packed", "counts": {"<status> <member type>": {"clients", "views"}}, "different":
    [ids], "repaired"}`; without packs the views count nothing.
    """
    shown = found.shown or (None,) * len(found.counted)
    counts = {
        f"{'archived' if kind.archived else 'active'} {kind.member_type}": {
            "clients": found.counted[kind],
            "views": shown[kind],
        }
        for kind in LIVE_KINDS
    }
    record: Json = {
        "clients": found.clients,
        "packed": found.packed,
        "counts": counts,
        "different": list(found.different),
        "repaired": repaired and bool(found.different),
    }
    if not as_json:
        lines = {
            name: f"{each['clients']} clients, {each['views']} in views"
            for name, each in counts.items()
        }
        if not found.packed:
            lines = {name: f"{each['clients']} clients" for name, each in counts.items()}
        record = {**record, **lines}
        del record["counts"]
    _show(record, as_json=as_json)


def list_pairs(pairs: Sequence[Pair], *, as_json: bool) -> None:
    """Print pairs as the registry's own contract shows them: a JSON array, or a table."""
    columns = ("id", "verdict", "score", "reasons", "judged_by", "at")
    rows = [represented_pair(pair) for pair in pairs]
    if not as_json:
        rows = [
            row | {"reasons": ", ".join(f"{each.field} {each.level}" for each in pair.reasons)}
            for row, pair in zip(rows, pairs, strict=True)
        ]
    _list(rows, columns, as_json=as_json)


def show_evaluation(found: Evaluation, *, as_json: bool) -> None:
    """Print how well pairs are found in a labelled file.

    `{"records", "true_pairs", "candidate_pairs", "all": {"precision", "recall", "f1"}, "sure":
    {…}}`.
    """
    qualities = {"all": found.all, "sure": found.sure}
    counts: Json = {
        "records": found.records,
        "true_pairs": found.true_pairs,
        "candidate_pairs": found.candidate_pairs,
    }
    if as_json:
        shares = {
            name: {"precision": each.precision, "recall": each.recall, "f1": each.f1}
            for name, each in qualities.items()
        }
        _print_json({**counts, **shares})
        return
    lines = {
        name: f"precision {each.precision:.4f}, recall {each.recall:.4f}, F1 {each.f1:.4f}"
        for name, each in qualities.items()
    }
    _show({**counts, **lines}, as_json=False)


def show_rebuilt(directory: Directory, *, as_json: bool) -> None:
    """Print the size of views just made: `{"clients", "packs"}`."""
    _show({"clients": directory.size, "packs": len(directory.packs)}, as_json=as_json)


def show_redriven(redriven: Mapping[str, Redriven], *, as_json: bool) -> None:
    """Print what became of parked records: `{"<projection>": {"taken", "left"}}`."""
    if as_json:
        _print_json({name: {"taken": r.taken, "left": r.left} for name, r in redriven.items()})
        return
    _show(
        {name: f"{r.taken} taken, {r.left} left" for name, r in redriven.items()},
        as_json=False,
    )


def show_issued(issued: IssuedCredential, *, as_json: bool) -> None:
    """Print a credential just made, with its secret."""
    if as_json:
        _print_json(issued_json(issued))
        return
    _show(credential_json(issued.credential), as_json=False)
    typer.echo("\nShown this once; only a hash of it is kept:\n")
    lines = request_headers(issued) or {
        "client_id": issued.credential.id,
        "client_secret": issued.secret,
    }
    for name, value in lines.items():
        typer.echo(f"  {name}: {value}")


def show_move(state: Mapping[str, object], *, as_json: bool) -> None:
    """Print how a move ended, or how it stands."""
    _show(state, as_json=as_json)


def list_moves(states: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Print the last move from each vendor: a JSON array, or a table."""
    columns = ("contract", "state", "job", "began_at", "ended_at", "verified_at", "green")
    _list(states, columns, as_json=as_json)


def show_verdict(verdict: Mapping[str, object], *, green: bool, as_json: bool) -> None:
    """Print what a verification found: the numbers, and each difference on a line."""
    if as_json:
        _print_json(verdict)
        return
    numbers = {
        name: len(value) if isinstance(value, list) else value for name, value in verdict.items()
    }
    _show(numbers, as_json=False)
    for name in ("missing", "extra", "different"):
        found = verdict[name]
        for each in found if isinstance(found, list) else []:
            typer.echo(f"{name}: {json.dumps(each, ensure_ascii=False)}")
    typer.echo("Green: nothing differs but what is explained." if green else "Not green.")


def show_client(client: Client, *, as_json: bool) -> None:
    """Print one client, whole: a JSON object, or a line for each field that has a value."""
    shown = represented(client)
    if as_json:
        typer.echo(document.render(shown))
        return
    filled = {name: value for name, value in shown.items() if not is_empty(name, value)}
    _show({name: _text(value) for name, value in filled.items()}, as_json=False)


def show_merge(merge: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a merge: a JSON object, or a line for each field that differed."""
    if as_json:
        typer.echo(document.render(merge))
        return
    named = {name: merge[name] for name in ("id", "survivor", "absorbed", "created_at")}
    if merge["undone_at"] is not None:
        named |= {"undone_at": merge["undone_at"], "stayed": ", ".join(merge["stayed"])}
    _show({name: value for name, value in named.items() if value is not None}, as_json=False)
    rows = [
        {
            "field": name,
            **{side: _text(each[side]) for side in ("survivor", "absorbed")},
            "kept": each["kept"],
            "why": each["why"],
        }
        for name, each in merge["fields"].items()
    ]
    _list(rows, ("field", "survivor", "absorbed", "kept", "why"), as_json=False)


def list_merged(merged: Sequence[Merged], *, as_json: bool) -> None:
    """Print what became of pairs: a JSON array, or a table."""
    _list([asdict(each) for each in merged], _MERGED_COLUMNS, as_json=as_json)


def list_clients(clients: Sequence[Client], *, as_json: bool) -> None:
    """Print clients: a JSON array of whole ones, or a table."""
    shown = [represented(client) for client in clients]
    if as_json:
        typer.echo(document.render(shown))
        return
    columns = ("id", "display_name", "email", "phone", "external_id", "status", "updated_at")
    rows = [{name: _text(client[name]) for name in columns} for client in shown]
    _list(rows, columns, as_json=False)


def list_events(tenant: Tenant, events: Sequence[AnyEvent], *, as_json: bool) -> None:
    """Print events: a JSON array of CloudEvents, or a table."""
    if as_json:
        typer.echo(document.render([cloud_event(tenant, event) for event in events]))
        return
    columns = ("time", "version", "type", "by", "changed")
    _list([_event_row(event) for event in events], columns, as_json=False)


def _event_row(event: AnyEvent) -> Json:
    """The cells of an event; one of a payment method has its details in place of changed fields."""
    common = {"time": instant(event.at), "type": event.type}
    if isinstance(event, Event):
        by = event.operator or f"{event.contract or '-'} {event.credential_id or '-'}"
        return common | {"version": event.version, "by": by, "changed": list(event.changed)}
    shown = [str(value) for value in method_data(event.method).values() if value is not None]
    return common | {"version": "", "by": "", "changed": shown}


def _text(value: object) -> object:
    """A value for a table: what was typed of a phone, JSON of another object, else itself."""
    if isinstance(value, Mapping):
        return value["typed"] if "typed" in value else document.render(value)
    return value


def _secret(issued: IssuedCredential) -> Json:
    """A caller's part of a new credential: its id and secret, or its token with the headers."""
    if is_oauth_client(issued):
        return {"client_id": issued.credential.id, "client_secret": issued.secret}
    return {"token": issued.secret, "headers": request_headers(issued)}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show_record(record: Mapping[str, object], *, as_json: bool) -> None:
    """Print one record: a JSON object, or a line for each field."""
    _show(record, as_json=as_json)


def list_records(
    records: Sequence[Mapping[str, object]],
    columns: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Print records: a JSON array, or a table of these columns."""
    _list(records, columns, as_json=as_json)


def _show(record: Mapping[str, object], *, as_json: bool) -> None:
    """Print one record: a JSON object, or a line for each field."""
    if as_json:
        _print_json(record)
        return
    table = Table.grid(padding=(0, 2))
    for name, value in record.items():
        table.add_row(f"[dim]{name}[/dim]", _cell(value))
    _print_whole(table)


def _list(
    records: Sequence[Mapping[str, object]],
    columns: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Print records: a JSON array, or a table of these columns."""
    if as_json:
        _print_json(records)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True)
    for record in records:
        table.add_row(*(_cell(record[column]) for column in columns))
    _print_whole(table)


def _print_whole(table: Table) -> None:
    """Print a table at its full width: an id cut short is of no use, and a pipe has no width."""
    console = Console()
    unbounded = console.options.update(max_width=10_000)
    console.width = max(console.width, console.measure(table, options=unbounded).maximum)
    console.print(table)


def _cell(value: object) -> str:
    """Text for a table; brackets in names are not rich's markup."""
    if value is None:
        return "-"
    text = " ".join(value) if isinstance(value, list) else str(value)
    return escape(text)
