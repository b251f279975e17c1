"""A schema without foreign keys, for servers that have none (Vitess, PlanetScale).

It is what the tables would be had every relation ``db_constraint=False``: the columns stay, and so
do the indexes that the server or Django made for them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from replayer.catalog.sqlite.catalog import SqliteCatalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.model import Statement

# As Django's editor writes it inside of a column. Source: django/db/backends/sqlite3/schema.py,
# ``sql_create_inline_fk``, and base/schema.py, ``_constraint_names`` of a remade table (4.2 on).
_REFERENCE = re.compile(
    r"(?:\s+CONSTRAINT \"[^\"]+\")?\s+REFERENCES \"(?:[^\"]|\"\")+\"\s*\([^)]*\)"
    r"(?: ON (?:DELETE|UPDATE) (?:NO ACTION|SET NULL|SET DEFAULT|\w+))*"
    r"(?: (?:NOT )?DEFERRABLE(?: INITIALLY (?:DEFERRED|IMMEDIATE))?)?",
    re.IGNORECASE,
)


def without_foreign_keys(catalog: Catalog) -> Catalog:
    """Return a catalogue without foreign keys; SQLite's, whose texts hold them, as it is."""
    if isinstance(catalog, SqliteCatalog):
        return catalog
    copy = catalog.copy()
    quote = "`{}`" if catalog.dialect.is_mysql_like else '"{}"'
    verb = "FOREIGN KEY" if catalog.dialect.is_mysql_like else "CONSTRAINT"
    for name, table in catalog.tables.items():
        told = ".".join(quote.format(part) for part in name if part)
        for key in table.foreign_keys:
            copy.execute(f"ALTER TABLE {told} DROP {verb} {quote.format(key.name)}")
    return copy


def without_references(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return SQLite's statements without the references of their columns."""
    return tuple(
        replace(statement, sql=_REFERENCE.sub("", statement.sql))
        if statement.sql.lstrip()[:12].upper() == "CREATE TABLE"
        else statement
        for statement in statements
    )


def drop_constraints(models: Iterable[Any]) -> None:
    """Let the relations of model classes have no constraint; the classes are the caller's own."""
    for model in models:
        meta = model._meta  # noqa: SLF001 - Django's public name
        for field in meta.local_fields:
            if getattr(field, "db_constraint", False):
                field.db_constraint = False
        for field in meta.local_many_to_many:
            through = field.remote_field.through
            if through._meta.auto_created:  # noqa: SLF001 - Django's public name
                drop_constraints([through])
