"""Finds what a statement of PostgreSQL names, and refuses what is not there.

Where the table is one that nobody can know, the statement is given up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql.expressions import named_in
from replayer.catalog.schema import Column, QualifiedName, Table

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store


class UnknownRelationError(Exception):
    """The statement is about a relation that nobody can know."""

    def __init__(self, effect: Effect) -> None:
        super().__init__(effect)
        self.effect = effect


def prove_known(store: Store, name: QualifiedName) -> None:
    """Give up a statement about a relation whose columns are not known.

    Raises
    ------
    UnknownRelationError
        With the effect of what is done to the relation.
    """
    effect = store.unknown.get(name)
    if effect is not None:
        raise UnknownRelationError(effect)


def find_table(store: Store, name: QualifiedName, *, if_exists: bool = False) -> Table | None:
    """Return a table; None where there is none and the statement allows for that.

    Raises
    ------
    UnknownRelationError
        When it is a view or a foreign table, or a relation that nobody can know.
    WrongObjectType, UndefinedTable
        When the server would refuse, in its words.
    """
    table = store.tables.get(name)
    if table is None:
        prove_known(store, name)
        relation = store.relations.get(name)
        if relation is not None and relation.kind.endswith(("view", "table")):
            raise UnknownRelationError(Effect.OPAQUE)
        if relation is not None:
            raise refusals.WrongObjectType(
                f'"{name.name}" is not a table, composite type, or foreign table'
            )
        if not if_exists:
            raise refusals.UndefinedTable(f'relation "{name}" does not exist')
    return table


def find_column(table: Table, name: str) -> Column:
    """Return a column.

    Raises
    ------
    UndefinedColumn
        When the table has none of that name.
    """
    column = table.column(name)
    if column is None:
        raise refusals.UndefinedColumn(
            f'column "{name}" of relation "{table.name.name}" does not exist'
        )
    return column


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


def check_constraint_name(table: Table, name: str) -> None:
    """Refuse a name that another constraint of the table has."""
    if table.constraint(name) is not None:
        raise refusals.DuplicateObject(
            f'constraint "{name}" for relation "{table.name.name}" already exists'
        )
