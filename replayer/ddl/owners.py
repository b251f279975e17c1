"""Whose tables are whose, and the part of a history's schema that some apps own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.ddl.selection import OutsideKeys
from replayer.ddl.tables import rendered_state_models
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.migrations.state import ProjectState

    from replayer.catalog.catalog import Catalog
    from replayer.catalog.schema import QualifiedName
    from replayer.ddl.selection import Selection
    from replayer.model import Statement
    from replayer.replay.record import MigrationRecord

_CREATED = re.compile(
    r"CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?[\"`\[]?(?P<name>[^\s\"`\](]+)", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"(?:\s+CONSTRAINT \"[^\"]+\")?\s+REFERENCES \"(?P<table>[^\"]+)\" \([^)]*\)"
    r"(?: ON (?:DELETE|UPDATE) (?:NO ACTION|SET NULL|SET DEFAULT|\w+))*"
    r"(?: DEFERRABLE INITIALLY (?:DEFERRED|IMMEDIATE))?"
)


def table_owners(records: Sequence[MigrationRecord], state: ProjectState) -> dict[str, str]:
    """Return the app of each table: of its model, else of the migration that made it."""
    owners: dict[str, str] = {}
    for record in records:
        for step in record.steps:
            for sql in step.statements:
                for name in created_tables(sql):
                    owners.setdefault(name, record.key.app_label)
    for model in rendered_state_models(state):
        meta = model._meta  # noqa: SLF001 - Django's public name
        owners[unquoted(meta.db_table)] = meta.app_label
        for relation in meta.local_many_to_many:
            through = relation.remote_field.through._meta  # noqa: SLF001 - Django's public name
            if through.auto_created:
                owners[unquoted(through.db_table)] = meta.app_label
    return owners


def created_tables(sql: str) -> list[str]:
    """Return the names of the tables that a statement makes, unquoted."""
    return [match["name"] for match in _CREATED.finditer(sql)] if "TABLE" in sql.upper() else []


def unquoted(name: str) -> str:
    """Return a ``db_table`` without the quotes that Django lets through."""
    return name.rpartition(".")[2].strip('"`')


def selected_statements(
    catalog: Catalog, owners: dict[str, str], selection: Selection
) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """Return the statements of the chosen apps' tables, and a note for each key that is cut.

    Parameters
    ----------
    catalog
        What the history leaves.
    owners
        The app of each table, by its unquoted name.
    selection
        What is asked for.
    """
    tables = catalog.tables
    chosen = {name for name in tables if selection.has(owners.get(name.name, ""))}
    if selection.outside_keys is OutsideKeys.INCLUDE:
        waiting = list(chosen)
        while waiting:
            for key in tables[waiting.pop()].foreign_keys:
                if key.target in tables and key.target not in chosen:
                    chosen.add(key.target)
                    waiting.append(key.target)
    if catalog.dialect is Dialect.SQLITE:
        return _cut_texts(catalog, chosen)
    return _cut_catalog(catalog, chosen)


def _cut_texts(
    catalog: Catalog, chosen: set[QualifiedName]
) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """Cut SQLite's keys out of its texts: it has no statement that drops one."""
    names = {name.name for name in chosen}
    kept: list[Statement] = []
    notes: list[str] = []
    for statement in catalog.statements():
        if statement.table not in names:
            continue

        def cut(match: re.Match[str], table: str = statement.table) -> str:
            if match["table"] in names:
                return match[0]
            notes.append(_cut_note(table, match["table"]))
            return ""

        kept.append(replace(statement, sql=_REFERENCE.sub(cut, statement.sql)))
    return tuple(kept), tuple(notes)


def _cut_catalog(
    catalog: Catalog, chosen: set[QualifiedName]
) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """Drop what was not chosen from a copy of the catalogue, by DDL."""
    copy = catalog.copy()
    is_mysql = catalog.dialect.is_mysql_like
    quote = "`{}`" if is_mysql else '"{}"'
    verb, cascade = ("FOREIGN KEY", "") if is_mysql else ("CONSTRAINT", " CASCADE")
    written = {
        name: ".".join(quote.format(part) for part in name if part) for name in catalog.tables
    }
    notes: list[str] = []
    for name, table in catalog.tables.items():
        for key in table.foreign_keys:
            if name in chosen and key.target not in chosen:
                notes.append(_cut_note(str(name), str(key.target)))
            if name not in chosen or key.target not in chosen:
                copy.execute(f"ALTER TABLE {written[name]} DROP {verb} {quote.format(key.name)}")
    for name in catalog.tables:
        if name not in chosen:
            copy.execute(f"DROP TABLE {written[name]}{cascade}")
    return copy.statements(), tuple(notes)


def _cut_note(table: str, target: str) -> str:
    return (
        f"a foreign key of {table} leaves the selected apps (to {target}): "
        "its column is printed without the constraint"
    )
