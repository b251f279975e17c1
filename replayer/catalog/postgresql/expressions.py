"""The columns that an expression of PostgreSQL names, and their renames.

Expressions are kept as they were told; the server keeps them parsed, so that a rename reaches into
them. Words are compared, never texts, so that strings and functions stay as they are.
"""

from __future__ import annotations

from functools import lru_cache

from replayer.catalog.lexer import Words, is_name, quote, unquote

_RESERVED = frozenset(
    {
        *("ALL", "AND", "ANY", "ARRAY", "AS", "ASC", "BETWEEN", "CASE", "CAST", "COLLATE"),
        *("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "DESC"),
        *("DISTINCT", "ELSE", "END", "EXISTS", "FALSE", "FROM", "ILIKE", "IN", "IS", "LIKE"),
        *("NOT", "NULL", "ON", "OR", "SELECT", "SIMILAR", "SOME", "THEN", "TRUE", "USER", "WHEN"),
        "WHERE",
    }
)
_BEFORE = {"::", "COLLATE", "AS", "."}


@lru_cache(maxsize=4096)
def named_in(expression: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that may be columns, and those of them that can be nothing else.

    Notes
    -----
    A quoted name that is no function, type or collation is a column for sure; a bare word may be a
    keyword.
    """
    words = Words(expression)
    texts, uppers = words.texts, words.uppers
    perhaps: set[str] = set()
    surely: set[str] = set()
    for at, text in enumerate(texts):
        if not is_name(text) or not _may_be_column(texts, uppers, at):
            continue
        name = unquote(text)
        perhaps.add(name)
        if text[0] == '"' and texts[at + 1] != ".":
            surely.add(name)
    return frozenset(perhaps), frozenset(surely)


def _may_be_column(texts: list[str], uppers: list[str], at: int) -> bool:
    if uppers[at] in _RESERVED:
        return False
    before = uppers[at - 1] if at else ""
    following = texts[at + 1]
    if before == "." and at > 1:
        return following != "(" and not (at > 2 and uppers[at - 3] in {"::", "COLLATE"})
    return before not in _BEFORE and following != "(" and following[:1] != "'"


def rename_in(expression: str, old: str, new: str) -> str:
    """Write a column's new name where an expression has the old one."""
    if old not in named_in(expression)[0]:
        return expression
    words = Words(expression)
    texts, uppers = words.texts, words.uppers
    parts = []
    for at, text in enumerate(texts):
        parts.append(words.gaps[at])
        is_old = is_name(text) and unquote(text) == old and _may_be_column(texts, uppers, at)
        parts.append(quote(new) if is_old else text)
    return "".join(parts)


def rename_name_in(sql: str, old: str, new: str) -> str:
    """Write the new name of a table where a view, a trigger or a policy has the old one."""
    words = Words(sql)
    parts = []
    for gap, text in zip(words.gaps, words.texts, strict=False):
        parts.append(gap)
        parts.append(quote(new) if is_name(text) and unquote(text) == old else text)
    return "".join(parts)


@lru_cache(maxsize=1024)
def names_in(sql: str) -> frozenset[str]:
    """Return all identifiers of a text; ``*`` stands for itself unless it is ``count(*)``."""
    texts = Words(sql).texts
    found = {unquote(text) for text in texts if is_name(text)}
    if any(
        text == "*" and (at == 0 or texts[at - 1].upper() in {"SELECT", ",", "."})
        for at, text in enumerate(texts)
    ):
        found.add("*")
    return frozenset(found)
