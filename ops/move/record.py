"""The file that `registry export --as record` wrote, moved into an empty workspace."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from ops.cli.deployment import Deployment
from ops.move.deployed import Place
from ops.move.documents import member
from ops.move.files import FileError, FileRow, read_jsonl
from ops.move.states import RECORD
from registry.domain.identifiers import now
from registry.domain.keys import SECRET_BYTES
from registry.store.credentials import CredentialStore
from registry.store.whole import WholeStore


def rows_of(stream: BinaryIO) -> Iterator[FileRow]:
    """The clients in an export; the workspace before them is no row.

    Raises:
        FileError: the file is no export of the record.
    """
    rows = read_jsonl(stream)
    consent_key(next(rows, None))
    for row in rows:
        yield replace(row, number=row.number - 1)


def consent_key(first: FileRow | None) -> bytes | None:
    """The consent key in the first line of an export; None for a workspace that had none.

    Raises:
        FileError: it is no such line.
    """
    value = first.value if first is not None else None
    if not isinstance(member(value, "workspace"), dict):
        raise FileError("The first line is not that of `registry export --as record`.")
    text = member(value, "workspace", "consent_key")
    if text is None:
        return None
    try:
        key = bytes.fromhex(str(text))
    except ValueError:
        key = b""
    if len(key) != SECRET_BYTES:
        raise FileError("The first line holds no consent key.")
    return key


def take_over(deployment: Deployment, place: Place, key: bytes | None) -> None:
    """Give an empty workspace the consent key of the one that was exported.

    A repeated move finds its own clients there, and goes on.

    Raises:
        FileError: the workspace has clients of its own.
    """
    began = RECORD in place.stores.moves.get(place.tenant, RECORD)
    wholes = WholeStore(deployment.dynamodb, deployment.clients_table, deployment.links_table)
    if not began and next(wholes.clients(place.tenant), None) is not None:
        raise FileError("The workspace is not empty; a record moves into an empty one only.")
    workspace = place.workspace
    if key is None or workspace.moved_consent_key == key:
        return
    after = replace(workspace, moved_consent_key=key, updated_at=now())
    credentials = CredentialStore(deployment.dynamodb, deployment.credentials_table)
    credentials.replace_workspace(after, previous=workspace)
