"""Makes the constraints of PostgreSQL that have an index, and indexes, with the names it chooses.

Source: PostgreSQL 15, src/backend/commands/indexcmds.c (``DefineIndex``), tablecmds.c
(``ATExecAddIndexConstraint``), src/backend/parser/parse_utilcmd.c (``transformIndexConstraint``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.lexer import is_name, unquote
from replayer.catalog.postgresql.lookup import check_constraint_name, columns_of
from replayer.catalog.postgresql.naming import addition, choose, index_columns
from replayer.catalog.postgresql.store import put_constraint
from replayer.catalog.schema import (
    Constraint,
    Exclusion,
    Index,
    IndexElement,
    PrimaryKey,
    Table,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.catalog.postgresql.store import Store

_PARTITION_KEY = re.compile(r"\bPARTITION\s+BY\s+\w+\s*\((.*)\)", re.IGNORECASE | re.DOTALL)


def add_index_constraint(
    store: Store, table: Table, constraint: PrimaryKey | Unique | Exclusion
) -> Table:
    """Give a table a primary key, a unique or an exclusion constraint."""
    schema = table.name.schema
    if isinstance(constraint, Exclusion):
        _check_elements(table, constraint.elements, constraint.predicate)
    else:
        for column in (*constraint.columns, *constraint.include):
            if table.column(column) is None:
                raise refusals.UndefinedColumn(f'column "{column}" named in key does not exist')
        _check_twice(constraint)
        _check_partition_key(table, constraint.columns)
    if isinstance(constraint, PrimaryKey):
        if table.primary_key is not None:
            raise refusals.InvalidDefinition(
                f'multiple primary keys for table "{table.name.name}" are not allowed'
            )
        table = _not_null(store, table, constraint.columns)
    if constraint.name:
        _check_relation(store, schema, constraint.name)
        check_constraint_name(table, constraint.name)
        return put_constraint(store, table, constraint)
    if isinstance(constraint, PrimaryKey):
        middle, label = "", "pkey"
    elif isinstance(constraint, Exclusion):
        middle = addition(index_columns(constraint.elements, constraint.include))
        label = "excl"
    else:
        middle = addition(index_columns((), (*constraint.columns, *constraint.include)))
        label = "key"
    name = choose(
        table.name.name,
        middle,
        label,
        lambda name: store.is_relation(schema, name) or store.is_constraint(schema, name),
    )
    return put_constraint(store, table, replace(constraint, name=name))


def _check_twice(constraint: PrimaryKey | Unique) -> None:
    for column in constraint.columns:
        if constraint.columns.count(column) > 1:
            kind = "primary key" if isinstance(constraint, PrimaryKey) else "unique"
            raise refusals.DuplicateColumn(f'column "{column}" appears twice in {kind} constraint')


def partition_key(table: Table) -> frozenset[str]:
    """Return the columns that a table is partitioned by; none for other tables."""
    match = _PARTITION_KEY.search(table.options) if table.options else None
    parts = [] if match is None else match[1].split(",")
    return frozenset(unquote(part.split()[0]) for part in parts if is_name(part.strip()))


def _check_partition_key(table: Table, columns: Iterable[str]) -> None:
    """Refuse a key of a partitioned table that doesn't hold what it is partitioned by."""
    if not partition_key(table) <= set(columns):
        raise refusals.CatalogError(
            "unique constraint on partitioned table must include all partitioning columns",
            sqlstate="0A000",
        )


def _check_relation(store: Store, schema: str, name: str) -> None:
    if store.is_relation(schema, name):
        raise refusals.DuplicateTable(f'relation "{name}" already exists')


def _not_null(store: Store, table: Table, names: Iterable[str]) -> Table:
    found = set(names)
    columns = tuple(
        replace(column, null=False) if column.name in found and column.null else column
        for column in table.columns
    )
    new = replace(table, columns=columns)
    store.put(table, new)
    return new


def add_constraint_of_index(store: Store, table: Table, constraint: Constraint, name: str) -> Table:
    """Make a constraint of an index that is there (``USING INDEX``); the index gets its name."""
    index = table.index(name)
    if index is None:
        raise refusals.UndefinedObject(f'index "{name}" does not exist')
    if not index.unique:
        raise refusals.WrongObjectType(f'"{name}" is not a unique index')
    if index.predicate is not None or len(index.columns) != len(index.elements):
        raise refusals.WrongObjectType(f'index "{name}" contains expressions or is partial')
    new = replace(table, indexes=tuple(item for item in table.indexes if item is not index))
    store.put(table, new)
    if isinstance(constraint, PrimaryKey):
        made: PrimaryKey | Unique = replace(
            constraint,
            name=constraint.name or name,
            columns=index.columns,
            include=index.include,
            options=index.options,
        )
    elif isinstance(constraint, Unique):
        made = replace(
            constraint,
            name=constraint.name or name,
            columns=index.columns,
            include=index.include,
            nulls_distinct=index.nulls_distinct,
            options=index.options,
        )
    else:
        raise refusals.InvalidDefinition("only a key can be made of an index")
    return add_index_constraint(store, new, made)


def _check_elements(table: Table, elements: Iterable[IndexElement], predicate: str | None) -> None:
    for element in elements:
        if element.column is not None:
            if table.column(element.column) is None:
                raise refusals.UndefinedColumn(f'column "{element.column}" does not exist')
        elif element.expression is not None:
            columns_of(table, element.expression)
    if predicate is not None:
        columns_of(table, predicate)


def add_index(store: Store, table: Table, index: Index) -> Table:
    """Give a table an index, named if it has no name yet."""
    schema = table.name.schema
    if index.name:
        _check_relation(store, schema, index.name)
    _check_elements(table, index.elements, index.predicate)
    if index.unique:
        _check_partition_key(table, index.columns)
    for column in index.include:
        if table.column(column) is None:
            raise refusals.UndefinedColumn(f'column "{column}" does not exist')
    if not index.name:
        name = choose(
            table.name.name,
            addition(index_columns(index.elements, index.include)),
            "idx",
            lambda name: store.is_relation(schema, name),
        )
        index = replace(index, name=name)
    new = replace(table, indexes=(*table.indexes, index))
    store.put(table, new)
    return new


def is_same_key(prior: Constraint, key: Constraint) -> bool:
    """Whether a new key of a new table is one that the table has already."""
    if isinstance(prior, Exclusion) or isinstance(key, Exclusion):
        return isinstance(prior, Exclusion) and replace(prior, name="") == replace(key, name="")
    if not isinstance(prior, (PrimaryKey, Unique)) or not isinstance(key, (PrimaryKey, Unique)):
        return False
    if isinstance(prior, PrimaryKey) and isinstance(key, PrimaryKey):
        return False
    distinct = key.nulls_distinct if isinstance(key, Unique) else True
    prior_distinct = prior.nulls_distinct if isinstance(prior, Unique) else True
    return (
        prior.columns == key.columns
        and prior.include == key.include
        and prior_distinct == distinct
        and prior.deferrable == key.deferrable
        and prior.initially_deferred == key.initially_deferred
    )
