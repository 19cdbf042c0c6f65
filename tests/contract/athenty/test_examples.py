"""The examples of the OpenAPI document are the responses of the endpoints."""

from registry.contracts.athenty.operations import OPERATIONS
from tests.contract.athenty.conftest import PATH
from tests.contract_client import ContractClient


def test_the_endpoints_return_the_documented_examples(athenty: ContractClient) -> None:
    replies = [
        (operation, example.body, example.response)
        for operation in OPERATIONS
        for example in operation.examples
        if example.response is not None
    ]

    assert replies
    for operation, body, response in replies:
        reply = athenty.send(operation.method, PATH, body)
        varying = ("id", "createdAt", "updatedAt")
        same = {name: reply.json[name] for name in varying}
        assert list((dict(response) | same).items()) == list(reply.json.items())
