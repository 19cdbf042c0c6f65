"""Links: the first one counts, and what was read once is not read again."""

import pytest

from registry.domain.errors import NotFound
from registry.domain.tenant import Tenant
from registry.store.dynamodb import dynamodb_client
from registry.store.links import LinkStore
from tests.contract.calls import counted

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")


@pytest.fixture
def links(tables: None) -> LinkStore:
    return LinkStore(dynamodb_client(), "links")


def test_the_first_link_counts(links: LinkStore) -> None:
    assert links.link(TENANT, "paytrum", "v", "one") == "one"
    assert links.link(TENANT, "paytrum", "v", "two") == "one"
    assert links.client_of(TENANT, "paytrum", "v") == "one"


def test_a_vendors_id_belongs_to_its_contract_and_tenant(links: LinkStore) -> None:
    links.link(TENANT, "paytrum", "v", "one")

    for tenant, contract in ((TENANT, "athenty"), (Tenant(TENANT.workspace_id, "test"), "paytrum")):
        with pytest.raises(NotFound):
            links.client_of(tenant, contract, "v")


def test_a_link_is_read_once_and_a_missing_one_again(links: LinkStore) -> None:
    with counted() as missing:
        for _ in range(2):
            with pytest.raises(NotFound):
                links.client_of(TENANT, "paytrum", "v")
    links.link(TENANT, "paytrum", "v", "one")
    assert not links.is_known(TENANT, "paytrum", "v")
    with counted() as found:
        for _ in range(3):
            links.client_of(TENANT, "paytrum", "v")

    assert (len(missing.names), len(found.names)) == (2, 1)
    assert links.is_known(TENANT, "paytrum", "v")


@pytest.mark.parametrize("text", ["", "x" * 256, "ü" * 128])
def test_a_text_that_is_no_vendors_id_takes_no_call(links: LinkStore, text: str) -> None:
    with counted() as calls, pytest.raises(NotFound):
        links.client_of(TENANT, "paytrum", text)

    assert calls.names == []
