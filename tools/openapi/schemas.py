"""JSON Schemas of wire models, each for requests or for responses."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from tools.openapi.prose import describe_fields

Json = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/{model}"
# A bound on something else than a plain number, such as text that stands for one, keeps its name.
_KEYWORDS: Final = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}


class _RequestBody(GenerateJsonSchema):
    """A request body: a key that is left out is not the same as null, so none has a default."""

    mode_of_use: JsonSchemaMode = "validation"

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - any schema
        """No titles: they would repeat the names."""
        return False

    def generate_inner(self, schema: Any) -> JsonSchemaValue:  # noqa: ANN401 - any schema
        """Keywords as JSON Schema has them."""
        keywords = super().generate_inner(schema)
        return {_KEYWORDS.get(keyword, keyword): value for keyword, value in keywords.items()}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A model with what its contract says of its fields."""
        keywords = super().model_schema(schema)
        describe_fields(schema["cls"], keywords.get("properties", {}))
        return keywords

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default is named where it is a value other than null."""
        keywords = super().default_schema(schema)
        if keywords.get("default", ...) is None:
            del keywords["default"]
        return keywords


class _ResponseBody(_RequestBody):
    """A response: every key is present, null where it has no value."""

    mode_of_use: JsonSchemaMode = "serialization"

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ANN401, ARG002, FBT001
        """Every key is shown."""
        return True

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A value that is always shown needs no default."""
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """One type or null, where that is all."""
        inner = self.generate_inner(schema["schema"])
        if isinstance(inner.get("type"), str) and "enum" not in inner and "const" not in inner:
            return {**inner, "type": [inner["type"], "null"]}
        return {"anyOf": [inner, {"type": "null"}]}


class _ErrorBody(_RequestBody):
    """An error: a key without a value is left out."""

    mode_of_use: JsonSchemaMode = "serialization"

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ANN401, ARG002, FBT001
        """A key is shown unless it may be without a value."""
        inner = field["schema"]
        return not (inner["type"] == "default" and inner.get("default", ...) is None)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Null is never shown."""
        return self.generate_inner(schema["schema"])


class _Parameter(_RequestBody):
    """A query parameter: it has a value or is left out."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Null cannot be written in a query."""
        return self.generate_inner(schema["schema"])


class Schemas:
    """The named schemas of one document, collected as they are asked for."""

    def __init__(self) -> None:
        self.components: dict[str, Json] = {}

    def request(self, model: type[BaseModel]) -> Json:
        """A reference to the model as a request body."""
        return self._reference(model, _RequestBody)

    def response(self, model: type[BaseModel]) -> Json:
        """A reference to the model as a response."""
        return self._reference(model, _ResponseBody)

    def error(self, model: type[BaseModel]) -> Json:
        """A reference to the model as an error."""
        return self._reference(model, _ErrorBody)

    def parameters(self, model: type[BaseModel]) -> list[Json]:
        """The parameter objects of a query's model."""
        schema = _generate(model, _Parameter)
        self._keep(schema.pop("$defs", {}))
        required = schema.get("required", ())
        return [
            _parameter(name, dict(declared), required=name in required)
            for name, declared in schema.get("properties", {}).items()
        ]

    def _reference(self, model: type[BaseModel], generator: type[_RequestBody]) -> Json:
        """A reference to a model's schema, which becomes a component of the document.

        Raises:
            ValueError: another model has the same name and another schema.
        """
        schema = _generate(model, generator)
        self._keep({**schema.pop("$defs", {}), model.__name__: schema})
        return {"$ref": _REFERENCE.format(model=model.__name__)}

    def _keep(self, named: dict[str, Json]) -> None:
        """Make schemas components of the document.

        Raises:
            ValueError: another schema has the same name.
        """
        for name, component in named.items():
            component.pop("title", None)
            if self.components.setdefault(name, component) != component:
                raise ValueError(f"{name} is the name of two different schemas")


def _generate(model: type[BaseModel], generator: type[_RequestBody]) -> Json:
    """The JSON Schema of a model by one of the generators above."""
    return model.model_json_schema(
        ref_template=_REFERENCE,
        schema_generator=generator,
        mode=generator.mode_of_use,
    )


def _parameter(name: str, schema: Json, *, required: bool) -> Json:
    """The parameter object of a query parameter."""
    description = {"description": schema.pop("description")} if "description" in schema else {}
    return {"name": name, "in": "query", "required": required, **description, "schema": schema}
