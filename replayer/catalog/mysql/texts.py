"""The texts in the checks that MySQL keeps: of which character set they are.

A statement's texts are of the session's character set, and the server keeps it with them:
``_utf8mb3'open'``. Each ``ALTER TABLE`` reads the checks that are kept already once more, this
time with the columns at hand, and converts a text that is compared with a column to the column's
character set: ``_utf8mb4'open'``. Only a rename of the table does not. What a function returns and
``BETWEEN`` have a character set of their own, and a text beside a time is turned into one.
Generated columns, functional indexes and defaults are converted when they are made.
Source: sql/sql_table.cc, ``prepare_check_constraints_for_alter``; sql/item.cc,
``Item_string::safe_charset_converter`` (seen on MySQL 9.7).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from replayer.catalog.mysql.tokens import columns_in, quote_name, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.catalog.mysql.state import TableState
    from replayer.catalog.mysql.tokens import Token
    from replayer.catalog.mysql.values import Check, Column

DEFAULT_CHARSET = "utf8mb4"
_CHARACTERS = re.compile(r"(?:(?:var)?char|\w*text|enum|set|json)\b", re.IGNORECASE)
_NATIONAL = re.compile(r"(?:national|n(?:var)?char)\b", re.IGNORECASE)
_BYTES = re.compile(r"\w*(?:blob|binary)\b", re.IGNORECASE)
_TIMES = re.compile(r"(?:time|year)\b", re.IGNORECASE)
"""Types beside which a text becomes a value: ``TIME'09:00:00.000000'``."""
_BEFORE_PARENTHESES = frozenset(
    {"AND", "BETWEEN", "ELSE", "IN", "LIKE", "NOT", "OR", "THEN", "WHEN", "XOR"}
)
_INTRODUCER = re.compile(r"_(\w+?)\s*['\"]")


def is_converted(expression: str, table: TableState, charset: str) -> bool:
    """Return whether the server may convert a text when it reads an expression once more.

    Parameters
    ----------
    charset
        Of the session in which the expression was told.

    Notes
    -----
    An expression that only seems to be converted is written in more words than it needs, no more.
    """
    tokens = tokens_of(expression)
    told = {_charset_of_text(t.text, charset) for t in tokens if t.kind == "string"} - {""}
    if not told:
        return False
    names = set(columns_in(expression, table.column_names()))
    columns = [column for column in table.columns if column.name in names]
    kept = {_charset_of(column, table) for column in columns}
    if any(_TIMES.match(column.type) for column in columns):
        return True
    has_function = _has_function(tokens)
    if any(token.upper == "BETWEEN" for token in tokens) and (has_function or "" in kept):
        return True
    if has_function:
        kept.add(DEFAULT_CHARSET)
    return any(text != characters for text in told for characters in kept - {""})


def _has_function(tokens: Sequence[Token]) -> bool:
    return any(
        token.kind == "word" and after.text == "(" and token.upper not in _BEFORE_PARENTHESES
        for token, after in pairwise(tokens)
    )


def _charset_of_text(text: str, charset: str) -> str:
    """Return the character set of a text; an empty text for bytes that are written out."""
    if text[0] in "'\"":
        return charset
    if introducer := _INTRODUCER.match(text):
        return _full(introducer[1])
    return "utf8mb3" if text[0] in "nN" else ""


def _charset_of(column: Column, table: TableState) -> str:
    """Return the character set of a column; an empty text for one that has no texts."""
    if _BYTES.match(column.type):
        return "binary"
    if _NATIONAL.match(column.type):
        return "utf8mb3"
    if not _CHARACTERS.match(column.type):
        return ""
    told = column.charset or _of_collation(column.collation)
    if not told and not column.type.lower().startswith("json"):
        told = table.options.get("CHARSET") or _of_collation(table.options.get("COLLATE"))
    return _full(told or DEFAULT_CHARSET)


def _full(charset: str) -> str:
    return "utf8mb3" if charset.lower() == "utf8" else charset.lower()


def _of_collation(collation: str | None) -> str:
    return (collation or "").strip("'`").lower().partition("_")[0]


def fresh_checks(table: TableState, charset: str) -> tuple[Check, ...]:
    """Return the checks whose texts the server would convert with the next ``ALTER TABLE``."""
    if table.rules.is_mariadb:
        return ()
    return tuple(
        check
        for check in table.checks
        if check.is_fresh and is_converted(check.expression, table, charset)
    )


def has_converted(table: TableState, charset: str) -> bool:
    """Return whether the server has converted texts of a table, for it was altered since."""
    if table.rules.is_mariadb:
        return False
    return any(
        is_converted(check.expression, table, charset)
        for check in table.checks
        if not check.is_fresh
    )


def read_again(table: TableState, fresh: Sequence[Check]) -> str:
    """Return the statement that has the server read all of a table again but these checks."""
    head = f"ALTER TABLE {quote_name(table.name)}"
    if not fresh:
        return f"{head} FORCE"
    return f"{head} " + ", ".join(
        f"ADD CONSTRAINT {quote_name(check.name or '')} CHECK ({check.expression})"
        + ("" if check.enforced else " NOT ENFORCED")
        for check in fresh
    )
