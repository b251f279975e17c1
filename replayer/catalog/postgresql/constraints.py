"""Gives a table of PostgreSQL its constraints, in the server's order, and takes them.

Keys are made by `keys`, foreign keys by `foreign_keys`.
Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``ATExecAddConstraint``,
``ATExecDropConstraint``) and src/backend/parser/parse_utilcmd.c (``transformIndexConstraints``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.postgresql.foreign_keys import add_foreign_key, drop_resting
from replayer.catalog.postgresql.keys import add_index_constraint, is_same_key
from replayer.catalog.postgresql.lookup import check_constraint_name, columns_of
from replayer.catalog.postgresql.naming import choose
from replayer.catalog.postgresql.store import put_constraint
from replayer.catalog.schema import (
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    PrimaryKey,
    Table,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.catalog.postgresql.store import Store


def add_constraint(store: Store, table: Table, constraint: Constraint) -> Table:
    """Give a table a constraint, named if it has no name yet."""
    if isinstance(constraint, Check):
        return _add_check(store, table, constraint)
    if isinstance(constraint, ForeignKey):
        return add_foreign_key(store, table, constraint)
    return add_index_constraint(store, table, constraint)


def _add_check(store: Store, table: Table, check: Check) -> Table:
    columns = columns_of(table, check.expression)
    schema = table.name.schema
    if check.name:
        check_constraint_name(table, check.name)
    else:
        middle = columns[0] if len(columns) == 1 else ""
        name = choose(
            table.name.name, middle, "check", lambda name: store.is_constraint(schema, name)
        )
        check = replace(check, name=name)
    check = replace(check, columns=columns)
    return put_constraint(store, table, check)


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
