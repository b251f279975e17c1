"""Finds the table that a statement of PostgreSQL is about, where it can be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.catalog import Effect

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store
    from replayer.catalog.schema import QualifiedName, Table


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
