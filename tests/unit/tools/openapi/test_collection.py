"""A collection has a request for each operation, and a stack's credential when it is filled."""

import json
from pathlib import Path

import pytest

from registry.domain.workspace import CONTRACTS, Contract
from tools.generate.declarations import operations
from tools.openapi.collection import collection, collection_text, filled

ROOT = Path(__file__).parents[4]

every_contract = pytest.mark.parametrize("contract", CONTRACTS)


@every_contract
def test_the_committed_collection_is_what_the_document_says(contract: Contract) -> None:
    path = ROOT / "docs" / "collections" / f"{contract}.postman_collection.json"

    assert path.read_text("utf-8") == collection_text(contract), "`make generate` writes it again"


@every_contract
def test_every_operation_is_one_request(contract: Contract) -> None:
    made = collection(contract)

    found = sorted(
        (item["request"]["method"], item["request"]["url"]["raw"])
        for folder in made["item"]
        for item in folder["item"]
    )

    assert found == sorted(
        (operation.method, "{{base_url}}" + operation.path.replace("{", ":").replace("}", ""))
        for operation in operations(contract)
    )


@every_contract
def test_what_is_committed_has_no_credential(contract: Contract) -> None:
    variables = {each["key"]: each["value"] for each in collection(contract)["variable"]}

    assert variables["base_url"] == f"http://localhost:4566/{contract}"
    assert {variables[name] for name in variables.keys() - {"base_url", "id"}} == {""}


@every_contract
def test_a_filled_collection_has_base_url_and_credential(contract: Contract) -> None:
    made = collection(contract)
    oauth = {"client_id": "id", "client_secret": "secret"}
    access = oauth if contract == "alternative_payments" else {"headers": {"X": "Bearer key"}}

    variables = {
        each["key"]: each["value"]
        for each in filled(made, "https://api.example.com", access)["variable"]
    }

    assert variables["base_url"] == "https://api.example.com"
    expected = oauth if "client_id" in access else {"token": "key"}
    assert {name: variables[name] for name in expected} == expected
    assert made == collection(contract)


@every_contract
def test_a_body_is_an_example_of_the_operation(contract: Contract) -> None:
    examples = {
        json.dumps(operation.examples[0].body)
        for operation in operations(contract)
        if operation.body is not None and operation.examples
    }

    bodies = [
        item["request"]["body"]["raw"]
        for folder in collection(contract)["item"]
        for item in folder["item"]
        if item["request"].get("body", {}).get("mode") == "raw"
    ]

    assert bodies
    assert {json.dumps(json.loads(body)) for body in bodies} <= examples
