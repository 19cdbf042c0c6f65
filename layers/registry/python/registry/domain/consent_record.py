"""An entry of the ledger as a consent record, under the field names of ISO/IEC TS 27560:2023.

The specification's sections are the header, the processing of personal data ("PII"), the parties
and the events. Each entry is a record of its own with one event. What the ledger keeps besides, and
what its hash covers, is in `ledger`, so that an export can be verified without the registry.
"""

from typing import Any

from registry.domain.client import Channel
from registry.domain.identifiers import instant
from registry.domain.ledger import Evidence
from registry.domain.workspace import Workspace

_SCHEMA = "ISO/IEC TS 27560:2023"
_PII_TYPES = {Channel.EMAIL: "email_address", Channel.SMS: "phone_number"}


def consent_record(workspace: Workspace, entry: Evidence) -> dict[str, Any]:
    """The consent record of an entry, as JSON.

    Args:
        workspace: the workspace of the entry's client: the controller, and what it says of its
            notice, purpose and jurisdiction; null where it does not say.
        entry: the entry. `contact_point` is null once the person was erased.
    """
    return {
        "schema_version": _SCHEMA,
        "record_id": entry.id,
        "pii_principal_id": entry.client_id,
        "privacy_notice": workspace.notice,
        "purposes": [
            {
                "purpose": workspace.purpose,
                "lawful_basis": "consent",
                "pii_information": [{"pii_type": _PII_TYPES[entry.channel]}],
                "pii_controllers": [workspace.id],
                "collection_method": entry.source,
                "jurisdiction": workspace.jurisdiction,
            }
        ],
        "party_identification": [
            {
                "party_id": workspace.id,
                "party_name": workspace.controller or workspace.name,
                "party_role": "pii_controller",
            }
        ],
        "event": [
            {
                "event_time": instant(entry.at),
                "entity_id": entry.credential_id,
                "event_type": "explicit",
                "event_state": "consent_given" if entry.granted else "consent_withdrawn",
            }
        ],
        "ledger": ledger_entry(entry),
    }


def ledger_entry(entry: Evidence) -> dict[str, Any]:
    """The entry as JSON, under the names that `docs/registry.md` has for it."""
    return {
        "id": entry.id,
        "client_id": entry.client_id,
        "channel": entry.channel,
        "contact_point": entry.contact_point,
        "contact_point_hash": entry.contact_point_hash,
        "granted": entry.granted,
        "source": entry.source,
        "withdrawal": entry.withdrawal,
        "at": instant(entry.at),
        "credential_id": entry.credential_id,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }
