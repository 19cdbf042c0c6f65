"""`defaultRate` and `defaultTaxRate`: decimals from the byte to the table and back."""

import boto3
import pytest

from tests.contract.hoursmith.conftest import Create, Refused
from tests.contract_client import ContractClient

# An amount in the text of the JSON body, and the amount in the response.
KEPT = [
    ("0", "0"),
    ("0.1", "0.1"),
    ("0.10", "0.10"),
    ("1", "1"),
    ("100.50", "100.50"),
    ("100.5000", "100.5000"),
    ("1e2", "100"),
    ("1E+2", "100"),
    ("1.50e1", "15.0"),
    ("5e-3", "0.005"),
    ("-0", "0"),
    ("12345678901.1234", "12345678901.1234"),
    ("999999999999.9999", "999999999999.9999"),
]
REFUSED = [
    ("-1", "out_of_range"),
    ("-0.01", "out_of_range"),
    ("1000000000000", "out_of_range"),
    ("1234567890123", "out_of_range"),
    ("1e12", "out_of_range"),
    ("1e999", "out_of_range"),
    ("0.12345", "invalid"),
    ("1.00000", "invalid"),
    ("1e-5", "invalid"),
]
NOT_JSON_NUMBERS = ["NaN", "Infinity", "-Infinity", "1,5", "$5", "05", ".5", "5.", "+5", "0x1", "१"]


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(("sent", "shown"), KEPT)
def test_a_rate_keeps_its_digits_as_number_and_as_text(
    hoursmith: ContractClient, create: Create, sent: str, shown: str, quote: str
) -> None:
    raw = f'{{"name": "Acme", "defaultRate": {quote}{sent}{quote}}}'

    created = create(raw=raw)
    read = hoursmith.send("GET", f"/api/v1/clients/{created.json['data']['id']}")

    (item,) = boto3.client("dynamodb").scan(TableName="clients")["Items"]
    assert created.status == 201, created.text
    assert f'"defaultRate":"{shown}"' in created.text
    assert f'"defaultRate":"{shown}"' in read.text
    assert item["default_rate"] == {"S": shown}


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(("sent", "reason"), REFUSED)
def test_a_rate_out_of_bounds_is_refused(
    refused: Refused, sent: str, reason: str, quote: str
) -> None:
    assert refused(raw=f'{{"name": "Acme", "defaultRate": {quote}{sent}{quote}}}') == {
        "defaultRate": reason
    }


@pytest.mark.parametrize("text", NOT_JSON_NUMBERS)
def test_text_that_is_no_decimal_is_refused(refused: Refused, text: str) -> None:
    assert refused({"name": "A", "defaultRate": text}) == {"defaultRate": "invalid"}
    assert refused({"name": "A", "defaultTaxRate": text}) == {"defaultTaxRate": "invalid"}


@pytest.mark.parametrize("value", [True, [], {}, ["1"]])
def test_other_types_are_refused(refused: Refused, value: object) -> None:
    assert refused({"name": "A", "defaultRate": value}) == {"defaultRate": "invalid"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "01", "+1", ".5"])
def test_a_number_that_json_does_not_have_is_400(gate: ContractClient, number: str) -> None:
    raw = f'{{"name": "Acme", "defaultRate": {number}}}'

    assert gate.send("POST", "/api/v1/clients", raw=raw).status == 400


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("0", "0"), ("8.25", "8.25"), ("19.0000", "19.0000"), ("100", "100"), ("1e2", "100")],
)
def test_a_tax_rate_is_a_percentage(create: Create, sent: str, shown: str) -> None:
    created = create(raw=f'{{"name": "Acme", "defaultTaxRate": {sent}}}')

    assert created.json["data"]["defaultTaxRate"] == shown


@pytest.mark.parametrize(
    ("sent", "reason"),
    [("-1", "out_of_range"), ("100.0001", "out_of_range"), ("8.12345", "invalid")],
)
def test_a_tax_rate_out_of_bounds_is_refused(refused: Refused, sent: str, reason: str) -> None:
    assert refused(raw=f'{{"name": "Acme", "defaultTaxRate": {sent}}}') == {
        "defaultTaxRate": reason
    }
