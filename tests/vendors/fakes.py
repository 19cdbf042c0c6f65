"""The fake vendor of each contract, filled, and the secret that it takes."""

import time
from collections.abc import Callable, Mapping

from ops.move.vendor import OAuthClient, Token
from registry.domain.workspace import Contract
from tests.vendors import alternative_payments, athenty, hoursmith, paytrum
from tests.vendors.alternative_payments import FakeAlternativePayments
from tests.vendors.athenty import FakeAthenty
from tests.vendors.hoursmith import FakeHoursmith
from tests.vendors.paytrum import FakePaytrum
from tests.vendors.server import FakeVendor

SECRETS: Mapping[Contract, Token | OAuthClient] = {
    Contract.PAYTRUM: Token(paytrum.KEY),
    Contract.ATHENTY: Token(athenty.KEY),
    Contract.HOURSMITH: Token(hoursmith.TOKEN),
    Contract.ALTERNATIVE_PAYMENTS: OAuthClient(*alternative_payments.CLIENT),
}


def fake(
    contract: Contract,
    count: int,
    *,
    odd: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> FakeVendor:
    """The vendor of a contract, with so many clients."""
    match contract:
        case Contract.PAYTRUM:
            return FakePaytrum(paytrum.clients(count, odd=odd), clock=clock)
        case Contract.ATHENTY:
            return FakeAthenty(athenty.clients(count, odd=odd), clock=clock)
        case Contract.HOURSMITH:
            return FakeHoursmith(hoursmith.clients(count, odd=odd), clock=clock)
        case Contract.ALTERNATIVE_PAYMENTS:
            vendor = FakeAlternativePayments(clock=clock)
            alternative_payments.fill(vendor, count, odd=odd)
            return vendor
    raise ValueError(contract)
