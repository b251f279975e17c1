"""Reads a statement of PostgreSQL into what it asks of the schema.

What the grammar does not know becomes :class:`Plain` with the effect OPAQUE and a reason; nothing
is raised, since a text that cannot be read is no fault of the schema's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.catalog import Effect
from replayer.catalog.lexer import string_value
from replayer.catalog.postgresql.alter_reader import read_alter_table
from replayer.catalog.postgresql.blocks import read_do
from replayer.catalog.postgresql.cursor import Cursor, UnreadableError, canonical_type
from replayer.catalog.postgresql.statements import (
    AlterIndexOption,
    AlterOther,
    AlterSequence,
    CommentOn,
    CreateIndex,
    CreateOther,
    CreateTableAs,
    DoBlock,
    Drop,
    Plain,
    PostgresStatement,
    RenameRelation,
    SetSchema,
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
_CLUSTER_WIDE = {"ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SYSTEM", "DEFAULT", "LARGE"}
_KINDS: tuple[tuple[tuple[str, ...], ObjectKind], ...] = (
    (("MATERIALIZED", "VIEW"), ObjectKind.MATERIALIZED_VIEW),
    (("EVENT", "TRIGGER"), ObjectKind.EVENT_TRIGGER),
    (("CONSTRAINT", "TRIGGER"), ObjectKind.TRIGGER),
    (("OPERATOR", "CLASS"), ObjectKind.OPERATOR_CLASS),
    (("OPERATOR", "FAMILY"), ObjectKind.OPERATOR_FAMILY),
    (("TEXT", "SEARCH", "CONFIGURATION"), ObjectKind.TEXT_SEARCH_CONFIGURATION),
    (("TEXT", "SEARCH", "DICTIONARY"), ObjectKind.TEXT_SEARCH_DICTIONARY),
    (("FOREIGN", "TABLE"), ObjectKind.FOREIGN_TABLE),
    (("RECURSIVE", "VIEW"), ObjectKind.VIEW),
    *(
        ((kind.value,), kind)
        for kind in (
            *(ObjectKind.SCHEMA, ObjectKind.EXTENSION, ObjectKind.COLLATION, ObjectKind.TYPE),
            *(ObjectKind.DOMAIN, ObjectKind.SEQUENCE, ObjectKind.FUNCTION, ObjectKind.PROCEDURE),
            *(ObjectKind.AGGREGATE, ObjectKind.OPERATOR, ObjectKind.VIEW, ObjectKind.RULE),
            *(ObjectKind.POLICY, ObjectKind.STATISTICS, ObjectKind.TRIGGER, ObjectKind.SERVER),
            *(ObjectKind.PUBLICATION, ObjectKind.CAST),
        )
    ),
)
_ON_TABLE = {ObjectKind.TRIGGER, ObjectKind.POLICY, ObjectKind.RULE}
_ROUTINES = {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.AGGREGATE}
_MODES = {"IN", "OUT", "INOUT", "VARIADIC"}
_TYPES_OF_TWO_WORDS = {"double", "character", "char", "timestamp", "time", "bit", "interval"}
_FIRST = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*([A-Za-z]+|\()", re.DOTALL)
_VERBS = ("CREATE", "DROP", "ALTER", "ATTACH", "PARTMAN", "EXECUTE")
_WRITES = ("INSERT", "UPDATE", "DELETE", "SETVAL")
_WRITES_ROWS = re.compile(
    r"\bsetval\s*\(|\bINSERT\s+INTO\b|\bDELETE\s+FROM\b|(?<!FOR )\bUPDATE\s+\S+\s+SET\b",
    re.IGNORECASE,
)
_CHANGES_SCHEMA = re.compile(r"\b(?:CREATE|ALTER|DROP|INTO)\b", re.IGNORECASE)
_CALLS_SCHEMA = re.compile(r"\b(?:create|drop|alter|attach|partman|execute)\w*\s*\(", re.IGNORECASE)


def read_statement(sql: str) -> PostgresStatement:
    """Read one statement, without the semicolon at its end."""
    match = _FIRST.match(sql)
    first = match[1].upper() if match is not None else ""
    effect = _EFFECTS.get(first)
    if effect is not None:
        return Plain(effect=effect)
    reader = _READERS.get(first)
    if reader is None:
        plain = _read_query(sql, first)
        return _read_do(sql, plain) if first == "DO" and isinstance(plain, Plain) else plain
    cursor = Cursor(sql)
    cursor.at = 1
    try:
        return reader(cursor)
    except (UnreadableError, IndexError) as error:
        return Plain(effect=Effect.OPAQUE, reason=f"{first} that cannot be read {error}")


def _read_select_into(cursor: Cursor) -> PostgresStatement:
    cursor.expect("SELECT")
    while cursor.next != "INTO":
        if cursor.next == "(":
            cursor.skip_enclosed()
        elif not cursor.next:
            return Plain(effect=Effect.OPAQUE, reason="SELECT INTO")
        else:
            cursor.at += 1
    head = cursor.words.slice(0, cursor.at)
    cursor.expect("INTO")
    is_temporary = cursor.take("TEMP") or cursor.take("TEMPORARY")
    options = "UNLOGGED" if cursor.take("UNLOGGED") else ""
    cursor.take("TABLE")
    name = cursor.qualified()
    if is_temporary:
        return Plain(effect=Effect.SESSION, makes=name)
    query = f"{head} {cursor.rest()}" if cursor.next else head
    return CreateTableAs(name=name, query=query, options=options)


def _read_query(sql: str, first: str) -> PostgresStatement:
    """Tell a query from a statement that only the server can judge."""
    if first in {"SELECT", "WITH", "("}:
        upper = sql.upper()
        if first == "SELECT" and "INTO" in upper and "INTO" in Cursor(sql).uppers:
            return _read_select_into(Cursor(sql))
        if any(verb in upper for verb in _VERBS) and _CALLS_SCHEMA.search(sql):
            return Plain(effect=Effect.OPAQUE, reason="a function that may change the schema")
        writes = any(verb in upper for verb in _WRITES) and _WRITES_ROWS.search(sql)
        return Plain(effect=Effect.DATA if writes else Effect.QUERY)
    if first in {"DO", "CALL", "EXECUTE"}:
        reason = f"{first}: what it does is decided when it runs"
        if first == "DO" and not _CHANGES_SCHEMA.search(sql) and "EXECUTE" not in sql.upper():
            return Plain(effect=Effect.DATA, reason=reason)
        return Plain(effect=Effect.OPAQUE, reason=reason)
    return Plain(effect=Effect.OPAQUE, reason=f"unknown statement {first or 'without words'}")


def _read_do(sql: str, plain: Plain) -> PostgresStatement:
    if plain.effect is not Effect.OPAQUE:
        return plain
    cursor = Cursor(sql)
    cursor.at = 1
    try:
        return DoBlock(block=read_do(cursor), otherwise=plain)
    except (UnreadableError, IndexError, ValueError):
        return plain


def on_table(name: str, table: QualifiedName) -> QualifiedName:
    """Return the name under which a trigger, a policy or a rule is known."""
    return QualifiedName(table.schema, f"{name} ON {table.name}")


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
    if cursor.next in _CLUSTER_WIDE:
        return Plain(effect=Effect.SESSION)
    cursor.take("TRUSTED") or cursor.take("DEFAULT")
    kind = _read_kind(cursor)
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    owner = None
    depends = None
    if kind in _ON_TABLE:
        own = cursor.name()
        depends = _find_table(cursor, kind)
        name = on_table(own, depends)
    elif kind in _ROUTINES:
        name = _read_routine(cursor)
    elif kind in {ObjectKind.OPERATOR, ObjectKind.CAST}:
        name = QualifiedName("", _up_to_parenthesis(cursor, kind))
    elif kind is ObjectKind.SCHEMA:
        name = QualifiedName("", cursor.name())
        if cursor.next not in {"", "AUTHORIZATION"}:
            raise cursor.unreadable()
    else:
        name = cursor.qualified()
    if kind is ObjectKind.SEQUENCE:
        owner = _find_owner(cursor)
    if kind is ObjectKind.EXTENSION:
        name = QualifiedName("", name.name)
    if temporary:
        return Plain(effect=Effect.SESSION, makes=name)
    made = OtherObject(kind=kind, name=name, statements=(cursor.sql.strip(),), depends=depends)
    return CreateOther(made=made, replace=replaces, if_not_exists=if_not_exists, owner=owner)


def _read_kind(cursor: Cursor) -> ObjectKind:
    for words, kind in _KINDS:
        if cursor.take(*words):
            return kind
    raise cursor.unreadable()


def _find_table(cursor: Cursor, kind: ObjectKind) -> QualifiedName:
    """Go on to the table of a trigger, a policy or a rule."""
    word = "TO" if kind is ObjectKind.RULE else "ON"
    while cursor.next != word:
        cursor.word()
    cursor.word()
    return cursor.qualified()


def _find_owner(cursor: Cursor) -> tuple[QualifiedName, str] | None:
    """Find ``OWNED BY table.column`` in what is left."""
    while cursor.next:
        if cursor.take("OWNED", "BY"):
            return None if cursor.take("NONE") else _read_owner(cursor)
        cursor.at += 1
    return None


def _read_owner(cursor: Cursor) -> tuple[QualifiedName, str]:
    parts = [cursor.name()]
    while cursor.take("."):
        parts.append(cursor.name())
    if len(parts) < 2:
        raise cursor.unreadable()
    schema = parts[-3] if len(parts) > 2 else ""
    return QualifiedName("" if schema == "public" else schema, parts[-2]), parts[-1]


def _read_routine(cursor: Cursor) -> QualifiedName:
    """Read a routine's name and the types of its arguments, which are part of the name."""
    name = cursor.qualified()
    if cursor.next != "(":
        return name
    inner = cursor.enclosed()
    types = [_argument_type(part) for part in _split_arguments(inner)]
    return QualifiedName(name.schema, f"{name.name}({', '.join(t for t in types if t)})")


