"""Reads what a statement of PostgreSQL names: the kind of an object, and the name it is known by.

A routine is known by its name and the types of its arguments, a trigger, a policy or a rule by its
name and its table, a cast and an operator by their text.
"""

from __future__ import annotations

import re

from replayer.catalog.postgresql.cursor import Cursor, canonical_type
from replayer.catalog.schema import ObjectKind, QualifiedName

CLUSTER_WIDE = {"ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE", "SYSTEM", "DEFAULT", "LARGE"}
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
ON_TABLE = {ObjectKind.TRIGGER, ObjectKind.POLICY, ObjectKind.RULE}
ROUTINES = {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.AGGREGATE}
_MODES = {"IN", "OUT", "INOUT", "VARIADIC"}
_TYPES_OF_TWO_WORDS = {"double", "character", "char", "timestamp", "time", "bit", "interval"}


def on_table(name: str, table: QualifiedName) -> QualifiedName:
    """Return the name under which a trigger, a policy or a rule is known."""
    return QualifiedName(table.schema, f"{name} ON {table.name}")


def read_kind(cursor: Cursor) -> ObjectKind:
    """Read the words that name a kind of object."""
    for words, kind in _KINDS:
        if cursor.take(*words):
            return kind
    raise cursor.unreadable()


def find_table(cursor: Cursor, kind: ObjectKind) -> QualifiedName:
    """Go on to the table of a trigger, a policy or a rule."""
    word = "TO" if kind is ObjectKind.RULE else "ON"
    while cursor.next != word:
        cursor.word()
    cursor.word()
    return cursor.qualified()


def find_owner(cursor: Cursor) -> tuple[QualifiedName, str] | None:
    """Find ``OWNED BY table.column`` in what is left."""
    while cursor.next:
        if cursor.take("OWNED", "BY"):
            return None if cursor.take("NONE") else read_owner(cursor)
        cursor.at += 1
    return None


def read_owner(cursor: Cursor) -> tuple[QualifiedName, str]:
    """Read the table and the column that own a sequence."""
    parts = [cursor.name()]
    while cursor.take("."):
        parts.append(cursor.name())
    if len(parts) < 2:
        raise cursor.unreadable()
    schema = parts[-3] if len(parts) > 2 else ""
    return QualifiedName("" if schema == "public" else schema, parts[-2]), parts[-1]


def read_routine(cursor: Cursor) -> QualifiedName:
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


def read_up_to_parenthesis(cursor: Cursor, kind: ObjectKind) -> str:
    """Read an operator, or the two types of a cast, as the text it is known by."""
    first = cursor.at
    if kind is ObjectKind.CAST:
        return cursor.enclosed()
    while cursor.next not in {"(", ""}:
        cursor.at += 1
    return cursor.words.slice(first, cursor.at)
