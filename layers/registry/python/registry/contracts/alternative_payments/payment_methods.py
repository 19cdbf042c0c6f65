"""What Alternative Payments' endpoints tell of a customer's payment methods."""

from registry.contracts import records
from registry.contracts.alternative_payments.wire import PaymentMethodList, PaymentMethodObject
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.payment_methods import payment_method_store


def list_all(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """All payment methods of a customer, archived or not."""
    client = records.get(request, caller)
    methods = payment_method_store().of(caller.tenant, client.id)
    data = [PaymentMethodObject.of(method, client) for method in methods]
    return json_response(200, PaymentMethodList(data=data))


def get(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """One payment method of a customer."""
    client = records.get(request, caller)
    wanted = request.path["payment_method_id"]
    method = payment_method_store().get(caller.tenant, client.id, wanted)
    return json_response(200, PaymentMethodObject.of(method, client))
