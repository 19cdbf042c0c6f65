"""The puller of each contract's vendor."""

from collections.abc import Callable, Mapping

from ops.move.alternative_payments import WINDOWS as ALTERNATIVE_PAYMENTS_WINDOWS
from ops.move.alternative_payments import AccessTokens, AlternativePayments
from ops.move.athenty import WINDOWS as ATHENTY_WINDOWS
from ops.move.athenty import Athenty
from ops.move.connection import Connection, Limits
from ops.move.hoursmith import WINDOWS as HOURSMITH_WINDOWS
from ops.move.hoursmith import Hoursmith
from ops.move.pace import Pace
from ops.move.paytrum import WINDOWS as PAYTRUM_WINDOWS
from ops.move.paytrum import Paytrum
from ops.move.timing import Timing
from ops.move.vendor import OAuthClient, Token, Vendor
from registry.domain.workspace import CONTRACTS, Contract

VENDORS = tuple(contract for contract in Contract if CONTRACTS[contract].has_vendor_ids)
"""The contracts of vendors; the registry's own is none."""

WINDOWS = {
    Contract.PAYTRUM: PAYTRUM_WINDOWS,
    Contract.ATHENTY: ATHENTY_WINDOWS,
    Contract.HOURSMITH: HOURSMITH_WINDOWS,
    Contract.ALTERNATIVE_PAYMENTS: ALTERNATIVE_PAYMENTS_WINDOWS,
}
"""The published limits of each vendor."""

_TOKENS: Mapping[Contract, Callable[..., Vendor]] = {
    Contract.PAYTRUM: Paytrum,
    Contract.ATHENTY: Athenty,
    Contract.HOURSMITH: Hoursmith,
}


def takes_oauth_client(contract: Contract) -> bool:
    """Whether the vendor takes the id and secret of an OAuth client, and not one token."""
    return contract not in _TOKENS


def open_vendor(  # noqa: PLR0913 - one parameter per thing that an operator chooses
    contract: Contract,
    base_url: str,
    secret: Token | OAuthClient,
    *,
    page: int | None = None,
    timing: Timing | None = None,
    limits: Limits | None = None,
    on_wait: Callable[[str], None] | None = None,
) -> Vendor:
    """The vendor of a contract.

    Args:
        contract: whose API it is.
        base_url: what our door's base URL stands in place of.
        secret: a token, or an OAuth client where `takes_oauth_client` says so.
        page: how many objects a page has; the vendor's most by default.
        timing: time and chance.
        limits: how long to wait for the vendor.
        on_wait: is told, in a sentence, whenever a request has to be sent again.

    Raises:
        UrlError: secrets must not be sent to the URL.
        TypeError: the secret is of the other kind.
    """
    timing = timing or Timing()
    connection = Connection(
        base_url,
        Pace(WINDOWS[contract], timing),
        timing=timing,
        limits=limits or Limits(),
        **({} if on_wait is None else {"on_wait": on_wait}),
    )
    size = {} if page is None else {"page": page}
    if isinstance(secret, Token) and contract in _TOKENS:
        return _TOKENS[contract](connection, secret, **size)
    if isinstance(secret, OAuthClient) and contract not in _TOKENS:
        tokens = AccessTokens(connection, secret, timing)
        return AlternativePayments(connection, tokens, **size)
    raise TypeError(contract)
