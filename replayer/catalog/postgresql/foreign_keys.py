"""Makes foreign keys as PostgreSQL does, and finds the keys that they rest on.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``ATAddForeignKeyConstraint``,
``transformFkeyCheckAttrs``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.postgresql.lookup import check_constraint_name
from replayer.catalog.postgresql.naming import addition, choose
from replayer.catalog.postgresql.store import put_constraint
from replayer.catalog.schema import Column, ForeignKey, PrimaryKey, Table, Unique

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store

_NUMBERS = {"smallint", "integer", "bigint", "numeric", "real", "double precision"}
_TEXTS = {"text", "character varying", "character"}
_ALONE = {"uuid", "boolean", "date", "bytea", "inet", "jsonb"}


def add_foreign_key(store: Store, table: Table, key: ForeignKey) -> Table:
    """Give a table a foreign key, named if it has no name yet."""
    target = store.tables.get(key.target)
    if target is None:
        relation = store.relations.get(key.target)
        if relation is not None:
            raise refusals.WrongObjectType(
                f'referenced relation "{key.target.name}" is not a table'
            )
        if key.target in store.unknown:
            return put_constraint(store, table, _named_foreign_key(store, table, key))
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
        check_constraint_name(table, key.name)
    key = _named_foreign_key(store, table, key)
    if not all(_comparable(one, other) for one, other in zip(own, others, strict=True)):
        raise refusals.CatalogError(
            f'foreign key constraint "{key.name}" cannot be implemented', sqlstate="42804"
        )
    return put_constraint(store, table, key)


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
