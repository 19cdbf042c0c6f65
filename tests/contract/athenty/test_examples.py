"""The examples of the OpenAPI document are what the endpoints answer."""

from registry.contracts.athenty.operations import OPERATIONS
from tests.contract.athenty.conftest import PATH
from tests.contract_client import ContractClient


def test_the_documented_examples_are_what_is_answered(athenty: ContractClient) -> None:
    for operation in OPERATIONS:
        for example in operation.examples:
            reply = athenty.send(operation.method, PATH, dict(example.body or {}))
            assert example.response is not None
            varying = ("id", "createdAt", "updatedAt")
            same = {name: reply.json[name] for name in varying}
            assert list((dict(example.response) | same).items()) == list(reply.json.items())
