"""Writes a SQLite database down: the texts that it holds, in an order that loads in one pass.

The texts are SQLite's own, which it keeps as they were told and rewrites when something is renamed.
Only the quotes of a table that was renamed differ from what ``CREATE TABLE`` was told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.loading import loading_order
from replayer.model import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.catalog.schema import Table
    from replayer.catalog.sqlite.catalog import MasterRow


def write_schema(rows: Sequence[MasterRow], tables: Iterable[Table]) -> tuple[Statement, ...]:
    """Return the statements that make a schema in an empty database.

    Notes
    -----
    Tables by name, each after those that its foreign keys point at (SQLite does not look, its
    readers do); then virtual tables, whose shadow tables the library makes itself; then indexes, in
    the order of their tables and of their making; then views in the order of their making, and
    triggers last, for one may belong to a view. ``sqlite_sequence`` comes with the first
    ``AUTOINCREMENT``.
    """
    names = {table.name.name.lower(): table.name.name for table in tables}
    order = loading_order(
        {
            table.name.name: [
                names.get(fk.target.name.lower(), fk.target.name) for fk in table.foreign_keys
            ]
            for table in tables
        }
    )
    place = {name: index for index, name in enumerate(order)}

    def rank(row: MasterRow) -> tuple[int, int, str]:
        if row.kind == "table":
            return (1, 0, row.name) if row.is_virtual else (0, place[row.name], "")
        if row.kind == "index":
            return (2, place.get(row.table, len(place)), "")
        return (3, 0, "") if row.kind == "view" else (4, 0, row.name)

    return tuple(
        Statement(sql=row.sql, table=None if row.kind == "view" else row.table)
        for row in sorted(rows, key=rank)
    )
