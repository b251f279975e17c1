"""Reads the constraints of PostgreSQL's tables, told with a column or apart.

Source: PostgreSQL, src/backend/parser/gram.y; the templates of
django/db/backends/postgresql/schema.py and django/contrib/postgres (4.2 to 6.1).
"""

from __future__ import annotations

from dataclasses import replace

from replayer.catalog.postgresql.cursor import Cursor, UnreadableError
from replayer.catalog.schema import (
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    PrimaryKey,
    Unique,
)

TABLE_CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"}


def read_nulls_distinct(cursor: Cursor) -> bool:
    """Read whether NULLs differ from each other, as they do where nothing is told."""
    if cursor.take("NULLS", "NOT", "DISTINCT"):
        return False
    cursor.take("NULLS", "DISTINCT")
    return True


def read_table_constraint(cursor: Cursor) -> tuple[Constraint, str | None]:
    """Read a constraint of a table; the second is the index that ``USING INDEX`` names."""
    named = cursor.name() if cursor.take("CONSTRAINT") else ""
    constraint: Constraint
    if cursor.take("PRIMARY", "KEY"):
        if cursor.take("USING", "INDEX"):
            index = cursor.name()
            return read_attributes(cursor, PrimaryKey(name=named, columns=())), index
        constraint = PrimaryKey(name=named, columns=cursor.names())
    elif cursor.take("UNIQUE"):
        if cursor.take("USING", "INDEX"):
            index = cursor.name()
            return read_attributes(cursor, Unique(name=named, columns=())), index
        nulls_distinct = read_nulls_distinct(cursor)
        constraint = Unique(name=named, columns=cursor.names(), nulls_distinct=nulls_distinct)
    elif cursor.take("FOREIGN", "KEY"):
        constraint = read_reference(cursor, named, cursor.names())
    elif cursor.take("CHECK"):
        constraint = Check(name=named, expression=cursor.enclosed())
    elif cursor.take("EXCLUDE"):
        method = cursor.name() if cursor.take("USING") else "btree"
        elements = cursor.elements(with_operator=True)
        constraint = Exclusion(name=named, method=method, elements=elements)
    else:
        raise cursor.unreadable()
    return read_attributes(cursor, constraint), None


def read_reference(cursor: Cursor, name: str, columns: tuple[str, ...]) -> ForeignKey:
    """Read what stands behind the columns of a foreign key, and what it does on changes."""
    cursor.expect("REFERENCES")
    target = cursor.qualified()
    target_columns = cursor.names() if cursor.next == "(" else ()
    found = ForeignKey(name=name, columns=columns, target=target, target_columns=target_columns)
    while True:
        if cursor.take("MATCH"):
            found = replace(found, match=cursor.word())
        elif cursor.take("ON", "DELETE"):
            found = replace(found, on_delete=_read_reaction(cursor))
        elif cursor.take("ON", "UPDATE"):
            found = replace(found, on_update=_read_reaction(cursor))
        else:
            return found


def _read_reaction(cursor: Cursor) -> str:
    first = cursor.word()
    if first in {"NO", "SET"}:
        first += f" {cursor.word()}"
    if cursor.next == "(":
        first += f" ({cursor.enclosed()})"
    return first


def read_attributes(  # noqa: C901, PLR0912 - as the grammar is
    cursor: Cursor, constraint: Constraint
) -> Constraint:
    """Read what may stand behind a constraint."""
    changes: dict[str, object] = {}
    options: list[str] = []
    while True:
        if cursor.take("INCLUDE"):
            changes["include"] = cursor.names()
        elif cursor.sees("WITH", "("):
            cursor.word()
            options.append(f"WITH ({cursor.enclosed()})")
        elif cursor.take("USING", "INDEX", "TABLESPACE"):
            options.append(f"USING INDEX TABLESPACE {cursor.texts[cursor.at]}")
            cursor.name()
        elif isinstance(constraint, Exclusion) and cursor.take("WHERE"):
            changes["predicate"] = cursor.enclosed()
        elif cursor.take("NOT", "DEFERRABLE"):
            changes["deferrable"] = False
        elif cursor.take("DEFERRABLE"):
            changes["deferrable"] = True
        elif cursor.take("INITIALLY", "DEFERRED"):
            changes["deferrable"] = changes["initially_deferred"] = True
        elif cursor.take("INITIALLY", "IMMEDIATE"):
            pass
        elif cursor.take("NOT", "VALID"):
            changes["validated"] = False
        elif isinstance(constraint, Check) and cursor.take("NO", "INHERIT"):
            changes["no_inherit"] = True
        elif cursor.take("NOT", "ENFORCED"):
            changes["enforced"] = False
        elif not cursor.take("ENFORCED"):
            break
    if options:
        changes["options"] = " ".join(options)
    if not changes:
        return constraint
    try:
        return replace(constraint, **changes)  # type: ignore[arg-type]
    except TypeError as error:  # an attribute that this kind of constraint cannot have
        raise UnreadableError(str(error)) from error
