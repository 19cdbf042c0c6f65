"""A document publishes the type to send, and tells of the rest."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from registry.domain.text import Blank, Plain, limited
from registry.gateway.operation import Example
from tools.openapi.published import published

Json = dict[str, Any]

BLANK = {"type": ["string", "null"], "pattern": r"^\s*$"}
PLAIN = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
LEFT_OUT = "Null or blank text is the same as leaving it out."


def document(**schema: Any) -> Json:
    """A document with one creation, whose body has one optional field and one required after it."""
    body = {
        "type": "object",
        "properties": {"field": schema, "name": {"type": "string"}},
        "required": ["name"],
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
    operation = {"operationId": "create", "requestBody": {"content": content}}
    return {"paths": {"/": {"post": operation}}, "components": {"schemas": {"Body": body}}}


def field(**schema: Any) -> Json:
    """The field's schema as it is published."""
    properties: Json = published(document(**schema))["components"]["schemas"]["Body"]["properties"]
    published_field: Json = properties["field"]
    return published_field


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        (
            {"type": ["string", "null"], "maxLength": 9, "pattern": PLAIN},
            {"type": ["string", "null"], "maxLength": 9, "description": LEFT_OUT},
        ),
        (
            {"anyOf": [{"type": "boolean"}, BLANK], "description": "Whether."},
            {"type": ["boolean", "null"], "description": f"Whether. {LEFT_OUT}"},
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/Body"}, BLANK]},
            {
                "anyOf": [{"$ref": "#/components/schemas/Body"}, {"type": "null"}],
                "description": LEFT_OUT,
            },
        ),
        (
            {"anyOf": [{"type": "number"}, {"type": "string"}, BLANK]},
            {
                "anyOf": [{"type": "number"}, {"type": "string"}, {"type": "null"}],
                "description": LEFT_OUT,
            },
        ),
        (
            {"anyOf": [{"type": ["string", "null"]}, {"type": "object", "properties": {}}]},
            {"type": ["string", "null"], "description": LEFT_OUT},
        ),
        ({"type": "boolean", "default": False}, {"type": "boolean"}),
        ({"type": "string", "pattern": "^[A-Z]{2}$"}, {"type": "string", "pattern": "^[A-Z]{2}$"}),
    ],
)
def test_a_field_has_the_type_to_send(exact: Json, expected: Json) -> None:
    assert field(**exact) == expected


def test_required_fields_come_first() -> None:
    body = published(document(type="string"))["components"]["schemas"]["Body"]

    assert list(body["properties"]) == ["name", "field"]


def test_the_exact_document_stays_as_it_is() -> None:
    exact = document(anyOf=[{"type": "boolean"}, BLANK])

    published(exact)

    assert exact == document(anyOf=[{"type": "boolean"}, BLANK])


def test_a_field_that_a_change_clears_says_so() -> None:
    exact = document(anyOf=[{"type": "boolean"}, BLANK])
    exact["paths"]["/"]["patch"] = exact["paths"]["/"].pop("post")

    schema = published(exact)["components"]["schemas"]["Body"]["properties"]["field"]

    assert schema["description"] == "Null or blank text clears it."


def test_blank_text_is_recognised_as_the_wire_models_write_it() -> None:
    class Body(BaseModel):
        number: Annotated[int | None, Blank] = None
        text: Annotated[Annotated[str, limited(9), Plain] | None, Blank] = None

    properties = Body.model_json_schema()["properties"]

    assert field(**properties["number"])["type"] == ["integer", "null"]
    assert "pattern" not in field(**properties["text"])


def test_a_parameter_of_two_words_is_a_boolean() -> None:
    exact = document(type="string")
    example = Example(title="Active", query={"active": "true"})
    parameter = {
        "name": "active",
        "schema": {"type": "string", "enum": ["true", "false"], "default": "false"},
        "examples": {"one": {"value": example.query["active"]}},
    }
    exact["paths"]["/"]["post"]["parameters"] = [parameter]

    (active,) = published(exact)["paths"]["/"]["post"]["parameters"]

    assert active["schema"] == {"type": "boolean", "default": False, "examples": [True]}
    assert active["examples"]["one"]["value"] is True


def test_a_body_that_is_a_form_or_json_is_published_as_a_form() -> None:
    exact = document(type="string")
    operation = exact["paths"]["/"]["post"]
    operation["description"] = "Issues a token."
    content = operation["requestBody"]["content"]
    content["application/x-www-form-urlencoded"] = content["application/json"]

    operation = published(exact)["paths"]["/"]["post"]

    assert list(operation["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]
    assert "JSON" in operation["description"]