def _split_arguments(text: str) -> list[str]:
    if not text or text == "*":
        return []
    cursor = Cursor(text)
    parts = [cursor.expression()]
    while cursor.take(","):
        parts.append(cursor.expression())
    return parts


def _argument_type(text: str) -> str:
    """Return the type in an argument's declaration; empty for one that is only given back.

    Notes
    -----
    The mode stands before the name or after it, and no name is one; source: PostgreSQL's
    ``func_arg`` (src/backend/parser/gram.y).
    """
    text = re.split(r"\bDEFAULT\b|=", text, maxsplit=1, flags=re.IGNORECASE)[0].strip()
    declared = text.split()
    modes = {word.upper() for word in declared} & _MODES
    if modes == {"OUT"} or declared[0].upper() == "TABLE":
        return ""
    words = [word for word in declared if word.upper() not in _MODES]
    if len(words) > 1 and words[0].lower().partition("(")[0] not in _TYPES_OF_TWO_WORDS:
        del words[0]
    kind = canonical_type(Cursor(" ".join(words)).type())
    return re.sub(r"\([\d,]*\)", "", kind)


def _up_to_parenthesis(cursor: Cursor, kind: ObjectKind) -> str:
    first = cursor.at
    if kind is ObjectKind.CAST:
        return cursor.enclosed()
    while cursor.next not in {"(", ""}:
        cursor.at += 1
    return cursor.words.slice(first, cursor.at)


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
    if cursor.next in _CLUSTER_WIDE or cursor.next == "OWNED":
        return Plain(effect=Effect.SESSION)
    kind: ObjectKind | str = cursor.next
    if kind in {"TABLE", "INDEX", "ROUTINE"}:
        cursor.word()
        kind = ObjectKind.FUNCTION if kind == "ROUTINE" else kind
    else:
        kind = _read_kind(cursor)
    cursor.take("CONCURRENTLY")
    if_exists = cursor.take("IF", "EXISTS")
    names: list[QualifiedName] = []
    table = None
    while True:
        if kind in _ROUTINES:
            names.append(_read_routine(cursor))
        elif kind in {ObjectKind.OPERATOR, ObjectKind.CAST} and isinstance(kind, ObjectKind):
            names.append(QualifiedName("", _up_to_parenthesis(cursor, kind)))
            if cursor.next == "(":
                cursor.skip_enclosed()
        else:
            names.append(cursor.qualified())
        if not cursor.take(","):
            break
    if kind in _ON_TABLE:
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


