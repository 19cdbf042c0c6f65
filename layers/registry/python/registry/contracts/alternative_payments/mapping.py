"""Conversion between Alternative Payments' wire models and the record, as in `docs/mapping.md`."""

from typing import cast

from registry.contracts.alternative_payments.wire import (
    CreateUser,
    Customer,
    CustomerFields,
    CustomerUser,
    PaymentMethodObject,
)
from registry.domain.client import Client, Fields
from registry.domain.identifiers import instant, new_id, now
from registry.domain.payment_method import PaymentMethod
from registry.domain.places import country
from registry.domain.user import User
from registry.gateway.principal import Principal

# Wire names, and the record's names, of the fields whose values are the same in both.
TEXTS = {
    "name": "name",
    "email": "email",
    "external_id": "external_id",
    "legal_name": "legal_name",
    "ein": "ein",
    "street_address": "line1",
    "sub_premise": "line2",
    "city": "city",
    "state": "region",
    "postal_code": "postal_code",
}


def to_record(body: CustomerFields) -> Fields:
    """The fields of the record that a validated body writes: only fields that the body names."""
    wire = body.model_dump(exclude_unset=True)
    fields: dict[str, object] = {TEXTS[name]: wire[name] for name in wire.keys() & TEXTS}
    if "country" in wire:
        fields["country"] = country(wire["country"]) if wire["country"] is not None else None
    return cast("Fields", fields)


def to_user(body: CreateUser, client_id: str) -> User:
    """The new user that a validated body describes."""
    return User(id=new_id(), client_id=client_id, **body.model_dump())


def show(client: Client, _caller: Principal) -> Customer:
    """The client as Alternative Payments shows it to a caller."""
    return show_customer(client)


def show_customer(client: Client) -> Customer:
    """The client as Alternative Payments shows it, which has no key for archived."""
    return Customer(
        id=client.id,
        name=client.display_name,
        email=client.email,
        external_id=client.external_id,
        legal_name=client.legal_name,
        ein=client.ein,
        street_address=client.line1,
        sub_premise=client.line2,
        city=client.city,
        state=client.region,
        postal_code=client.postal_code,
        country=client.country.typed if client.country else None,
        created_at=instant(client.created_at),
        default_payment_method_id=client.default_payment_method_id,
        customer_integration_id=client.integration_id,
    )


def show_user(user: User) -> CustomerUser:
    """The user as Alternative Payments shows it."""
    return CustomerUser(
        id=user.vendor_id or user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        created_at=instant(user.created_at),
    )


def show_payment_method(method: PaymentMethod, client: Client) -> PaymentMethodObject:
    """The payment method as Alternative Payments shows it; its client knows the default."""
    return PaymentMethodObject(
        id=method.id,
        type=method.type,
        brand=method.brand,
        bank_name=method.bank_name,
        last4=method.last4,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        holder_name=method.holder_name,
        is_default=method.id == client.default_payment_method_id,
        status="expired" if method.expired(now()) else "active",
        created_at=instant(method.created_at),
    )
