"""The webhook endpoints of a workspace, of every contract, for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from registry.contracts.webhook_formats import WITH_WEBHOOKS, format_of
from registry.domain.errors import Conflict, FieldError, Invalid, NotFound, ValueTaken
from registry.domain.tenant import Tenant
from registry.domain.webhook import Attempt, Endpoint, Format
from registry.domain.workspace import CONTRACTS, Contract, Mode, Plan
from registry.gateway.webhook_url import check_url
from registry.services.webhooks import Endpoints, Resending, Switching
from registry.store.deliveries import DeliveryStore
from registry.store.sealing import Sealer
from registry.store.webhook_queue import WebhookQueue
from registry.store.webhooks import WebhookStore


@dataclass(frozen=True, slots=True)
class MadeEndpoint:
    """An endpoint with its secret, which is known now and never again."""

    endpoint: Endpoint
    secret: str


class Webhooks:
    """The webhook endpoints of a workspace in one mode.

    A method raises `OperatorError` where the command cannot be carried out, and `Invalid` for
    values that cannot be accepted.
    """

    def __init__(self, deployment: Deployment, workspace_id: str, mode: Mode) -> None:
        """Find the workspace.

        Raises:
            OperatorError: there is no such workspace.
        """
        self._workspace = workspace_of(deployment, workspace_id)
        self._tenant = Tenant(workspace_id, mode)
        self._is_local = deployment.is_local
        self._store = WebhookStore(deployment.dynamodb, deployment.links_table, "")
        self._deliveries = DeliveryStore(deployment.dynamodb, deployment.events_table)
        self._endpoints = Endpoints(self._store, Sealer(deployment.kms, deployment.webhook_key))
        queue = WebhookQueue(deployment.sqs, deployment.webhook_queue_url)
        self._switching = Switching(self._store, queue)
        self._resending = Resending(self._deliveries, queue)

    def create(self, contract: Contract, url: str, types: tuple[str, ...]) -> MadeEndpoint:
        """Make an endpoint of a contract, and have it tested where its contract says so."""
        own_format = _format(contract)
        if self._workspace.plan not in own_format.plans:
            plans = ", ".join(plan for plan in Plan if plan in own_format.plans)
            title = CONTRACTS[contract].title
            raise OperatorError(f"Webhooks of {title} need one of the plans {plans}.")
        known = (*own_format.sources, *(("*",) if own_format.any_type else ()))
        kind = check_url(url, loopback=self._is_local)
        problems = [FieldError(("url",), kind)] if kind is not None else []
        problems += [
            FieldError(("type",), "webhook_type", {"known": ", ".join(known)})
            for name in types
            if name not in known
        ]
        if own_format.one_type and len(set(types)) > 1:
            problems.append(FieldError(("type",), "webhook_one_type"))
        if problems:
            raise Invalid(tuple(problems))
        endpoint, secret = self._endpoints.made(
            self._tenant, own_format, url, tuple(dict.fromkeys(types))
        )
        with _done():
            self._endpoints.write(self._tenant, own_format, endpoint)
            if own_format.tests_new:
                self._switching.test(self._tenant, endpoint)
        return MadeEndpoint(endpoint, secret)

    def all(self, contract: Contract | None = None) -> list[Endpoint]:
        """The endpoints, oldest first; of one contract where it is given."""
        found = self._store.all(self._tenant)
        return [each for each in found if contract is None or each.contract is contract]

    def delete(self, endpoint_id: str) -> Endpoint:
        """Delete an endpoint."""
        with _done():
            endpoint = self._store.get(self._tenant, endpoint_id)
            self._store.delete(self._tenant, endpoint_id)
        return endpoint

    def rotate(self, endpoint_id: str) -> MadeEndpoint:
        """Give an endpoint a new secret."""
        with _done():
            endpoint = self._store.get(self._tenant, endpoint_id)
            own_format = _format(endpoint.contract)
            rotated, secret, _ = self._endpoints.rotate(self._tenant, endpoint, own_format)
        return MadeEndpoint(rotated, secret)

    def test(self, endpoint_id: str) -> str:
        """Have an endpoint sent a test; the test's id."""
        with _done():
            endpoint = self._store.get(self._tenant, endpoint_id)
            return self._switching.test(self._tenant, endpoint)

    def deliveries(self, endpoint_id: str, limit: int) -> list[Attempt]:
        """The latest attempts to tell an endpoint, newest first."""
        with _done():
            endpoint = self._store.get(self._tenant, endpoint_id)
        found = self._deliveries.attempts(self._tenant, endpoint.id, at_once=min(limit, 1_000))
        return [attempt for _, attempt in islice(found, limit)]

    def retry(self, endpoint_id: str, event_id: str) -> None:
        """Have an event sent again, or now where it waits."""
        with _done(f"The endpoint was never told of an event {event_id}."):
            endpoint = self._store.get(self._tenant, endpoint_id)
            self._resending.resend(self._tenant, endpoint, event_id)

    def skip(self, endpoint_id: str, event_id: str) -> None:
        """Let an event that waits pass, so that those behind it are sent."""
        with _done(f"The endpoint was never told of an event {event_id}."):
            endpoint = self._store.get(self._tenant, endpoint_id)
            self._resending.skip(self._tenant, endpoint, event_id)


@contextmanager
def _done(missing: str = "There is no such webhook in this workspace and mode.") -> Iterator[None]:
    """Report what a command cannot do.

    Raises:
        OperatorError: something is not there, or its state does not allow the command.
    """
    try:
        yield
    except NotFound as error:
        raise OperatorError(missing) from error
    except ValueTaken as error:
        raise OperatorError(
            "The type is already sent to this address by another webhook."
        ) from error
    except Conflict as error:
        raise OperatorError(error.reason) from error


def _format(contract: Contract) -> Format:
    """The format of a contract.

    Raises:
        OperatorError: the contract has no webhooks.
    """
    if contract not in WITH_WEBHOOKS:
        raise OperatorError(f"{CONTRACTS[contract].title} has no webhooks.")
    return format_of(contract)
