"""The payment methods of a client, for an operator.

A payment method holds a payment processor's token. No contract creates one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ops.cli.deployment import Deployment
from ops.cli.operator import OperatorError, workspace_of
from registry.domain.errors import NotFound
from registry.domain.payment_method import PaymentMethod, accepted
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode
from registry.services import payment_methods as services
from registry.store.clients import ClientStore
from registry.store.payment_methods import PaymentMethodStore


@dataclass(frozen=True, slots=True)
class HeldMethod:
    """A payment method and whether it is its client's default."""

    method: PaymentMethod
    is_default: bool


class PaymentMethods:
    """The payment methods of one client.

    A method raises `OperatorError` where the command cannot be carried out, `Invalid` for values
    that cannot be accepted, and `RaceLost` when someone else changed the client meanwhile.
    """

    def __init__(
        self,
        deployment: Deployment,
        workspace_id: str,
        mode: Mode,
        client_id: str,
    ) -> None:
        """Find the client's workspace.

        Raises:
            OperatorError: there is no such workspace.
        """
        self._workspace = workspace_of(deployment, workspace_id)
        self._deployment = deployment
        self._tenant = Tenant(workspace_id, mode)
        self._client_id = client_id
        self._clients = ClientStore(deployment.dynamodb, deployment.clients_table, "")
        self._methods = PaymentMethodStore(deployment.dynamodb, deployment.clients_table)
        self._service = services.PaymentMethods(self._clients, self._methods)

    def attach(self, method: PaymentMethod, *, default: bool) -> HeldMethod:
        """Store a new payment method of the client, as its default on request."""
        kept = accepted(method)
        with self._found():
            author = self._deployment.author(self._workspace)
            client = self._service.attach(self._tenant, kept, author, default=default)
        return HeldMethod(kept, client.default_payment_method_id == kept.id)

    def set_default(self, payment_method_id: str) -> HeldMethod:
        """Make a payment method the client's default."""
        with self._found(payment_method_id):
            method = self._get(payment_method_id)
            author = self._deployment.author(self._workspace)
            self._service.set_default(self._tenant, self._client_id, method.id, author)
        return HeldMethod(method, is_default=True)

    def detach(self, payment_method_id: str) -> HeldMethod:
        """Delete a payment method. Where it was the default, the client has none afterwards."""
        with self._found(payment_method_id):
            method = self._get(payment_method_id)
            author = self._deployment.author(self._workspace)
            self._service.detach(self._tenant, self._client_id, method.id, author)
        return HeldMethod(method, is_default=False)

    def all(self) -> list[HeldMethod]:
        """The client's payment methods, newest first."""
        with self._found():
            client = self._clients.get(self._tenant, self._client_id)
        methods = self._methods.of_all(self._tenant, client)
        return [HeldMethod(m, m.id == client.default_payment_method_id) for m in methods]

    def _get(self, payment_method_id: str) -> PaymentMethod:
        """A payment method of the client."""
        client = self._clients.get(self._tenant, self._client_id)
        return self._methods.find(self._tenant, client, payment_method_id)

    @contextmanager
    def _found(self, payment_method_id: str | None = None) -> Iterator[None]:
        """Make `NotFound` an `OperatorError` that names the client, or its payment method."""
        try:
            yield
        except NotFound as error:
            client = f"{self._tenant.mode} customer {self._client_id}"
            if payment_method_id is None:
                raise OperatorError(f"The workspace has no {client}.") from error
            sentence = f"There is no payment method {payment_method_id} of {client}."
            raise OperatorError(sentence) from error
