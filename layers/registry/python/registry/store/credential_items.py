"""The items of workspaces, credentials and tokens in the Credentials table.

Instants are RFC 3339 text, as everywhere in the registry; only `ttl` is in epoch seconds, because
DynamoDB reads it. An absent value is an absent attribute.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from registry.domain.credential import Credential, ResolvedCredential
from registry.domain.identifiers import instant, parse_instant
from registry.domain.workspace import Contract, Mode, Plan, Role, Subscription, Workspace

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
    )

    Item = Mapping[str, AttributeValueTypeDef]
    NewItem = dict[str, AttributeValueTypeDef]

ALL_WORKSPACES = "WORKSPACES"
# The keys of all counts of issued tokens, for a policy.
ISSUED_KEYS = "ISSUED#*"


def workspace_key(workspace_id: str) -> str:
    """Partition key of a workspace, and the value of `listing` in its credentials' items."""
    return f"WORKSPACE#{workspace_id}"


def credential_key(credential_id: str) -> str:
    """Partition key of a credential."""
    return f"CREDENTIAL#{credential_id}"


def token_key(token_hash: str) -> str:
    """Partition key of a token, from `hash_token` of its text."""
    return f"TOKEN#{token_hash}"


def issued_key(client_id: str, minute: datetime) -> str:
    """Partition key of the count of access tokens that an OAuth client was issued in a minute."""
    return f"ISSUED#{client_id}#{instant(minute)}"


def _texts(attributes: Mapping[str, str | None]) -> "NewItem":
    """String attributes; an absent value is an absent attribute."""
    return {name: {"S": text} for name, text in attributes.items() if text is not None}


def _text_list(values: tuple[str, ...]) -> "AttributeValueTypeDef":
    return {"L": [{"S": value} for value in values]}


def _text(item: "Item", name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _instant(item: "Item", name: str) -> datetime | None:
    return parse_instant(item[name]["S"]) if name in item else None


def _instant_text(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _scopes(item: "Item") -> tuple[str, ...]:
    return tuple(scope["S"] for scope in item["scopes"]["L"])


def workspace_item(workspace: Workspace) -> "NewItem":
    """The item of a workspace."""
    item = _texts(
        {
            "pk": workspace_key(workspace.id),
            "listing": ALL_WORKSPACES,
            "id": workspace.id,
            "name": workspace.name,
            "plan": workspace.plan,
            "subscription": workspace.subscription,
            "region": workspace.region,
            "timezone": workspace.timezone,
            "controller": workspace.controller,
            "notice": workspace.notice,
            "purpose": workspace.purpose,
            "jurisdiction": workspace.jurisdiction,
            "created_at": instant(workspace.created_at),
            "updated_at": instant(workspace.updated_at),
        },
    )
    if workspace.secret is not None:
        item["secret"] = {"B": workspace.secret}
    if workspace.moved_consent_key is not None:
        item["moved_consent_key"] = {"B": workspace.moved_consent_key}
    return item


def read_workspace(item: "Item") -> Workspace:
    """The workspace of an item: the inverse of `workspace_item`."""
    return Workspace(
        id=item["id"]["S"],
        name=item["name"]["S"],
        plan=Plan(item["plan"]["S"]),
        subscription=Subscription(item["subscription"]["S"]),
        region=item["region"]["S"],
        timezone=_text(item, "timezone"),
        controller=_text(item, "controller"),
        notice=_text(item, "notice"),
        purpose=_text(item, "purpose"),
        jurisdiction=_text(item, "jurisdiction"),
        created_at=parse_instant(item["created_at"]["S"]),
        updated_at=parse_instant(item["updated_at"]["S"]),
        secret=item["secret"]["B"] if "secret" in item else None,
        moved_consent_key=item["moved_consent_key"]["B"] if "moved_consent_key" in item else None,
    )


def credential_item(credential: Credential) -> "NewItem":
    """The item of a credential."""
    return {
        **_texts(
            {
                "pk": credential_key(credential.id),
                "listing": workspace_key(credential.workspace_id),
                "id": credential.id,
                "workspace_id": credential.workspace_id,
                "contract": credential.contract,
                "mode": credential.mode,
                "role": credential.role,
                "user_id": credential.user_id,
                "prefix": credential.prefix,
                "secret_hash": credential.secret_hash,
                "api_key_id": credential.api_key_id,
                "usage_key": credential.usage_key,
                "created_at": instant(credential.created_at),
                "expires_at": _instant_text(credential.expires_at),
                "revoked_at": _instant_text(credential.revoked_at),
                "name": credential.name,
                "last_used_at": _instant_text(credential.last_used_at),
            },
        ),
        "scopes": _text_list(credential.scopes),
    }


def read_credential(item: "Item") -> Credential:
    """The credential of an item: the inverse of `credential_item`."""
    return Credential(
        id=item["id"]["S"],
        workspace_id=item["workspace_id"]["S"],
        contract=Contract(item["contract"]["S"]),
        mode=Mode(item["mode"]["S"]),
        scopes=_scopes(item),
        role=Role(item["role"]["S"]) if "role" in item else None,
        user_id=_text(item, "user_id"),
        prefix=item["prefix"]["S"],
        api_key_id=item["api_key_id"]["S"],
        usage_key=item["usage_key"]["S"],
        created_at=parse_instant(item["created_at"]["S"]),
        expires_at=_instant(item, "expires_at"),
        revoked_at=_instant(item, "revoked_at"),
        secret_hash=_text(item, "secret_hash"),
        name=_text(item, "name"),
        last_used_at=_instant(item, "last_used_at"),
    )


def token_item(token_hash: str, credential: Credential) -> "NewItem":
    """The item of a token, which points to its credential and its workspace."""
    return _texts(
        {
            "pk": token_key(token_hash),
            "credential_id": credential.id,
            "workspace_id": credential.workspace_id,
        },
    )


def access_token_item(
    token_hash: str,
    credential: Credential,
    scopes: tuple[str, ...],
    expires_at: datetime,
) -> "NewItem":
    """The item of an OAuth access token, which has scopes and an end of its own."""
    return {
        **token_item(token_hash, credential),
        "scopes": _text_list(scopes),
        "expires_at": {"S": instant(expires_at)},
        "ttl": {"N": str(int(expires_at.timestamp()))},
    }


def read_token(token: "Item", credential: Credential, workspace: Workspace) -> ResolvedCredential:
    """The resolved credential of a token, from the token's item and the two it points to."""
    ends = [at for at in (credential.expires_at, _instant(token, "expires_at")) if at is not None]
    return ResolvedCredential(
        workspace=workspace,
        credential=credential,
        scopes=_scopes(token) if "scopes" in token else credential.scopes,
        expires_at=min(ends, default=None),
    )
