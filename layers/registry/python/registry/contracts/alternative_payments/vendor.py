"""What Alternative Payments' own objects mean to the record: customers, users, payment methods."""

from typing import TYPE_CHECKING, cast

from registry.contracts.alternative_payments.mapping import TEXTS
from registry.contracts.alternative_payments.wire import (
    CreateCustomer,
    CreateUser,
    Customer,
    CustomerUser,
    PaymentMethodObject,
)
from registry.contracts.vendor_objects import VendorObject, vendor_object
from registry.domain.moving import VendorClient, VendorPaymentMethod, VendorUser
from registry.domain.payment_method import PaymentMethodType, display_errors
from registry.domain.places import country

if TYPE_CHECKING:
    from registry.domain.client import Fields

_EXTERNAL_ID = "external_id"
_DEFAULT = "default_payment_method_id"
_STATUSES = frozenset({None, "active", "expired"})

# The wire names of the record's names, in a report; the contract has none for `archived`.
WIRE_NAMES = {
    **{record: wire for wire, record in TEXTS.items()},
    "country": "country",
    _DEFAULT: _DEFAULT,
    "archived": "archived",
    "integration_id": "customer_integration_id",
}
# What is compared together: nothing.
UNITS: tuple[tuple[str, ...], ...] = ()


def read_client(raw: object, region: str) -> VendorClient:  # noqa: ARG001 - no phone in this contract
    """The customer in an object of Alternative Payments' API.

    An archived customer looks like any other, so `archived` stays unknown.

    Args:
        raw: the JSON object.
        region: of the workspace; a customer has no phone number that would be read in it.

    Raises:
        Refused: it cannot be stored.
    """
    shown = vendor_object(raw, Customer)
    fields: dict[str, object] = shown.texts({**TEXTS, _DEFAULT: _DEFAULT})
    if "country" in shown:
        typed = shown.text("country")
        fields["country"] = country(typed) if typed is not None else None
    shown.check(CreateCustomer)
    return VendorClient(
        vendor_id=shown.vendor_id,
        created_at=shown.creation("created_at"),
        claims_external_id=_claims_external_id(shown),
        integration_id=shown.text("customer_integration_id"),
        fields=cast("Fields", fields),
        warnings=shown.warnings,
    )


def read_user(raw: object) -> VendorUser:
    """The user in an object of Alternative Payments' API.

    Raises:
        Refused: it cannot be stored.
    """
    shown = vendor_object(raw, CustomerUser)
    shown.check(CreateUser)
    return VendorUser(
        vendor_id=shown.vendor_id,
        email=shown.text("email"),
        first_name=shown.text("first_name"),
        last_name=shown.text("last_name"),
        created_at=shown.creation("created_at"),
        warnings=shown.warnings,
    )


def read_payment_method(raw: object) -> VendorPaymentMethod:
    """The payment method in an object of Alternative Payments' API.

    A text that looks like a full card or account number is left out: the registry never keeps one.

    Raises:
        Refused: it cannot be stored.
    """
    shown = vendor_object(raw, PaymentMethodObject)
    texts = {name: shown.text(name) for name in ("brand", "bank_name", "last4", "holder_name")}
    for error in display_errors(texts):
        shown.warn_of([error])
        if error.kind == "account_number":
            texts[error.path[0]] = None
    if shown.text("status") not in _STATUSES:
        shown.warn("status", "literal_error")
    return VendorPaymentMethod(
        vendor_id=shown.vendor_id,
        type=_type(shown),
        exp_month=shown.whole("exp_month"),
        exp_year=shown.whole("exp_year"),
        is_default=bool(shown.flag("is_default")),
        created_at=shown.creation("created_at"),
        warnings=shown.warnings,
        **texts,
    )


def _claims_external_id(shown: VendorObject) -> bool:
    """Whether the customer has an external id for itself: one that the contract allows."""
    refused = {remark.field for remark in shown.warnings}
    return shown.text(_EXTERNAL_ID) is not None and _EXTERNAL_ID not in refused


def _type(shown: VendorObject) -> PaymentMethodType:
    """The type; of one that is none of the contract's, the type whose details it has."""
    text = shown.text("type")
    if text in set(PaymentMethodType):
        return PaymentMethodType(text)
    shown.warn("type", "literal_error")
    bank = shown.text("bank_name") is not None
    return PaymentMethodType.BANK_ACCOUNT if bank else PaymentMethodType.CARD