def _read_alter(cursor: Cursor) -> PostgresStatement:  # noqa: C901 - as the grammar is
    if cursor.next in _CLUSTER_WIDE:
        return Plain(effect=Effect.SESSION)
    if cursor.take("TABLE"):
        if cursor.sees("ALL", "IN", "TABLESPACE"):
            return Plain(effect=Effect.SESSION)
        return read_alter_table(cursor, "TABLE")
    if cursor.take("INDEX"):
        return _read_alter_index(cursor)
    kind = _read_kind(cursor)
    if kind in {ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE}:
        return _read_alter_relation(cursor, kind)
    if_exists = cursor.take("IF", "EXISTS")
    if kind is ObjectKind.SEQUENCE:
        return _read_alter_sequence(cursor, if_exists=if_exists)
    table = None
    if kind in _ROUTINES:
        name = _read_routine(cursor)
    elif kind in {ObjectKind.OPERATOR, ObjectKind.CAST}:
        name = QualifiedName("", _up_to_parenthesis(cursor, kind))
    elif kind in _ON_TABLE:
        own = cursor.name()
        cursor.expect("ON")
        table = cursor.qualified()
        name = on_table(own, table)
    else:
        name = cursor.qualified()
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind=kind.value, name=name, schema=cursor.name(), if_exists=if_exists)
    if cursor.take("OWNER", "TO"):
        return Plain(effect=Effect.SESSION)
    rename = cursor.name() if cursor.take("RENAME", "TO") else None
    return AlterOther(
        kind=kind,
        name=name,
        sql=cursor.sql.strip(),
        table=table,
        rename_to=rename,
        if_exists=if_exists,
    )


