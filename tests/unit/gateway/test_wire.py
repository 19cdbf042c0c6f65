"""Fields that may be left out and must not be null."""

import pytest
from pydantic import BaseModel, ValidationError

from registry.contracts.athenty.wire import UpdateClient as AthentyChange
from registry.contracts.hoursmith.wire import UpdateClient as HoursmithChange
from registry.contracts.paytrum.wire import UpdateClient as PaytrumChange

FIELDS = [(PaytrumChange, "name"), (HoursmithChange, "name"), (AthentyChange, "active")]


@pytest.mark.parametrize(("model", "field"), FIELDS)
@pytest.mark.parametrize("value", [None, 5, "", "a" * 201])
def test_an_error_names_the_field_alone(
    model: type[BaseModel],
    field: str,
    value: object,
) -> None:
    with pytest.raises(ValidationError) as raised:
        model.model_validate({field: value})

    assert [error["loc"] for error in raised.value.errors()] == [(field,)]


@pytest.mark.parametrize(("model", "field"), FIELDS)
def test_it_may_be_left_out_and_null_is_not_offered(model: type[BaseModel], field: str) -> None:
    schema = model.model_json_schema(by_alias=True)

    assert getattr(model.model_validate({}), field) is None
    assert field not in schema.get("required", [])
    assert "null" not in str(schema["properties"][field])
