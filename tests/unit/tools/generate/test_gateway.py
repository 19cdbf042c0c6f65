"""The errors that API Gateway returns itself have the contract's words.

Source of the types: "Gateway response types for API Gateway", API Gateway Developer Guide. The
statuses are those the contracts publish.
"""

from dataclasses import replace

import pytest

from registry.domain.errors import (
    CredentialNotAllowed,
    NoSuchRoute,
    QuotaExceeded,
    RateLimited,
    RequestFiltered,
    Unauthenticated,
)
from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import Dialect, ErrorCode
from tools.generate.declarations import operations
from tools.generate.gateway import SITUATIONS, GatewayResponse, gateway_responses

STATUSES = {
    "ACCESS_DENIED": 401,
    "UNAUTHORIZED": 401,
    "EXPIRED_TOKEN": 404,
    "INVALID_SIGNATURE": 404,
    "INVALID_API_KEY": 403,
    "WAF_FILTERED": 403,
    "MISSING_AUTHENTICATION_TOKEN": 404,
    "RESOURCE_NOT_FOUND": 404,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "REQUEST_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "THROTTLED": 429,
    "QUOTA_EXCEEDED": 429,
    "INTEGRATION_FAILURE": 503,
    "INTEGRATION_TIMEOUT": 503,
    "AUTHORIZER_FAILURE": 503,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "API_CONFIGURATION_ERROR": 500,
    "DEFAULT_4XX": 404,
    "DEFAULT_5XX": 500,
}
# What no code raises: a function is not reached.
OF_THE_GATEWAY = {CredentialNotAllowed, NoSuchRoute, QuotaExceeded, RateLimited, RequestFiltered}
every_contract = pytest.mark.parametrize("contract", CONTRACTS)


def dialect(contract: Contract) -> Dialect:
    return operations(contract)[0].dialect


def responses(contract: Contract) -> dict[str, GatewayResponse]:
    return {response.name: response for response in gateway_responses(dialect(contract))}


def message(response: GatewayResponse) -> object:
    body = response.json.get("error", response.json)
    return body["message" if "message" in body else "detail"]


def code(response: GatewayResponse) -> str:
    body = response.json.get("error", response.json)
    return str(body["code"] if "code" in body else body["type"].rpartition(":")[2])


@every_contract
def test_a_type_has_the_status_that_the_contract_publishes(contract: Contract) -> None:
    assert {name: each.status for name, each in responses(contract).items()} == STATUSES


@every_contract
def test_the_gateway_says_what_the_code_says_for_the_same_status_and_code(
    contract: Contract,
) -> None:
    declared = {
        (each.status, each.code): {
            other.message
            for other in dialect(contract).errors.values()
            if (other.status, other.code) == (each.status, each.code)
        }
        for each in dialect(contract).errors.values()
    }

    for response in responses(contract).values():
        assert message(response) in declared[response.status, code(response)]


@every_contract
def test_a_missing_and_a_refused_credential_have_the_same_response(contract: Contract) -> None:
    of_credentials = {each.name for each in SITUATIONS if each.error is Unauthenticated}

    assert of_credentials >= {"UNAUTHORIZED", "ACCESS_DENIED"}
    assert len({responses(contract)[name].body for name in of_credentials}) == 1


@every_contract
def test_a_retryable_error_says_when_to_retry(contract: Contract) -> None:
    told = {
        name: each.headers["Retry-After"]
        for name, each in responses(contract).items()
        if "Retry-After" in each.headers
    }

    assert told == {
        name: "'3600'" if name == "QUOTA_EXCEEDED" else "'1'"
        for name, status in STATUSES.items()
        if status in {429, 503}
    }


@every_contract
def test_the_text_for_an_unknown_route_does_not_speak_of_a_record(contract: Contract) -> None:
    assert "id" not in str(message(responses(contract)["RESOURCE_NOT_FOUND"])).split()


def test_only_what_never_reaches_a_function_has_words_of_its_own() -> None:
    assert {each.error for each in SITUATIONS} >= OF_THE_GATEWAY


@pytest.mark.parametrize("text", ["Costs $5.", "Line #1."])
def test_a_text_that_a_response_template_would_evaluate_is_refused(text: str) -> None:
    paytrum = dialect(Contract.PAYTRUM)
    errors = {**paytrum.errors, RateLimited: ErrorCode(429, "rate_limited", text)}

    with pytest.raises(ValueError, match="would evaluate"):
        gateway_responses(replace(paytrum, errors=errors))
