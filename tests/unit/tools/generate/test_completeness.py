"""Each part that an endpoint lacks is named in a sentence."""

import json
from pathlib import Path

import pytest

from tools.generate.completeness import missing

NAME = "paytrum.restore_client (POST /v1/clients/{id}/restore)"
BLOCK = "PaytrumRestoreClient"
PLACE = "registry/contracts/paytrum/operations.py"
ROW = "| `POST /v1/clients/{id}/restore` |"


def test_no_endpoint_lacks_anything() -> None:
    assert missing() == []


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "functions/paytrum/restore_client.py",
            f"{NAME} has no function: `make generate` begins functions/paytrum/restore_client.py.",
        ),
        (
            "events/paytrum/restore_client.json",
            f"{NAME} has no event: `make generate` writes events/paytrum/restore_client.json.",
        ),
    ],
)
def test_a_file_that_is_missing_is_named(repository: Path, path: str, sentence: str) -> None:
    (repository / path).unlink()

    assert missing(repository) == [sentence]


@pytest.mark.parametrize(
    ("path", "text", "instead", "sentences"),
    [
        (
            "template.yaml",
            "paytrum.restore_client.handler",
            "paytrum.get_balance.handler",
            [
                f"{NAME} has no block in template.yaml: `make generate` writes {BLOCK}.",
                f"template.yaml deploys paytrum.get_balance, which has no declaration in {PLACE}.",
            ],
        ),
        (
            "docs/paytrum.md",
            ROW,
            "| `GET /v1/balance` |",
            [
                f"{NAME} has no row in docs/paytrum.md: add one that begins with {ROW}.",
                "docs/paytrum.md has a row for GET /v1/balance, which no one declares.",
            ],
        ),
    ],
)
def test_a_part_of_a_file_that_is_missing_is_named(
    repository: Path,
    path: str,
    text: str,
    instead: str,
    sentences: list[str],
) -> None:
    file = repository / path
    file.write_text(file.read_text("utf-8").replace(text, instead), "utf-8")

    assert missing(repository) == sentences


def test_an_operation_that_the_openapi_document_lacks_is_named(repository: Path) -> None:
    path = repository / "docs/openapi/paytrum.json"
    document = json.loads(path.read_text("utf-8"))
    del document["paths"]["/v1/clients/{id}/restore"]
    path.write_text(json.dumps(document), "utf-8")

    assert missing(repository) == [
        f"{NAME} is not in docs/openapi/paytrum.json: `make generate` writes it."
    ]


def test_a_function_without_a_declaration_is_named(repository: Path) -> None:
    (repository / "functions/paytrum/get_balance.py").touch()

    assert missing(repository) == [
        f"functions/paytrum/get_balance.py has no declaration in {PLACE}."
    ]
