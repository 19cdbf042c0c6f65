"""The Credentials table: workspaces, credentials, and tokens by their hash.

One item each, all read by primary key; operators list them through the index `Listing`.

    WORKSPACE#<id>    a workspace
    CREDENTIAL#<id>   an API key, a personal access token or an OAuth client
    TOKEN#<sha256>    which credential a token stands for; with `ttl` when it is an access token
    ISSUED#<id>#<minute>  how many access tokens an OAuth client was issued in a minute; with `ttl`
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from registry.domain import deadline
from registry.domain.credential import Credential, ResolvedCredential, day_of
from registry.domain.errors import NotFound, TooManyTokens
from registry.domain.identifiers import instant
from registry.domain.workspace import Workspace
from registry.store.batch import read_all
from registry.store.credential_items import (
    ALL_WORKSPACES,
    access_token_item,
    credential_item,
    credential_key,
    issued_key,
    read_credential,
    read_token,
    read_workspace,
    token_item,
    token_key,
    workspace_item,
    workspace_key,
)
from registry.store.dynamodb import (
    ATTEMPT_SECONDS,
    WriteRefused,
    query,
    send,
    translate_errors,
)
from registry.store.transaction import (
    Write,
    delete,
    put_if,
    put_new,
    require,
    transact,
    update_existing,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        QueryInputTypeDef,
        UpdateTypeDef,
    )

    from registry.store import items
    from registry.store.credential_items import Item

_LISTING = "Listing"


class CredentialStore:
    """Reads and writes of the Credentials table.

    Every method raises `Throttled` or `Unavailable` when DynamoDB cannot carry out its call.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    # Workspaces

    def create_workspace(self, workspace: Workspace) -> None:
        """Write a new workspace."""
        transact(self._client, [put_new(self._table, workspace_item(workspace))])

    def replace_workspace(self, workspace: Workspace, *, previous: Workspace) -> None:
        """Write a changed workspace over the one it was made from.

        Raises:
            RaceLost: the workspace was changed since `previous` was read.
        """
        replacement = put_if(
            self._table,
            workspace_item(workspace),
            "updated_at = :previous",
            {":previous": {"S": instant(previous.updated_at)}},
        )
        transact(self._client, [replacement])

    def workspace(self, workspace_id: str) -> Workspace:
        """The workspace with this id.

        Raises:
            NotFound: there is none.
        """
        return read_workspace(self._get(workspace_key(workspace_id)))

    def workspaces(self) -> Iterator[Workspace]:
        """All workspaces, oldest first."""
        return map(read_workspace, self._list(ALL_WORKSPACES))

    # Credentials

    def create_credential(
        self,
        credential: Credential,
        *,
        token_hash: str | None,
        workspace: Workspace,
    ) -> None:
        """Write a new credential and, unless it is an OAuth client, the item of its token.

        Both are written or neither is, and only while the workspace still has the plan with which
        it was read, because the plan decides the usage plan of the credential's API Gateway key.

        Raises:
            RaceLost: the workspace's plan was changed meanwhile.
        """
        writes = [
            require(
                self._table,
                {"pk": {"S": workspace_key(workspace.id)}},
                "#plan = :plan",
                {":plan": {"S": workspace.plan}},
                names={"#plan": "plan"},
            ),
            put_new(self._table, credential_item(credential)),
        ]
        if token_hash is not None:
            writes.append(put_new(self._table, token_item(token_hash, credential)))
        transact(self._client, writes)

    def discard_credential(self, credential_id: str, *, token_hash: str | None) -> None:
        """Delete a credential that was never handed out, if it was written at all."""
        keys = [credential_key(credential_id)]
        if token_hash is not None:
            keys.append(token_key(token_hash))
        transact(self._client, [delete(self._table, {"pk": {"S": key}}) for key in keys])

    def credential(self, credential_id: str) -> Credential:
        """The credential with this id.

        Raises:
            NotFound: there is none.
        """
        return read_credential(self._get(credential_key(credential_id)))

    def credentials(self, workspace_id: str) -> Iterator[Credential]:
        """All credentials of a workspace, revoked ones too, oldest first."""
        return map(read_credential, self._list(workspace_key(workspace_id)))

    def revoke_credential(self, credential_id: str, at: datetime) -> Credential:
        """Mark a credential revoked; one that already is keeps its first `revoked_at`.

        Raises:
            NotFound: there is none with this id.
        """
        revocation = update_existing(
            self._table,
            {"pk": {"S": credential_key(credential_id)}},
            "SET revoked_at = if_not_exists(revoked_at, :at)",
            {":at": {"S": instant(at)}},
            _missing,
        )
        transact(self._client, [revocation])
        return self.credential(credential_id)

    def expire_credential(self, credential_id: str, at: datetime) -> Credential:
        """Let a credential expire at an instant, unless it expires before.

        Raises:
            NotFound: there is none with this id.
        """
        found = self.credential(credential_id)
        if found.expires_at is not None and found.expires_at <= at:
            return found
        expiry = update_existing(
            self._table,
            {"pk": {"S": credential_key(credential_id)}},
            "SET expires_at = :at",
            {":at": {"S": instant(at)}},
            _missing,
        )
        transact(self._client, [expiry])
        return self.credential(credential_id)

    def record_use(self, credential: Credential, at: datetime) -> None:
        """Write down that a credential is used on the day of an instant, once for each day.

        The call is made once and not repeated: the next use of the day writes what this one could
        not.

        Raises:
            Unavailable: too little time is left, or no response came.
        """
        deadline.require(ATTEMPT_SECONDS)
        with suppress(WriteRefused), translate_errors():
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": credential_key(credential.id)}},
                UpdateExpression="SET last_used_at = :at",
                ConditionExpression=(
                    "attribute_exists(pk) AND "
                    "(attribute_not_exists(last_used_at) OR last_used_at < :day)"
                ),
                ExpressionAttributeValues={
                    ":at": {"S": instant(at)},
                    ":day": {"S": instant(day_of(at))},
                },
            )

    # OAuth

    def oauth_client(self, client_id: str) -> Credential:
        """The OAuth client with this client id, whatever its state.

        Raises:
            NotFound: there is none, or the credential with this id is not an OAuth client.
        """
        credential = self.credential(client_id)
        if credential.secret_hash is None:
            raise NotFound
        return credential

    def count_access_token(self, credential: Credential, at: datetime, *, most: int) -> None:
        """Count one more access token of an OAuth client in the minute of `at`.

        One conditional write, so requests at the same time never pass `most` between them. It is a
        transaction, whose token makes a write that is sent again count once.

        Raises:
            TooManyTokens: the client has had `most` tokens in this minute.
        """
        minute = at.replace(second=0, microsecond=0)
        end = minute + timedelta(minutes=1)

        def too_many(_: object) -> None:
            raise TooManyTokens(math.ceil((end - at).total_seconds()))

        update: UpdateTypeDef = {
            "TableName": self._table,
            "Key": {"pk": {"S": issued_key(credential.id, minute)}},
            "UpdateExpression": "SET #ttl = :end ADD issued :one",
            "ConditionExpression": "attribute_not_exists(issued) OR issued < :most",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {
                ":end": {"N": str(int(end.timestamp()))},
                ":one": {"N": "1"},
                ":most": {"N": str(most)},
            },
        }
        transact(self._client, [Write({"Update": update}, too_many)])

    def create_access_token(
        self,
        token_hash: str,
        credential: Credential,
        *,
        scopes: tuple[str, ...],
        expires_at: datetime,
    ) -> None:
        """Write an access token of an OAuth client; DynamoDB deletes it after its end."""
        item = access_token_item(token_hash, credential, scopes, expires_at)
        transact(self._client, [put_new(self._table, item)])

    # Tokens

    def resolve(self, token_hash: str) -> ResolvedCredential | None:
        """The credential and workspace of a token; None for an unknown token.

        Two reads, both consistent. Whether the credential is revoked or expired is for the caller
        to check, with `ResolvedCredential.refusal`.
        """
        token = send(
            self._client.get_item,
            TableName=self._table,
            Key={"pk": {"S": token_key(token_hash)}},
            ConsistentRead=True,
        ).get("Item")
        if token is None:
            return None
        credential = credential_key(token["credential_id"]["S"])
        workspace = workspace_key(token["workspace_id"]["S"])
        items = self._get_all(credential, workspace)
        if credential not in items or workspace not in items:
            return None
        return read_token(
            token,
            read_credential(items[credential]),
            read_workspace(items[workspace]),
        )

    def _get(self, key: str) -> "Item":
        response = send(
            self._client.get_item,
            TableName=self._table,
            Key={"pk": {"S": key}},
            ConsistentRead=True,
        )
        if "Item" not in response:
            raise NotFound
        return response["Item"]

    def _get_all(self, *keys: str) -> dict[str, "Item"]:
        """The items with these keys, by key. One call; more if DynamoDB leaves keys unprocessed."""
        wanted: list[items.Item] = [{"pk": {"S": key}} for key in keys]
        return {item["pk"]["S"]: item for item in read_all(self._client, self._table, wanted)}

    def _list(self, listing: str) -> Iterator["Item"]:
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": _LISTING,
            "KeyConditionExpression": "listing = :listing",
            "ExpressionAttributeValues": {":listing": {"S": listing}},
        }
        return query(self._client, request)


def _missing(_: "Item") -> None:
    raise NotFound
