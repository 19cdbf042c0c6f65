"""Attach payment methods to clients, choose the default, detach them.

The client says which method is its default, so each change is one transaction with the client.
"""

from collections.abc import Callable

from registry.domain.change import Author, Change, update
from registry.domain.client import Client
from registry.domain.immutable import replace
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.services import clients
from registry.store.clients import ClientStore
from registry.store.payment_methods import PaymentMethodStore
from registry.store.transaction import Write

# The id of the payment method that a client has as its default after a change.
Default = Callable[[Client], str | None]


class PaymentMethods:
    """The payment methods of all tenants' clients."""

    def __init__(self, clients: ClientStore, methods: PaymentMethodStore) -> None:
        """Keep the two stores."""
        self._clients = clients
        self._methods = methods

    def attach(
        self,
        tenant: Tenant,
        method: PaymentMethod,
        author: Author,
        *,
        default: bool,
    ) -> Client:
        """Attach a new payment method to its client, or to the one that absorbed that.

        Args:
            tenant: the tenant of the client.
            method: the payment method.
            author: the author of the change.
            default: whether it becomes the client's default.

        Returns:
            The client afterwards.

        Raises:
            NotFound: there is no such client.
            RaceLost: another writer was first at every attempt.
        """

        def becomes(client: Client) -> str | None:
            return method.id if default else client.default_payment_method_id

        owner = self._clients.get(tenant, method.client_id)
        write = self._methods.put(tenant, replace(method, client_id=owner.id), author)
        return self._change(tenant, owner.id, author, becomes, write)

    def set_default(
        self,
        tenant: Tenant,
        client_id: str,
        payment_method_id: str,
        author: Author,
    ) -> Client:
        """Make a payment method the client's default; return the client afterwards.

        Raises:
            NotFound: there is no such client, or it has no such payment method.
            RaceLost: another writer was first at every attempt.
        """
        owner = self._owner(tenant, client_id, payment_method_id)
        condition = self._methods.require(tenant, owner, payment_method_id)
        return self._change(tenant, client_id, author, lambda _: payment_method_id, condition)

    def detach(
        self,
        tenant: Tenant,
        client_id: str,
        payment_method_id: str,
        author: Author,
    ) -> Client:
        """Delete a payment method; return the client, without a default if it was the default.

        Raises:
            NotFound: there is no such client, or it has no such payment method.
            RaceLost: another writer was first at every attempt.
        """

        def remains(client: Client) -> str | None:
            default = client.default_payment_method_id
            return None if default == payment_method_id else default

        owner = self._owner(tenant, client_id, payment_method_id)
        self._methods.leave(tenant, owner, payment_method_id, author)
        deletion = self._methods.delete(tenant, owner, payment_method_id)
        return self._change(tenant, client_id, author, remains, deletion)

    def _owner(self, tenant: Tenant, client_id: str, payment_method_id: str) -> str:
        """With which client a payment method is kept: the client's own, or one that it absorbed.

        Raises:
            NotFound: there is no such client, or it has no such payment method.
        """
        client = self._clients.get(tenant, client_id)
        return self._methods.find(tenant, client, payment_method_id).client_id

    def _change(
        self,
        tenant: Tenant,
        client_id: str,
        author: Author,
        default: Default,
        beside: Write,
    ) -> Client:
        """Write a payment method, or a condition on it, in one transaction with its client."""

        def decide(client: Client) -> Change:
            return update(client, author, default_payment_method_id=default(client))

        return clients.change(self._clients, tenant, client_id, decide, beside=[beside]).client
