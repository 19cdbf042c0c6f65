"""`registry payment-method …`."""

from typing import Annotated

import typer

from ops.cli import output
from ops.cli.payment_methods import PaymentMethods
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from registry.domain.identifiers import new_id
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.workspace import Mode

app = typer.Typer(
    help="Payment methods: a processor's token and what may be shown of it.",
    no_args_is_help=True,
)

CustomerOption = Annotated[
    str,
    typer.Option("--customer", metavar="ID", help="Id of the client, in any contract."),
]
MethodArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the payment method.")]


@app.command()
def attach(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    customer_id: CustomerOption,
    method_type: Annotated[PaymentMethodType, typer.Option("--type", help="Card or bank account.")],
    token: Annotated[str, typer.Option(help="The payment processor's token for it.")],
    brand: Annotated[str | None, typer.Option(help="Card brand, such as visa.")] = None,
    bank_name: Annotated[str | None, typer.Option(help="Name of the bank.")] = None,
    last4: Annotated[str | None, typer.Option(help="Last four digits.")] = None,
    exp_month: Annotated[int | None, typer.Option(help="Last month of a card, 1 to 12.")] = None,
    exp_year: Annotated[int | None, typer.Option(help="Year of that month.")] = None,
    holder_name: Annotated[str | None, typer.Option(help="Name of the holder.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Make it the default.")] = False,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Attach a payment method to a client. Card and account numbers are refused in every field."""
    with deployed(context, stack, endpoint) as deployment:
        method = PaymentMethod(
            id=new_id(),
            client_id=customer_id,
            type=method_type,
            token=token,
            brand=brand,
            bank_name=bank_name,
            last4=last4,
            exp_month=exp_month,
            exp_year=exp_year,
            holder_name=holder_name,
        )
        methods = PaymentMethods(deployment, workspace_id, mode, customer_id)
        attached = methods.attach(method, default=default)
    output.show_payment_method(attached, as_json=as_json)


@app.command()
def set_default(  # noqa: PLR0913 - as above
    context: typer.Context,
    payment_method_id: MethodArgument,
    *,
    workspace_id: WorkspaceOption,
    customer_id: CustomerOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a payment method its client's default."""
    with deployed(context, stack, endpoint) as deployment:
        methods = PaymentMethods(deployment, workspace_id, mode, customer_id)
        chosen = methods.set_default(payment_method_id)
    output.show_payment_method(chosen, as_json=as_json)


@app.command()
def detach(  # noqa: PLR0913 - as above
    context: typer.Context,
    payment_method_id: MethodArgument,
    *,
    workspace_id: WorkspaceOption,
    customer_id: CustomerOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Detach a payment method from its client and delete its token."""
    with deployed(context, stack, endpoint) as deployment:
        methods = PaymentMethods(deployment, workspace_id, mode, customer_id)
        detached = methods.detach(payment_method_id)
    output.show_payment_method(detached, as_json=as_json)


@app.command("list")
def list_(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    customer_id: CustomerOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a client's payment methods, newest first."""
    with deployed(context, stack, endpoint) as deployment:
        methods = PaymentMethods(deployment, workspace_id, mode, customer_id).all()
    output.list_payment_methods(methods, as_json=as_json)