def _read_alter_relation(cursor: Cursor, kind: ObjectKind) -> PostgresStatement:
    if_exists = cursor.take("IF", "EXISTS")
    name = cursor.qualified()
    if cursor.take("RENAME", "TO"):
        return RenameRelation(kind=kind.value, name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind=kind.value, name=name, schema=cursor.name(), if_exists=if_exists)
    if cursor.take("OWNER", "TO"):
        return Plain(effect=Effect.SESSION)
    return AlterOther(kind=kind, name=name, sql=cursor.sql.strip(), if_exists=if_exists)


def _read_alter_index(cursor: Cursor) -> PostgresStatement:
    if_exists = cursor.take("IF", "EXISTS")
    name = cursor.qualified()
    if cursor.take("RENAME", "TO"):
        return RenameRelation(kind="INDEX", name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("ATTACH", "PARTITION"):
        # Which index of a partition is whose is told by what they are indexes on.
        return Plain(effect=Effect.SCHEMA)
    return AlterIndexOption(name=name, text=cursor.rest().rstrip("; "), if_exists=if_exists)


def _read_alter_sequence(cursor: Cursor, *, if_exists: bool) -> PostgresStatement:
    name = cursor.qualified()
    if cursor.take("RENAME", "TO"):
        return RenameRelation(kind="SEQUENCE", name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind="SEQUENCE", name=name, schema=cursor.name(), if_exists=if_exists)
    kind = owner = None
    disown = False
    restart_only = True
    while cursor.next not in {"", ";"}:
        if cursor.take("AS"):
            kind = canonical_type(cursor.type())
        elif cursor.take("OWNED", "BY"):
            disown = cursor.take("NONE")
            owner = None if disown else _read_owner(cursor)
        elif cursor.take("RESTART") or cursor.take("OWNER", "TO"):
            cursor.take("WITH")
            if cursor.next:
                cursor.word()
        else:
            restart_only = False
            cursor.word()
    return AlterSequence(
        name=name,
        sql=cursor.sql.strip(),
        type=kind,
        owner=owner,
        disown=disown,
        restart_only=restart_only,
        if_exists=if_exists,
    )


def _read_comment(cursor: Cursor) -> PostgresStatement:
    cursor.expect("ON")
    part: str | None = None
    kind: str = cursor.next
    if kind in _CLUSTER_WIDE:
        return Plain(effect=Effect.SESSION)
    if kind in {"TABLE", "INDEX", "COLUMN", "CONSTRAINT"}:
        cursor.word()
        if kind == "COLUMN":
            name, part = _read_owner(cursor)
        elif kind == "CONSTRAINT":
            part = cursor.name()
            cursor.expect("ON")
            name = cursor.qualified()
        else:
            name = cursor.qualified()
    else:
        other = _read_kind(cursor)
        kind = other.value
        if other in _ROUTINES:
            name = _read_routine(cursor)
        elif other in _ON_TABLE:
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
    "ALTER": _read_alter,
    "COMMENT": _read_comment,
}
