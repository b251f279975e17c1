"""The names that PostgreSQL gives to what a statement leaves unnamed.

Source: PostgreSQL 15, src/backend/commands/indexcmds.c (``makeObjectName``, ``ChooseRelationName``,
``ChooseIndexName``, ``ChooseIndexNameAddition``, ``ChooseIndexColumnNames``),
src/backend/catalog/pg_constraint.c (``ChooseConstraintName``), src/backend/commands/tablecmds.c
(``ChooseForeignKeyConstraintNameAddition``), src/backend/parser/parse_target.c
(``FigureIndexColname``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.lexer import Words, is_name, quote, unquote
from replayer.catalog.schema import IndexElement, QualifiedName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_BYTES = 63
"""``NAMEDATALEN - 1``."""
_LITERAL = re.compile(r"(?:TRUE|FALSE|NULL)\Z", re.IGNORECASE)


def clip(name: str, size: int = MAX_BYTES) -> str:
    """Cut a name to a number of bytes without cutting a character in two (``pg_mbcliplen``)."""
    raw = name.encode()
    return name if len(raw) <= size else raw[:size].decode(errors="ignore")


def object_name(first: str, second: str, label: str) -> str:
    """Join the parts with underscores, the longer part cut first (``makeObjectName``)."""
    overhead = (1 if second else 0) + (len(label) + 1 if label else 0)
    available = MAX_BYTES - overhead
    first_size, second_size = len(first.encode()), len(second.encode())
    while first_size + second_size > available:
        if first_size > second_size:
            first_size -= 1
        else:
            second_size -= 1
    parts = [clip(first, first_size)]
    if second:
        parts.append(clip(second, second_size))
    if label:
        parts.append(label)
    return "_".join(parts)


def choose(first: str, second: str, label: str, is_taken: Callable[[str], bool]) -> str:
    """Return the first name of the row ``label``, ``label1``, ``label2`` that is free."""
    name = object_name(first, second, label)
    number = 0
    while is_taken(name):
        number += 1
        name = object_name(first, second, f"{label}{number}")
    return name


def addition(columns: Iterable[str]) -> str:
    """Join column names for the middle of a name (``ChooseIndexNameAddition``)."""
    found = ""
    for column in columns:
        if found:
            found += "_"
        found += column
        if len(found.encode()) > MAX_BYTES:
            break
    return found


def index_columns(elements: Iterable[IndexElement], include: Iterable[str] = ()) -> list[str]:
    """Name the columns of an index, each once (``ChooseIndexColumnNames``)."""
    found: list[str] = []
    names = [
        item.column if item.column is not None else expression_name(item.expression or "")
        for item in elements
    ]
    for origin in (*names, *include):
        name = origin
        number = 0
        while name in found:
            number += 1
            name = clip(origin, MAX_BYTES - len(str(number))) + str(number)
        found.append(name)
    return found


def expression_name(expression: str) -> str:
    """Name an expression after its function or its column (``FigureIndexColname``)."""
    words = Words(expression)
    texts = words.texts
    at = 0
    name = ""
    while is_name(texts[at]):
        name = unquote(texts[at])
        at += 1
        if texts[at] != ".":
            break
        at += 1
    if not name or _LITERAL.match(name):
        return "expr"
    if texts[at] == "(":
        depth = 0
        while texts[at]:
            depth += {"(": 1, ")": -1}.get(texts[at], 0)
            at += 1
            if depth == 0:
                break
        if name == "cast":
            return "expr"
    if texts[at] == "":
        return name
    if texts[at] == "::" or texts[at].upper() == "COLLATE":
        return name
    return "case" if name == "case" else "expr"


def written(name: QualifiedName) -> str:
    """Write a qualified name, quoted."""
    return f"{quote(name.schema)}.{quote(name.name)}" if name.schema else quote(name.name)
