"""Reads a statement of PostgreSQL into what it asks of the schema.

What the grammar does not know becomes :class:`Plain` with the effect OPAQUE and a reason; nothing
is raised, since a text that cannot be read is no fault of the schema's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.catalog import Effect
from replayer.catalog.lexer import string_value
from replayer.catalog.postgresql.alter_reader import read_alter
from replayer.catalog.postgresql.cursor import Cursor, UnreadableError
from replayer.catalog.postgresql.object_reader import (
    CLUSTER_WIDE,
    ON_TABLE,
    ROUTINES,
    find_owner,
    find_table,
    on_table,
    read_kind,
    read_owner,
    read_routine,
    read_up_to_parenthesis,
)
from replayer.catalog.postgresql.query_reader import read_do_block, read_query
from replayer.catalog.postgresql.statements import (
    CommentOn,
    CreateIndex,
    CreateOther,
    Drop,
    Plain,
    PostgresStatement,
)
from replayer.catalog.postgresql.table_reader import read_create_table
from replayer.catalog.schema import Index, ObjectKind, OtherObject, QualifiedName

if TYPE_CHECKING:
    from collections.abc import Callable

_EFFECTS = {
    **dict.fromkeys(
        ("SET", "RESET", "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT"),
        Effect.SESSION,
    ),
    **dict.fromkeys(
        ("RELEASE", "LOCK", "ANALYZE", "VACUUM", "REINDEX", "CLUSTER", "CHECKPOINT", "DISCARD"),
        Effect.SESSION,
    ),
    **dict.fromkeys(
        ("GRANT", "REVOKE", "NOTIFY", "LISTEN", "UNLISTEN", "DEALLOCATE", "PREPARE", "DECLARE"),
        Effect.SESSION,
    ),
    **dict.fromkeys(("FETCH", "CLOSE", "MOVE", "LOAD", "SECURITY", "REASSIGN"), Effect.SESSION),
    **dict.fromkeys(("SHOW", "EXPLAIN", "VALUES", "TABLE"), Effect.QUERY),
    **dict.fromkeys(
        ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE", "REFRESH"), Effect.DATA
    ),
}
_SEARCH_PATH = re.compile(
    r"SET\s+(?:(?:SESSION|LOCAL)\s+)?(?:SEARCH_PATH\s*(?:=|\bTO\b)|SCHEMA\b)\s*(?P<first>[^,;]*)",
    re.IGNORECASE,
)
_USUAL_SCHEMAS = {"public", "$user", "pg_catalog", "default", ""}
_FIRST = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*([A-Za-z]+|\()", re.DOTALL)


def read_statement(sql: str) -> PostgresStatement:
    """Read one statement, without the semicolon at its end."""
    match = _FIRST.match(sql)
    first = match[1].upper() if match is not None else ""
    effect = _EFFECTS.get(first)
    if effect is not None:
        return _read_set(sql) if first == "SET" else Plain(effect=effect)
    reader = _READERS.get(first)
    if reader is None:
        plain = read_query(sql, first)
        return read_do_block(sql, plain) if first == "DO" and isinstance(plain, Plain) else plain
    cursor = Cursor(sql)
    cursor.at = 1
    try:
        return reader(cursor)
    except (UnreadableError, IndexError) as error:
        return Plain(effect=Effect.OPAQUE, reason=f"{first} that cannot be read {error}")


def _read_set(sql: str) -> Plain:
    """Read ``SET``: names without a schema are those of another one after some of them."""
    match = _SEARCH_PATH.search(sql)
    if match is None or match["first"].strip().strip("'\"").lower() in _USUAL_SCHEMAS:
        return Plain(effect=Effect.SESSION)
    return Plain(effect=Effect.OPAQUE, reason="another search_path")


def _read_create(cursor: Cursor) -> PostgresStatement:  # noqa: C901 - as the grammar is
    replaces = cursor.take("OR", "REPLACE")
    cursor.take("GLOBAL") or cursor.take("LOCAL")
    temporary = cursor.take("TEMP") or cursor.take("TEMPORARY")
    unlogged = cursor.take("UNLOGGED")
    if cursor.take("TABLE"):
        return read_create_table(cursor, temporary=temporary, unlogged=unlogged)
    unique = cursor.take("UNIQUE")
    if cursor.take("INDEX"):
        return _read_create_index(cursor, unique=unique)
    if cursor.next in CLUSTER_WIDE:
        return Plain(effect=Effect.SESSION)
    cursor.take("TRUSTED") or cursor.take("DEFAULT")
    kind = read_kind(cursor)
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    owner = None
    depends = None
    if kind in ON_TABLE:
        own = cursor.name()
        depends = find_table(cursor, kind)
        name = on_table(own, depends)
    elif kind in ROUTINES:
        name = read_routine(cursor)
    elif kind in {ObjectKind.OPERATOR, ObjectKind.CAST}:
        name = QualifiedName("", read_up_to_parenthesis(cursor, kind))
    elif kind is ObjectKind.SCHEMA:
        name = QualifiedName("", cursor.name())
        if cursor.next not in {"", "AUTHORIZATION"}:
            raise cursor.unreadable()
    else:
        name = cursor.qualified()
    if kind is ObjectKind.SEQUENCE:
        owner = find_owner(cursor)
    if kind is ObjectKind.EXTENSION:
        name = QualifiedName("", name.name)
    if temporary:
        return Plain(effect=Effect.SESSION, makes=name)
    made = OtherObject(kind=kind, name=name, statements=(cursor.sql.strip(),), depends=depends)
    return CreateOther(made=made, replace=replaces, if_not_exists=if_not_exists, owner=owner)


def _read_create_index(cursor: Cursor, *, unique: bool) -> PostgresStatement:
    cursor.take("CONCURRENTLY")
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = "" if cursor.next == "ON" else cursor.name()
    cursor.expect("ON")
    only = cursor.take("ONLY")
    table = cursor.qualified()
    method = cursor.name() if cursor.take("USING") else "btree"
    elements = cursor.elements()
    include = cursor.names() if cursor.take("INCLUDE") else ()
    distinct = not cursor.take("NULLS", "NOT", "DISTINCT")
    cursor.take("NULLS", "DISTINCT")
    options = []
    if cursor.take("WITH"):
        options.append(f"WITH ({cursor.enclosed()})")
    if cursor.take("TABLESPACE"):
        options.append(f"TABLESPACE {cursor.texts[cursor.at]}")
        cursor.name()
    predicate = cursor.expression() if cursor.take("WHERE") else None
    cursor.end()
    index = Index(
        name=name,
        elements=elements,
        unique=unique,
        method=method,
        include=include,
        predicate=predicate,
        nulls_distinct=distinct,
        options=" ".join(options),
    )
    return CreateIndex(table=table, index=index, if_not_exists=if_not_exists, only=only)


def _read_drop(cursor: Cursor) -> PostgresStatement:
    if cursor.next in CLUSTER_WIDE or cursor.next == "OWNED":
        return Plain(effect=Effect.SESSION)
    kind: ObjectKind | str = cursor.next
    if kind in {"TABLE", "INDEX", "ROUTINE"}:
        cursor.word()
        kind = ObjectKind.FUNCTION if kind == "ROUTINE" else kind
    else:
        kind = read_kind(cursor)
    cursor.take("CONCURRENTLY")
    if_exists = cursor.take("IF", "EXISTS")
    names: list[QualifiedName] = []
    table = None
    while True:
        if kind in ROUTINES:
            names.append(read_routine(cursor))
        elif kind in {ObjectKind.OPERATOR, ObjectKind.CAST} and isinstance(kind, ObjectKind):
            names.append(QualifiedName("", read_up_to_parenthesis(cursor, kind)))
            if cursor.next == "(":
                cursor.skip_enclosed()
        else:
            names.append(cursor.qualified())
        if not cursor.take(","):
            break
    if kind in ON_TABLE:
        cursor.expect("ON")
        table = cursor.qualified()
        names = [on_table(names[0].name, table)]
    if kind in {ObjectKind.OPERATOR_CLASS, ObjectKind.OPERATOR_FAMILY}:
        cursor.expect("USING")
        cursor.name()
    cascade = cursor.take("CASCADE")
    cursor.take("RESTRICT")
    cursor.end()
    return Drop(kind=kind, names=tuple(names), table=table, if_exists=if_exists, cascade=cascade)


def _read_comment(cursor: Cursor) -> PostgresStatement:
    cursor.expect("ON")
    part: str | None = None
    kind: str = cursor.next
    if kind in CLUSTER_WIDE:
        return Plain(effect=Effect.SESSION)
    if kind in {"TABLE", "INDEX", "COLUMN", "CONSTRAINT"}:
        cursor.word()
        if kind == "COLUMN":
            name, part = read_owner(cursor)
        elif kind == "CONSTRAINT":
            part = cursor.name()
            cursor.expect("ON")
            name = cursor.qualified()
        else:
            name = cursor.qualified()
    else:
        other = read_kind(cursor)
        kind = other.value
        if other in ROUTINES:
            name = read_routine(cursor)
        elif other in ON_TABLE:
            part = cursor.name()
            cursor.expect("ON")
            name = cursor.qualified()
        else:
            name = cursor.qualified()
    cursor.expect("IS")
    comment = None if cursor.take("NULL") else string_value(cursor.texts[cursor.at])
    return CommentOn(kind=kind, name=name, part=part, comment=comment or None)


_READERS: dict[str, Callable[[Cursor], PostgresStatement]] = {
    "CREATE": _read_create,
    "DROP": _read_drop,
    "ALTER": read_alter,
    "COMMENT": _read_comment,
}
