"""The count of access tokens, asked for by many threads at once.

It is a part of `make test-dynamodb` and not of `make test`: moto does not keep transactions of
several threads apart, and counts more than a hundred.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from registry.domain.credential import Credential, issue_credential, permissions
from registry.domain.errors import RaceLost, TooManyTokens
from registry.domain.identifiers import now
from registry.domain.workspace import Contract, Mode
from registry.store.credentials import CredentialStore

THREADS, EACH, MOST = 16, 12, 100
AT = now()


def test_threads_at_once_have_a_hundred_tokens_between_them(
    credential_store: CredentialStore,
) -> None:
    client = oauth_client()
    together = Barrier(THREADS)

    def several(_: int) -> list[str]:
        together.wait()
        return [count(credential_store, client) for _ in range(EACH)]

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = Counter(
            outcome for each in threads.map(several, range(THREADS)) for outcome in each
        )

    assert outcomes["counted"] <= MOST
    # Who loses too many races has counted nothing, so the rest is left for whoever comes later.
    left = MOST - outcomes["counted"]
    later = [count(credential_store, client) for _ in range(left + 1)]
    assert outcomes.total() == THREADS * EACH > MOST
    assert later == ["counted"] * left + ["refused"]


def count(store: CredentialStore, client: Credential) -> str:
    """Count one token of this minute; how that ended."""
    try:
        store.count_access_token(client, AT, most=MOST)
    except TooManyTokens:
        return "refused"
    except RaceLost:
        return "race lost"
    return "counted"


def oauth_client() -> Credential:
    """An OAuth client; its counts need no item of its own."""
    contract = Contract.ALTERNATIVE_PAYMENTS
    return issue_credential(
        "workspace",
        contract,
        Mode.LIVE,
        permissions(contract, (), None),
        api_key_id="k",
        usage_key="u",
        at=AT,
        expires_at=None,
    ).credential
