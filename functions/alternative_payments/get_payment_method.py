"""Alternative Payments: `GET /customers/{id}/payment-methods/{payment_method_id}`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import GET_PAYMENT_METHOD
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_PAYMENT_METHOD)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Read a payment method of a customer."""
    return use.get_payment_method(request)
