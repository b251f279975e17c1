"""The order in which a PostgreSQL schema loads: each thing behind those that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.postgresql.expressions import names_in
from replayer.catalog.postgresql.object_reader import ROUTINES
from replayer.catalog.postgresql.store import VIEWS
from replayer.catalog.schema import OtherObject, QualifiedName, Table

if TYPE_CHECKING:
    from collections.abc import Iterable


def tables_in_order(tables: Iterable[Table]) -> list[Table]:
    """Order tables so that most foreign keys point back; those of a cycle cannot all."""
    waiting = {table.name: table for table in tables}
    found: list[Table] = []
    state: dict[QualifiedName, int] = {}
    for name, table in waiting.items():
        stack = [(name, iter(_targets(table)))] if name not in state else []
        state.setdefault(name, 1)
        while stack:
            current, targets = stack[-1]
            for target in targets:
                if target in waiting and target not in state:
                    state[target] = 1
                    stack.append((target, iter(_targets(waiting[target]))))
                    break
            else:
                found.append(waiting[current])
                stack.pop()
    return found


def _targets(table: Table) -> list[QualifiedName]:
    # A partition may draw its default from the sequence of the table that it is part of.
    parents = [] if table.partition is None else [table.partition.parent]
    return [*parents, *(key.target for key in table.foreign_keys)]


def objects_in_order(items: list[OtherObject]) -> list[OtherObject]:
    """Order objects so that each stands behind those that its text names."""
    names = {item.name.name.partition("(")[0] for item in items if item.kind in ROUTINES}
    names |= {item.name.name for item in items if item.kind in VIEWS}
    found: list[OtherObject] = []
    waiting = list(items)
    while waiting:
        open_names = {
            item.name.name.partition("(")[0]
            for item in waiting
            if item.kind in ROUTINES or item.kind in VIEWS
        } & names
        ready = [
            item
            for item in waiting
            if not (
                (names_in(item.statements[0]) & open_names) - {item.name.name.partition("(")[0]}
            )
        ]
        taken = ready or waiting[:1]
        found += taken
        waiting = [item for item in waiting if item not in taken]
    return found
