"""Give names and numberings of a real database to a catalogue that holds the same things.

What is changed here are facts that no DDL of the history tells; a statement could not change them
all (MySQL renames no foreign key). Only what is named changes, and only on a copy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from replayer.catalog.lexer import quote
from replayer.catalog.mysql.catalog import MysqlCatalog
from replayer.catalog.postgresql.catalog import PostgresCatalog
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    Identity,
    Index,
    PrimaryKey,
    QualifiedName,
    Table,
    Unique,
)
from replayer.catalog.sqlite.catalog import SqliteCatalog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.catalog.mysql.table import MysqlTable

_INDEX = re.compile(
    r"(CREATE\s+(?:UNIQUE\s+)?INDEX\s+)(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|\w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """A constraint or an index gets another name."""

    table: QualifiedName
    item: Constraint | Index
    """As the catalogue holds it."""
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renumber:
    """A column gets another type or another numbering."""

    table: QualifiedName
    column: str
    type: str
    identity: Identity | None


def renamed(
    catalog: Catalog, renames: Sequence[Rename], renumbers: Sequence[Renumber] = ()
) -> Catalog:
    """Return a catalogue that holds the same under other names.

    Notes
    -----
    Every new name is taken at once, so two things may change names with each other. Numberings are
    PostgreSQL's, types its and MySQL's; SQLite knows neither.
    """
    if not renames and not renumbers:
        return catalog
    if isinstance(catalog, PostgresCatalog):
        return _renamed_postgresql(catalog, renames, renumbers)
    if isinstance(catalog, MysqlCatalog):
        return _renamed_mysql(catalog, renames, renumbers)
    if isinstance(catalog, SqliteCatalog):
        return _renamed_sqlite(catalog, renames)
    raise NotImplementedError(type(catalog).__name__)


def _renamed_postgresql(
    catalog: PostgresCatalog, renames: Sequence[Rename], renumbers: Sequence[Renumber]
) -> PostgresCatalog:
    copied = catalog.copy()
    final = dict(copied.tables)
    for rename in renames:
        final[rename.table] = _with_name(final[rename.table], rename.item, rename.to)
    for renumber in renumbers:
        final[renumber.table] = _with_column(final[renumber.table], renumber)
    changed = {name: table for name, table in final.items() if table is not copied.tables[name]}
    # First out of each other's way: a name is a relation's, of which a schema holds one.
    away: dict[QualifiedName, Table] = {}
    for rename_number, rename in enumerate(renames):
        table = away.get(rename.table, copied.tables[rename.table])
        away[rename.table] = _with_name(table, rename.item, f"replayer {rename_number}")
    for renumber_number, renumber in enumerate(renumbers):
        if renumber.identity is None or renumber.identity.sequence is None:
            continue
        sequence = QualifiedName(renumber.table.schema, f"replayer sequence {renumber_number}")
        identity = replace(renumber.identity, sequence=sequence)
        table = away.get(renumber.table, copied.tables[renumber.table])
        away[renumber.table] = _with_column(table, replace(renumber, identity=identity))
    copied.replace_tables(away)
    copied.replace_tables(changed)
    return copied


def _with_name(table: Table, item: Constraint | Index, name: str) -> Table:
    def other(found: Constraint) -> Constraint:
        return replace(found, name=name) if found is item else found

    def other_index(found: Index) -> Index:
        return replace(found, name=name) if found is item else found

    return replace(
        table,
        constraints=tuple(other(found) for found in table.constraints),
        indexes=tuple(other_index(found) for found in table.indexes),
    )


def _with_column(table: Table, renumber: Renumber) -> Table:
    def other(column: Column) -> Column:
        if column.name != renumber.column:
            return column
        return replace(column, type=renumber.type, identity=renumber.identity)

    return replace(table, columns=tuple(other(column) for column in table.columns))


def _renamed_mysql(
    catalog: MysqlCatalog, renames: Sequence[Rename], renumbers: Sequence[Renumber]
) -> MysqlCatalog:
    copied = catalog.copy()
    changed: dict[str, MysqlTable] = {}
    for rename in renames:
        own = rename.table.name
        table = changed.setdefault(own, copied.schema.tables[own].copy())
        _rename_in_mysql(table, catalog.schema.tables[own], rename)
    for renumber in renumbers:
        own = renumber.table.name
        table = changed.setdefault(own, copied.schema.tables[own].copy())
        table.columns = [
            replace(column, type=renumber.type) if column.name == renumber.column else column
            for column in table.columns
        ]
    for table in changed.values():
        # An index that bears another name than its foreign key has to be written down.
        foreign = {key.name for key in table.foreign_keys}
        table.keys = [
            replace(key, implicit=False) if key.implicit and key.name not in foreign else key
            for key in table.keys
        ]
    copied.schema.replace_tables(changed.values())
    return copied


def _rename_in_mysql(table: MysqlTable, old: MysqlTable, rename: Rename) -> None:
    """Rename in a copy of a table; the places in the lists are those of the table before."""
    name = rename.item.name
    if isinstance(rename.item, ForeignKey):
        for place, foreign_key in enumerate(old.foreign_keys):
            if foreign_key.name == name:
                table.foreign_keys[place] = replace(foreign_key, name=rename.to)
    elif isinstance(rename.item, Check):
        for place, check in enumerate(old.checks):
            if check.name == name:
                table.checks[place] = replace(check, name=rename.to)
    elif isinstance(rename.item, (Index, Unique, PrimaryKey)):
        for place, key in enumerate(old.keys):
            if key.name == name:
                table.keys[place] = replace(key, name=rename.to)


def _renamed_sqlite(catalog: SqliteCatalog, renames: Sequence[Rename]) -> SqliteCatalog:
    names: Mapping[str, str] = {rename.item.name: rename.to for rename in renames}
    made = SqliteCatalog(catalog.facts, prepare=catalog.prepare)
    for row in catalog.rows():
        sql = row.sql
        if row.kind == "index" and row.name in names:
            told = quote(names[row.name])
            sql = _INDEX.sub(lambda match, told=told: f"{match[1]}{told}", sql, count=1)  # type: ignore[misc]  # mypy knows no lambda with a default
        made.execute(sql)
    return made
