"""Makes and drops constraints and indexes as PostgreSQL does, the names it chooses included.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c, indexcmds.c and
src/backend/parser/parse_utilcmd.c (``transformIndexConstraints``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.lexer import is_name, unquote
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.postgresql.expressions import named_in
from replayer.catalog.postgresql.naming import addition, choose, index_columns
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
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
_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_TEXTS = {"text", "character varying", "character"}
_ALONE = {"uuid", "boolean", "date", "bytea", "inet", "jsonb"}


def add_constraint(store: Store, table: Table, constraint: Constraint) -> Table:
    """Give a table a constraint, named if it has no name yet."""
    if isinstance(constraint, Check):
        return _add_check(store, table, constraint)
    if isinstance(constraint, ForeignKey):
        return _add_foreign_key(store, table, constraint)
    return add_index_constraint(store, table, constraint)


def _check_name(table: Table, name: str) -> None:
    if table.constraint(name) is not None:
        raise refusals.DuplicateObject(
            f'constraint "{name}" for relation "{table.name.name}" already exists'
        )


def _add_check(store: Store, table: Table, check: Check) -> Table:
    columns = columns_of(table, check.expression)
    schema = table.name.schema
    if check.name:
        _check_name(table, check.name)
    else:
        middle = columns[0] if len(columns) == 1 else ""
        name = choose(
            table.name.name, middle, "check", lambda name: store.is_constraint(schema, name)
        )
        check = replace(check, name=name)
    check = replace(check, columns=columns)
    return _put(store, table, check)


def columns_of(table: Table, expression: str) -> tuple[str, ...]:
    """Return the table's columns that an expression names, sorted.

    Raises
    ------
    UndefinedColumn
        When it names a column that the table does not have.
    """
    perhaps, surely = named_in(expression)
    own = {column.name for column in table.columns}
    missing = sorted(surely - own - {table.name.name})
    if missing:
        raise refusals.UndefinedColumn(f'column "{missing[0]}" does not exist')
    return tuple(sorted(perhaps & own))


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
        _check_name(table, constraint.name)
        return _put(store, table, constraint)
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
    return _put(store, table, replace(constraint, name=name))


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


def _add_foreign_key(store: Store, table: Table, key: ForeignKey) -> Table:
    target = store.tables.get(key.target)
    if target is None:
        relation = store.relations.get(key.target)
        if relation is not None:
            raise refusals.WrongObjectType(
                f'referenced relation "{key.target.name}" is not a table'
            )
        if key.target in store.unknown:
            return _put(store, table, _named_foreign_key(store, table, key))
        raise refusals.UndefinedTable(f'relation "{key.target}" does not exist')
    if not key.target_columns:
        primary = target.primary_key
        if primary is None:
            raise refusals.UndefinedObject(
                f'there is no primary key for referenced table "{target.name.name}"'
            )
        key = replace(key, target_columns=primary.columns)
    own = [_referenced_column(table, name) for name in key.columns]
    others = [_referenced_column(target, name) for name in key.target_columns]
    if len(own) != len(others):
        raise refusals.CatalogError(
            "number of referencing and referenced columns for foreign key disagree",
            sqlstate="42830",
        )
    if supporting_index(target, key.target_columns) is None:
        raise refusals.CatalogError(
            "there is no unique constraint matching given keys for referenced table "
            f'"{target.name.name}"',
            sqlstate="42830",
        )
    if key.name:
        _check_name(table, key.name)
    key = _named_foreign_key(store, table, key)
    if not all(_comparable(one, other) for one, other in zip(own, others, strict=True)):
        raise refusals.CatalogError(
            f'foreign key constraint "{key.name}" cannot be implemented', sqlstate="42804"
        )
    return _put(store, table, key)


def _named_foreign_key(store: Store, table: Table, key: ForeignKey) -> ForeignKey:
    if key.name:
        return key
    schema = table.name.schema
    name = choose(
        table.name.name,
        addition(key.columns),
        "fkey",
        lambda name: store.is_constraint(schema, name),
    )
    return replace(key, name=name)


def _referenced_column(table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise refusals.UndefinedColumn(
            f'column "{name}" referenced in foreign key constraint does not exist'
        )
    return column


def _comparable(one: Column, other: Column) -> bool:
    """Whether an equality operator is there for both types, as far as they are known."""
    first = canonical_type(one.type).partition("(")[0]
    second = canonical_type(other.type).partition("(")[0]
    for family in (_NUMBERS, _TEXTS):
        if first in family and second in family:
            return True
    known = _NUMBERS | _TEXTS | _ALONE
    return first == second or first not in known or second not in known


def supporting_index(table: Table, columns: tuple[str, ...]) -> str | None:
    """Return the name of the unique index that a foreign key to these columns rests on.

    Notes
    -----
    The server takes the oldest that fits (``transformFkeyCheckAttrs``), and it cannot have been
    dropped since, so that it may be looked for at any time.
    """
    wanted = sorted(columns)
    for constraint in table.constraints:
        if (
            isinstance(constraint, (PrimaryKey, Unique))
            and not constraint.deferrable
            and sorted(constraint.columns) == wanted
        ):
            return constraint.name
    for index in table.indexes:
        if (
            index.unique
            and index.predicate is None
            and len(index.columns) == len(index.elements)
            and sorted(index.columns) == wanted
        ):
            return index.name
    return None


def _put(store: Store, table: Table, constraint: Constraint) -> Table:
    new = replace(table, constraints=(*table.constraints, constraint))
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


def drop_constraint(store: Store, table: Table, name: str, *, cascade: bool) -> Table:
    """Take a constraint from a table; foreign keys that rest on it go too, or forbid it."""
    constraint = table.constraint(name)
    if constraint is None:
        raise refusals.UndefinedObject(
            f'constraint "{name}" of relation "{table.name.name}" does not exist'
        )
    if isinstance(constraint, (PrimaryKey, Unique)):
        drop_resting(
            store,
            table,
            name,
            cascade=cascade,
            what=f"constraint {name} on table {table.name.name}",
        )
        table = store.tables[table.name]
    kept = tuple(item for item in table.constraints if item.name != name)
    new = replace(table, constraints=kept)
    store.put(table, new)
    return new


def drop_resting(store: Store, table: Table, index: str, *, cascade: bool, what: str) -> None:
    """Drop the foreign keys that rest on a unique index, or refuse.

    Raises
    ------
    DependentObjects
        When there is one and CASCADE was not told.
    """
    for other in store.referring(table.name):
        resting = [
            key
            for key in other.foreign_keys
            if key.target == table.name and supporting_index(table, key.target_columns) == index
        ]
        if not resting:
            continue
        if not cascade:
            raise refusals.DependentObjects(
                f"cannot drop {what} because other objects depend on it"
            )
        kept = tuple(item for item in other.constraints if item not in resting)
        store.put(other, replace(other, constraints=kept))


def merge_keys(constraints: Iterable[Constraint]) -> list[Constraint]:
    """Order a new table's constraints as they are made, equal keys made one.

    Notes
    -----
    Checks come first, then the primary key, the other keys, and foreign keys at last. A key that
    equals an earlier one isn't made; its name goes to the earlier one if that has none.
    """
    found = list(constraints)
    checks = [item for item in found if isinstance(item, Check)]
    keys: list[PrimaryKey | Unique | Exclusion] = []
    indexed = [item for item in found if isinstance(item, (PrimaryKey, Unique, Exclusion))]
    for key in sorted(indexed, key=lambda item: not isinstance(item, PrimaryKey)):
        for at, prior in enumerate(keys):
            if is_same_key(prior, key):
                if not prior.name and key.name:
                    keys[at] = replace(prior, name=key.name)
                break
        else:
            keys.append(key)
    return [*checks, *keys, *(item for item in found if isinstance(item, ForeignKey))]


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
