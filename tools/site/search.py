"""What the search of the site looks through: sections of guides, operations, and their fields."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from registry.domain.workspace import CONTRACTS, Contract
from tools.openapi.document import document
from tools.site.guides import Guide

Json = dict[str, Any]


def index(guides: Sequence[Guide]) -> str:
    """The entries as JSON: `{"id", "kind", "title", "text", "url"}`, URLs from the site's root."""
    entries = [entry for guide in guides for entry in _of_guide(guide)]
    entries += [entry for contract in CONTRACTS for entry in _of_contract(contract)]
    numbered = [{"id": number, **entry} for number, entry in enumerate(entries)]
    return json.dumps(numbered, ensure_ascii=False, separators=(",", ":"))


def operation_anchor(tag: str, operation_id: str) -> str:
    """The fragment of an operation on its contract's page; `reference.js` names it alike."""
    return f"#tag/{tag}/{operation_id}"


def _of_guide(guide: Guide) -> Iterator[Json]:
    for section in guide.sections:
        title = section.title if section.title == guide.title else f"{guide.title}: {section.title}"
        yield {
            "kind": "guide",
            "title": title,
            "text": section.text,
            "url": f"guides/{guide.page}#{section.anchor}",
        }


def _of_contract(contract: Contract) -> Iterator[Json]:
    described = document(contract)
    name = CONTRACTS[contract].title
    page = f"reference/{contract}.html"
    for path, item in described["paths"].items():
        for method, operation in item.items():
            fields = " ".join(parameter["name"] for parameter in operation.get("parameters", ()))
            anchor = operation_anchor(operation["tags"][0], operation["operationId"])
            yield {
                "kind": name,
                "title": f"{operation['summary']}: {method.upper()} {path}",
                "text": f"{operation['description']} {fields}",
                "url": page + anchor,
            }
    for model, schema in described["components"]["schemas"].items():
        for field, declared in schema.get("properties", {}).items():
            yield {
                "kind": name,
                "title": f"{field} of {model}",
                "text": declared["description"],
                "url": page,
            }
