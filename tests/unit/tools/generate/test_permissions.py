"""Permissions follow from what an operation declares, and are no more than that."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.gateway.operation import Access, IdempotencyKey, Operation
from tools.generate.declarations import all_operations, module_name
from tools.generate.permissions import Permission, Table, permissions, statements, tables

SOME_OPERATION = all_operations()[0]
accesses = st.lists(st.sampled_from(Access), unique=True).map(tuple)
keys = st.sampled_from(IdempotencyKey)


@given(access=accesses, key=keys)
def test_each_permission_is_in_one_statement_and_each_resource_with_its_keys_too(
    access: tuple[Access, ...],
    key: IdempotencyKey,
) -> None:
    operation = replace(SOME_OPERATION, access=access, idempotency_key=key)

    allowed = [
        (action, resource, statement.leading_key)
        for statement in statements(operation)
        for action in statement.actions
        for resource in statement.resources
    ]

    assert sorted(allowed) == sorted(
        (f"dynamodb:{each.action}", each.resource, each.leading_key)
        for each in permissions(operation)
    )
    places = [
        (resource, each.leading_key)
        for each in statements(operation)
        for resource in each.resources
    ]
    assert len(places) == len(set(places))


@given(access=accesses, key=keys)
def test_a_function_has_the_names_of_the_tables_it_may_use_and_no_other(
    access: tuple[Access, ...],
    key: IdempotencyKey,
) -> None:
    operation = replace(SOME_OPERATION, access=access, idempotency_key=key)

    assert set(tables(operation)) == {each.table for each in permissions(operation)}
    # An erasure counts the responses that were recorded for its client.
    records = key is not IdempotencyKey.IGNORED or Access.ERASE_CLIENT in access
    assert (Table.IDEMPOTENCY in tables(operation)) is records


@given(access=accesses, more=st.sampled_from(Access), key=keys)
def test_one_more_access_takes_nothing_away(
    access: tuple[Access, ...],
    more: Access,
    key: IdempotencyKey,
) -> None:
    operation = replace(SOME_OPERATION, access=access, idempotency_key=key)

    assert permissions(operation) <= permissions(replace(operation, access=(*access, more)))


@pytest.mark.parametrize("operation", all_operations(), ids=module_name)
def test_an_operation_that_only_reads_may_not_write(operation: Operation) -> None:
    writes = {each.action for each in permissions(operation)} & {"PutItem", "DeleteItem"}

    assert operation.method != "GET" or not writes


def test_an_index_is_queried_and_its_table_is_not() -> None:
    operation = replace(
        SOME_OPERATION,
        access=(Access.LIST_BY_NAME,),
        idempotency_key=IdempotencyKey.IGNORED,
    )

    assert permissions(operation) == {Permission("Query", Table.CLIENTS, "Name")}
    assert [each.resources for each in statements(operation)] == [
        ("!Sub ${ClientsTable.Arn}/index/Name",)
    ]
