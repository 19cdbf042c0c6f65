"""Alternative Payments: `GET /customers/{id}/payment-methods`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import LIST_PAYMENT_METHODS
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_PAYMENT_METHODS)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """List a customer's payment methods."""
    return use.list_payment_methods(request)
