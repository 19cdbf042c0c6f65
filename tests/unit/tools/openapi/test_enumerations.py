"""Enumerations within a document become components, named after their fields."""

from typing import Any

from tools.openapi.enumerations import named_enumerations

Json = dict[str, Any]


def components(**schemas: Json) -> Json:
    """The components of a document whose models have these properties, with enumerations named."""
    models = {name: {"properties": properties} for name, properties in schemas.items()}
    document: Json = {"paths": {}, "components": {"schemas": models}}
    named_enumerations(document)
    named: Json = document["components"]["schemas"]
    return named


def enumeration(*values: str) -> Json:
    return {"type": "string", "enum": list(values)}


def reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def test_equal_enumerations_are_one_component() -> None:
    named = components(
        Create={"usageType": {"anyOf": [enumeration("a", "b"), {"type": "null"}]}},
        Shown={"usageType": {**enumeration("a", "b"), "description": "How."}},
    )

    assert named["UsageType"]["enum"] == ["a", "b"]
    assert named["Create"]["properties"]["usageType"]["anyOf"][0] == reference("UsageType")
    assert named["Shown"]["properties"]["usageType"] == {
        **reference("UsageType"),
        "description": "How.",
    }


def test_different_enumerations_are_named_after_their_models_too() -> None:
    named = components(
        Client={"status": enumeration("active", "archived")},
        Card={"status": enumeration("active", "expired")},
    )

    assert named["ClientStatus"]["enum"] == ["active", "archived"]
    assert named["CardStatus"]["enum"] == ["active", "expired"]
    assert "Status" not in named


def test_an_enumeration_that_is_a_component_already_is_that_component() -> None:
    document: Json = {
        "paths": {},
        "components": {
            "schemas": {
                "UsageType": enumeration("a", "b"),
                "Create": {"properties": {"usage_type": enumeration("a", "b")}},
            },
        },
    }

    named_enumerations(document)

    schemas = document["components"]["schemas"]
    assert schemas["Create"]["properties"]["usage_type"] == reference("UsageType")
    assert schemas["UsageType"] == enumeration("a", "b")


def test_a_single_value_is_no_enumeration() -> None:
    assert "Object" not in components(Client={"object": enumeration("client")})
