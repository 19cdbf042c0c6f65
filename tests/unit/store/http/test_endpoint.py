"""Endpoints are those that botocore knows, in every region that it knows."""

from typing import Any

import botocore.session
import pytest
from botocore.regions import EndpointResolver

from registry.store.http.endpoint import Endpoint, dynamodb_url, endpoint_of

SESSION: Any = botocore.session.get_session()
RESOLVER = EndpointResolver(SESSION.get_component("data_loader").load_data("endpoints"))
REGIONS = sorted(
    region
    for partition in SESSION.get_available_partitions()
    for region in SESSION.get_available_regions("dynamodb", partition)
    if not region.startswith("local") and "fips" not in region
)


def test_every_partition_has_a_region() -> None:
    partitions = set(map(SESSION.get_partition_for_region, REGIONS))

    assert partitions >= {"aws", "aws-cn", "aws-us-gov"}


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_has_the_endpoint_that_botocore_knows(region: str) -> None:
    known: Any = RESOLVER.construct_endpoint("dynamodb", region)

    assert dynamodb_url({}, region) == f"https://{known['hostname']}"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"AWS_ENDPOINT_URL": "http://a:1"}, "http://a:1"),
        ({"AWS_ENDPOINT_URL_DYNAMODB": "http://b:2"}, "http://b:2"),
        (
            {"AWS_ENDPOINT_URL": "http://a:1", "AWS_ENDPOINT_URL_DYNAMODB": "http://b:2"},
            "http://b:2",
        ),
    ],
)
def test_the_environment_can_name_the_endpoint(environment: dict[str, str], expected: str) -> None:
    assert dynamodb_url(environment, "us-east-1") == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:4566", ("127.0.0.1", 4566, False, "/", "127.0.0.1:4566")),
        ("https://a.example", ("a.example", 443, True, "/", "a.example")),
        ("http://[::1]:80/x?y=1", ("::1", 80, False, "/x?y=1", "[::1]:80")),
    ],
)
def test_a_url_is_taken_apart(url: str, expected: tuple[str, int, bool, str, str]) -> None:
    assert endpoint_of(url) == Endpoint(*expected)


@pytest.mark.parametrize("url", ["", "a.example", "ftp://a.example", "http://", "http://a:port"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"not an address|Port"):
        endpoint_of(url)
