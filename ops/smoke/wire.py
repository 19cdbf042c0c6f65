"""The contracts as far as the smoke test speaks them: paths, bodies, codes.

They are written out here and not taken from the contracts' declarations, so that the run checks the
published contracts and not whatever the deployed code declares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.cli.caller import LIST_PATHS
from registry.domain.workspace import Contract


@dataclass(frozen=True, slots=True)
class Change:
    """A request on one client whose response is 200.

    Attributes:
        method: of the request.
        suffix: of the client's path, such as `/restore`.
        body: JSON object to send, or None.
    """

    method: str
    suffix: str = ""
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Wire:
    """A contract.

    Attributes:
        contract: which.
        new: body that creates a client.
        update: body that changes it; the response shows these fields.
        restore: the request that restores a client; None where the contract has none.
        archived: the response to a read of an archived client.
        replay_header: the header of a replayed response; its value is `true`.
        enveloped: whether a client is shown within `data`.
        unauthorized: the response to a bad credential.
        forbidden: the response to a key that is in no usage plan.
        missing: the response to an unknown path or method.
        too_large: the response to a body over 256 KiB.
        throttled: the response over the rate of the smallest plan, with the headers that say so.
    """

    contract: Contract
    new: Mapping[str, Any]
    update: Mapping[str, Any]
    restore: Change | None
    archived: str
    replay_header: str
    enveloped: bool
    unauthorized: str
    forbidden: str
    missing: str
    too_large: str
    throttled: str

    @property
    def clients(self) -> str:
        """Path of the clients."""
        return LIST_PATHS[self.contract]

    def shown(self, body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON is whatever it is
        """The client in a response's body."""
        client: dict[str, Any] = body["data"] if self.enveloped else body
        return client


# The smallest plan with the API has 10 requests a second; Alternative Payments names no headers.
_LIMITED = "Retry-After: 1, X-RateLimit-Limit: 10, X-RateLimit-Remaining: 0"

WIRES = (
    Wire(
        contract=Contract.PAYTRUM,
        new={"name": "Acme Co", "usageType": "commercial"},
        update={"notes": "Pays late"},
        restore=Change("POST", "/restore"),
        archived="200",
        replay_header="x-idempotent-replay",
        enveloped=False,
        unauthorized="401 unauthorized",
        forbidden="403 forbidden",
        missing="404 not_found",
        too_large="413 payload_too_large",
        throttled=f"429 rate_limited, {_LIMITED}",
    ),
    Wire(
        contract=Contract.ATHENTY,
        new={"businessName": "Acme Co", "memberType": "business"},
        update={"email": "legal@acme.example"},
        restore=Change("PATCH", body={"active": True}),
        archived="200",
        replay_header="Idempotent-Replayed",
        enveloped=False,
        unauthorized="401 UNAUTHORIZED",
        forbidden="403 FORBIDDEN",
        missing="404 NOT_FOUND",
        too_large="413 PAYLOAD_TOO_LARGE",
        throttled=f"429 RATE_LIMITED, {_LIMITED}",
    ),
    Wire(
        contract=Contract.HOURSMITH,
        new={"name": "Acme Co"},
        update={"notes": "Pays late."},
        restore=None,
        archived="404 not_found",
        replay_header="Idempotent-Replayed",
        enveloped=True,
        unauthorized="401 unauthenticated",
        forbidden="403 forbidden_scope",
        missing="404 not_found",
        too_large="413 bad_request",
        throttled=f"429 rate_limited, {_LIMITED}",
    ),
    Wire(
        contract=Contract.ALTERNATIVE_PAYMENTS,
        new={"name": "Acme Co"},
        update={"legal_name": "Acme Company Inc."},
        restore=Change("POST", "/restore"),
        archived="200",
        replay_header="Idempotent-Replayed",
        enveloped=False,
        unauthorized="401 unauthorized",
        forbidden="403 forbidden",
        missing="404 not_found",
        too_large="413 payload_too_large",
        throttled="429 too_many_requests, Retry-After: 1",
    ),
    Wire(
        contract=Contract.REGISTRY,
        new={"name": "Acme Co"},
        update={"notes": "Pays late"},
        restore=Change("POST", "/restore"),
        archived="200",
        replay_header="Idempotent-Replayed",
        enveloped=False,
        unauthorized="401 unauthenticated",
        forbidden="403 forbidden",
        missing="404 not-found",
        too_large="413 payload-too-large",
        throttled="429 too-many-requests, Retry-After: 1",
    ),
)
