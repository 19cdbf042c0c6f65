"""One topic at one address, asked for by many threads at once.

It is a part of `make test-dynamodb` and not of `make test`: moto does not keep transactions of
several threads apart, and lets more than one have the topic.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from registry.domain.errors import RaceLost, ValueTaken
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract
from registry.store.dynamodb import dynamodb_client
from registry.store.webhook_claims import Claim
from registry.store.webhooks import WebhookStore
from tests.webhooks import endpoint_of

THREADS = 16
TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
CLAIM = Claim("alternative_payments customer_created https://hooks.example.com")


def test_of_threads_at_once_one_has_the_topic(tables: None) -> None:
    store = WebhookStore(dynamodb_client(), "links", "idempotency")
    together = Barrier(THREADS)

    def ask(_: int) -> str:
        together.wait()
        return create(store)

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = Counter(threads.map(ask, range(THREADS)))

    # Where all of them lost a race, nobody has it, and whoever comes next gets it.
    later = create(store)
    assert outcomes["made"] + (later == "made") == 1
    assert outcomes.total() == THREADS
    assert len(store.all(TENANT)) == 1


def create(store: WebhookStore) -> str:
    """Ask for the topic; how that ended."""
    endpoint = endpoint_of(
        Contract.ALTERNATIVE_PAYMENTS,
        url="https://hooks.example.com",
        types=("customer_created",),
        sources=("client.created",),
    )
    try:
        store.create(TENANT, endpoint, claim=CLAIM)
    except ValueTaken:
        return "taken"
    except RaceLost:
        return "race lost"
    return "made"
