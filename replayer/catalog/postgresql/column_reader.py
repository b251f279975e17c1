"""Reads the columns of PostgreSQL's tables.

Source: PostgreSQL, src/backend/parser/gram.y; the templates of
django/db/backends/postgresql/schema.py and django/contrib/postgres (4.2 to 6.1).
"""

from __future__ import annotations

from dataclasses import replace

from replayer.catalog.postgresql.actions import ColumnSpec
from replayer.catalog.postgresql.constraint_reader import (
    read_attributes,
    read_nulls_distinct,
    read_reference,
)
from replayer.catalog.postgresql.cursor import Cursor
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Generated,
    Identity,
    IdentityKind,
    PrimaryKey,
    Unique,
)

_SERIALS = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
_COLUMN_STOPS = frozenset(
    {
        *("NOT", "NULL", "DEFAULT", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES"),
        *("GENERATED", "COLLATE", "DEFERRABLE", "INITIALLY"),
    }
)


def read_column(cursor: Cursor) -> ColumnSpec:
    """Read the definition of a column."""
    name = cursor.name()
    kind = cursor.type()
    column = Column(name=name, type=kind)
    if kind in _SERIALS:
        column = Column(
            name=name,
            type=_SERIALS[kind],
            null=False,
            identity=Identity(kind=IdentityKind.SERIAL),
        )
    constraints: list[Constraint] = []
    while cursor.next not in {",", ")", "", ";"}:
        column = _read_column_part(cursor, column, constraints)
    return ColumnSpec(column=column, constraints=tuple(constraints))


def _read_column_part(  # noqa: C901 - as the grammar is
    cursor: Cursor, column: Column, constraints: list[Constraint]
) -> Column:
    """Read one constraint of a column, or one of its other parts."""
    named = cursor.name() if cursor.take("CONSTRAINT") else ""
    if cursor.take("NOT", "NULL"):
        cursor.take("NO", "INHERIT")
        return replace(column, null=False)
    if cursor.take("NULL"):
        return column
    if cursor.take("DEFAULT"):
        default = cursor.expression(_COLUMN_STOPS)
        return replace(column, default=kept_default(default, column.type))
    if cursor.take("COLLATE"):
        return replace(column, collation=cursor.collation())
    if cursor.take("GENERATED"):
        return read_generated(cursor, column)
    if cursor.next in {"STORAGE", "COMPRESSION"}:
        text = f"SET {cursor.word()} {cursor.word()}"
        return replace(column, options=f"{column.options}\n{text}".strip())
    constraint: Constraint
    if cursor.next == "REFERENCES":
        constraint = read_reference(cursor, named, (column.name,))
    elif cursor.take("PRIMARY", "KEY"):
        constraint = PrimaryKey(name=named, columns=(column.name,))
    elif cursor.take("UNIQUE"):
        constraint = Unique(
            name=named, columns=(column.name,), nulls_distinct=read_nulls_distinct(cursor)
        )
    elif cursor.take("CHECK"):
        constraint = Check(name=named, expression=cursor.enclosed())
    else:
        raise cursor.unreadable()
    constraints.append(read_attributes(cursor, constraint))
    return column


def kept_default(default: str | None, kind: str) -> str | None:
    """Return what the server keeps of a default: NULL only where the type has a modifier.

    Notes
    -----
    ``cookDefault`` coerces to the column's type, and drops the default if a bare NULL is left; a
    modifier's coercion is a cast that stays.
    """
    if default is None or default.upper() != "NULL":
        return default
    return "NULL" if "(" in kind else None


def read_generated(cursor: Cursor, column: Column) -> Column:
    """Read what stands behind GENERATED: a numbering or an expression."""
    if cursor.take("BY", "DEFAULT"):
        kind = IdentityKind.BY_DEFAULT
    else:
        cursor.expect("ALWAYS")
        kind = IdentityKind.ALWAYS
    cursor.expect("AS")
    if cursor.take("IDENTITY"):
        return replace(column, null=False, identity=_read_identity(cursor, kind))
    expression = cursor.enclosed()
    stored = cursor.take("STORED") or (not cursor.take("VIRTUAL") and False)
    return replace(column, generated=Generated(expression=expression, stored=stored))


def _read_identity(cursor: Cursor, kind: IdentityKind) -> Identity:
    sequence = None
    options = ""
    if cursor.next == "(":
        inner = Cursor(cursor.enclosed())
        while inner.next:
            if inner.take("SEQUENCE", "NAME"):
                sequence = inner.qualified()
            else:
                options += f" {inner.word()}"
    return Identity(kind=kind, sequence=sequence, options=options.strip())
