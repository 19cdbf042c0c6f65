"""Where a service is reached: a URL, or the endpoint that AWS has for DynamoDB in a region."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from registry.domain.immutable import dataclass

_PORTS = {"http": 80, "https": 443}
# The domain of a partition, by the beginning of its regions' names; of all others `amazonaws.com`.
# Source: `partitions.json` of botocore, with which a test compares this.
_DOMAINS = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "us-isof-": "csp.hci.ic.gov",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that requests go to.

    Attributes:
        host: a name or an address, without the brackets of IPv6.
        port: the port.
        secure: whether connections use TLS.
        path: path and query of the URL, at least `/`.
        authority: host and port as the `Host` header has them.
    """

    host: str
    port: int
    secure: bool
    path: str
    authority: str


def endpoint_of(url: str) -> Endpoint:
    """The endpoint that a URL with the scheme `http` or `https` names.

    Raises:
        ValueError: the URL has another scheme, no host, or a port that is no number.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"not an address of a service: {url}")
    path = parts.path or "/"
    return Endpoint(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        secure=parts.scheme == "https",
        path=f"{path}?{parts.query}" if parts.query else path,
        authority=parts.netloc.rpartition("@")[2],
    )


def dynamodb_url(environment: Mapping[str, str], region: str) -> str:
    """The URL of DynamoDB: the one that the environment names, or the region's own."""
    return service_url(environment, region, "dynamodb")


def service_url(environment: Mapping[str, str], region: str, service: str) -> str:
    """The URL of a service, by its name in addresses such as `sqs`; as `dynamodb_url`.

    Endpoints with FIPS 140 or dual stack are not derived; the environment can name one.
    """
    named = environment.get(f"AWS_ENDPOINT_URL_{service.upper()}")
    named = named or environment.get("AWS_ENDPOINT_URL")
    if named:
        return named
    domains = (domain for start, domain in _DOMAINS.items() if region.startswith(start))
    return f"https://{service}.{region}.{next(domains, 'amazonaws.com')}"
