"""Move in what belongs to a client: its users and its payment methods.

Nothing here changes a user or a method that was moved in, so the vendor's word is the last one: new
ones come in, changed ones follow, and those that the vendor does not have any more go. Users and
methods that were made here stay.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from registry.domain.change import Author
from registry.domain.errors import Conflict
from registry.domain.identifiers import now
from registry.domain.immutable import replace
from registry.domain.moving import Remark, VendorPaymentMethod, VendorUser
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.domain.user import User
from registry.domain.vendor_id import user_id_for
from registry.store.payment_methods import PaymentMethodStore
from registry.store.users import UserStore


class Parts:
    """The users and payment methods of one tenant's clients of one vendor."""

    def __init__(  # noqa: PLR0913 - one parameter per thing that ids are made of, and the stores
        self,
        *,
        tenant: Tenant,
        contract: str,
        key: bytes,
        first_at: datetime,
        author: Author,
        users: UserStore,
        methods: PaymentMethodStore,
    ) -> None:
        """Keep the stores.

        Args:
            tenant: the tenant.
            contract: the vendor's.
            key: the workspace's key for ids.
            first_at: the creation of those without one.
            author: who moves them in; the instant is set anew for each change.
            users: their store.
            methods: their store.
        """
        self._tenant = tenant
        self._contract = contract
        self._key = key
        self._first_at = first_at
        self._author = author
        self._users = users
        self._methods = methods

    def users(
        self, client_id: str, shown: Sequence[VendorUser], *, writing: bool
    ) -> tuple[bool, tuple[Remark, ...]]:
        """Bring a client's users to what its vendor shows.

        Args:
            client_id: the client.
            shown: all its users at the vendor.
            writing: whether it is done, and not only planned.

        Returns:
            Whether anything differed, and what there is to say.
        """
        here = {user.vendor_id: user for user in self._users.of(self._tenant, client_id)}
        changed, remarks = False, list(_prefixed("users", (user.warnings for user in shown)))
        for one in {user.vendor_id: user for user in shown}.values():
            before = here.get(one.vendor_id)
            user = self._user(client_id, one, before)
            if user == before:
                continue
            changed = True
            if writing:
                remarks += self._write_user(before, user)
        kept = {user.vendor_id for user in shown} | {None}
        for vendor_id in here.keys() - kept:
            changed = True
            if writing:
                self._users.move_out(self._tenant, here[vendor_id])
        return changed, tuple(dict.fromkeys(remarks))

    def methods(
        self, client_id: str, shown: Sequence[VendorPaymentMethod], *, writing: bool
    ) -> tuple[bool, tuple[Remark, ...]]:
        """Bring a client's payment methods to what its vendor shows; see `users`."""
        here = {method.id: method for method in self._methods.of(self._tenant, client_id)}
        remarks = tuple(_prefixed("payment_methods", (method.warnings for method in shown)))
        changed = False
        for one in {method.vendor_id: method for method in shown}.values():
            before = here.get(one.vendor_id)
            method = self._method(client_id, one)
            if method == before:
                continue
            changed = True
            if writing:
                self._methods.move_in(self._tenant, method, self._signed(), new=before is None)
        kept = {method.vendor_id for method in shown}
        for method in here.values():
            # One with a processor's token was attached here.
            if method.id not in kept and method.token is None:
                changed = True
                if writing:
                    self._methods.move_out(self._tenant, method, self._signed())
        return changed, tuple(dict.fromkeys(remarks))

    def has_any(self, client_id: str) -> bool:
        """Whether a client has users or payment methods that were moved in."""
        users = self._users.of(self._tenant, client_id)
        methods = self._methods.of(self._tenant, client_id)
        return any(user.vendor_id for user in users) or any(
            method.token is None for method in methods
        )

    def _signed(self) -> Author:
        """The author of a change that is made now."""
        return replace(self._author, at=now())

    def _write_user(self, before: User | None, user: User) -> Iterator[Remark]:
        try:
            claimed = self._users.move_in(self._tenant, before, user)
        except Conflict:
            yield Remark("users", "too_many_users")
            return
        if not claimed:
            yield Remark("users.email", "email_taken")

    def _user(self, client_id: str, one: VendorUser, before: User | None) -> User:
        """The user of a vendor's; one that is here keeps its id, whatever its creation is now."""
        user_id = before.id if before is not None else None
        return User(
            id=user_id
            or user_id_for(
                self._key,
                self._contract,
                client_id,
                one.vendor_id,
                one.created_at or self._first_at,
            ),
            client_id=client_id,
            vendor_id=one.vendor_id,
            email=one.email,
            first_name=one.first_name,
            last_name=one.last_name,
        )

    def _method(self, client_id: str, one: VendorPaymentMethod) -> PaymentMethod:
        return PaymentMethod(
            id=one.vendor_id,
            client_id=client_id,
            type=one.type,
            attached_at=one.created_at or self._first_at,
            brand=one.brand,
            bank_name=one.bank_name,
            last4=one.last4,
            exp_month=one.exp_month,
            exp_year=one.exp_year,
            holder_name=one.holder_name,
        )


def _prefixed(part: str, warnings: Iterator[tuple[Remark, ...]]) -> Iterator[Remark]:
    """Warnings about the members of parts, as the customer's report names them."""
    for each in warnings:
        yield from (Remark(f"{part}.{one.field}", one.code) for one in each)
