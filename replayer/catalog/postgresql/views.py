"""What a view of PostgreSQL rests on, and what becomes of its text when that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.lexer import Words
from replayer.catalog.postgresql.expressions import names_in, rename_in
from replayer.catalog.postgresql.reader import read_statement
from replayer.catalog.postgresql.statements import CreateIndex
from replayer.catalog.schema import QualifiedName
from replayer.catalog.view_query import ViewQuery
from replayer.model import Dialect

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store
    from replayer.catalog.schema import OtherObject, Table


def with_columns(store: Store, sql: str) -> str:
    """Return the statement of a view with the columns that are there now in place of each ``*``."""
    head, query = _parts(sql)
    return head + query.expanded(lambda name: _columns(store, name))


def needs_column(store: Store, view: OtherObject, table: Table, column: str) -> bool:
    """Whether a view reads a column of a table; where its text is not understood, names decide."""
    names = names_in(view.statements[0])
    if table.name.name not in names or not (column in names or "*" in names):
        return False
    reads = _parts(view.statements[0])[1].reads(lambda name: _columns(store, name))
    return reads is None or any(
        read.table == table.name and read.column == column for read in reads
    )


def with_renamed_column(
    store: Store, view: OtherObject, table: Table, old: str, new: str
) -> tuple[str, ...]:
    """Return the statements of a view after a rename of a column that is still to be made.

    Notes
    -----
    The view's own columns keep their names, so the statements behind the first one stay.
    """
    text, *others = view.statements
    if table.name.name not in names_in(text):
        return view.statements
    head, query = _parts(text)
    renamed = query.renamed(lambda name: _columns(store, name), table.name, old, new)
    if renamed is None:
        return tuple(rename_in(one, old, new) for one in view.statements)
    return (head + renamed, *others)


def views_on(store: Store, name: QualifiedName) -> list[OtherObject]:
    """Return the views that read a table or a view, those on them included."""
    found: list[OtherObject] = []
    names = {name}
    for view in store.views():
        if view.name not in names and any(_reads(view, read) for read in names):
            found.append(view)
            names.add(view.name)
    return found


def _reads(view: OtherObject, name: QualifiedName) -> bool:
    text = view.statements[0]
    if name.name not in names_in(text):
        return False
    tables = _parts(text)[1].tables()
    return tables is None or name in tables


def drop_view(store: Store, view: OtherObject) -> None:
    """Drop a view, and the indexes that a materialized one has."""
    for text in view.statements[1:]:
        asked = read_statement(text)
        if isinstance(asked, CreateIndex):
            store.put_index_of_view(QualifiedName(view.name.schema, asked.index.name), None)
    if (view.kind, view.name) in store.others:
        store.put_other(view, None)


def _columns(store: Store, name: QualifiedName) -> tuple[str, ...] | None:
    table = store.tables.get(name)
    return None if table is None else tuple(column.name for column in table.columns)


def _parts(sql: str) -> tuple[str, ViewQuery]:
    """Return a ``CREATE VIEW`` up to its ``AS``, and what follows."""
    words = Words(sql)
    depth = at = 0
    for gap, text, upper in zip(words.gaps, words.texts, words.uppers, strict=True):
        at += len(gap) + len(text)
        depth += (text == "(") - (text == ")")
        if upper == "AS" and depth == 0:
            break
    return sql[:at], ViewQuery(sql[at:], Dialect.POSTGRESQL)
