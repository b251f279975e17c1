"""Reads off a statement which objects of an SQLite it may look at.

It is read with care, not with understanding: each word counts that could be a name, and whatever is
not one of the usual statements may look at everything.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Need(Enum):
    """What has to be in the database for a statement."""

    NOTHING = auto()
    NAMED = auto()
    """The objects that it names."""
    ROWS = auto()
    """The objects that it names, and where foreign keys are enforced, all those tied to them."""
    ALL = auto()


_VERB = re.compile(r"\s*([A-Za-z]+)")
_NEEDS = {
    **dict.fromkeys(("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"), Need.NOTHING),
    **dict.fromkeys(("CREATE", "ALTER", "SELECT", "VALUES", "EXPLAIN"), Need.NAMED),
    **dict.fromkeys(("DROP", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"), Need.ROWS),
}
_PRAGMA = re.compile(r"\s*PRAGMA\s+(?:main\s*\.\s*)?(\w+)", re.IGNORECASE)
_PRAGMAS = {
    **dict.fromkeys(("foreign_keys", "legacy_alter_table", "defer_foreign_keys"), Need.NOTHING),
    **dict.fromkeys(
        (
            *("table_info", "table_xinfo", "index_list", "index_info", "index_xinfo"),
            "foreign_key_list",
        ),
        Need.NAMED,
    ),
}
_OWN_TABLES = re.compile(r"sqlite_|pragma_|dbstat", re.IGNORECASE)
# Source: django/db/backends/sqlite3/introspection.py, get_constraints, get_table_description.
_TEXT_OF_ONE = re.compile(
    r"\s*SELECT\s+sql\s+FROM\s+sqlite_master\s+WHERE\s+type\s*=\s*'(?:table|index)'"
    r"\s+AND\s+name\s*=\s*(?:\?|%s|'[^']*')\s*",
    re.IGNORECASE,
)
_QUOTED = r"\"((?:[^\"]|\"\")*)\"|'((?:[^']|'')*)'|`([^`]*)`|\[([^\]]*)\]"
_WORD = re.compile(rf"{_QUOTED}|([^\W\d][\w$]*)")
_COMMENT = r"--[^\n]*|/\*.*?(?:\*/|\Z)"
_NAME = r"(?:\"(?:[^\"]|\"\")*\"|\w+)"
_PARENT = re.compile(rf"\bREFERENCES\s+{_NAME}", re.IGNORECASE)
_MAKES = re.compile(
    rf"\s*CREATE\s+(?:TABLE|(?:UNIQUE\s+)?INDEX)\s+(?:IF\s+NOT\s+EXISTS\s+)?({_NAME})"
    rf"(?:\s+ON\s+({_NAME}))?\s*\(",
    re.IGNORECASE,
)
_ALTERS = re.compile(rf"\s*ALTER\s+TABLE\s+({_NAME})\s+(ADD|DROP|RENAME)\b", re.IGNORECASE)
_ANY_ALTER = re.compile(r"\s*ALTER\b", re.IGNORECASE)
_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)
_IN_DOUBLE_QUOTES = re.compile(
    rf"(?P<passed>'(?:[^']|'')*'|{_COMMENT}"
    r"|\b(?:CONSTRAINT|COLLATE|TABLE|INDEX|ON)\s+\"(?:[^\"]|\"\")*\""
    rf"|\bREFERENCES\s+{_NAME}(?:\s*\([^)]*\))?)"
    r"|\"((?:[^\"]|\"\")*)\"",
    re.IGNORECASE | re.DOTALL,
)


def need_of(sql: str) -> Need:
    """Return what has to be there for a statement."""
    match = _VERB.match(sql)
    verb = match[1].upper() if match else ""
    if verb == "PRAGMA":
        match = _PRAGMA.match(sql)
        return _PRAGMAS.get(match[1].lower(), Need.ALL) if match else Need.ALL
    need = _NEEDS.get(verb, Need.ALL)
    if need is not Need.NOTHING and _OWN_TABLES.search(sql) and not _TEXT_OF_ONE.fullmatch(sql):
        return Need.ALL
    return need


def words_of(sql: str, values: Iterable[object] = ()) -> set[str]:
    """Return the words of a statement that may name what it looks at, in lower case.

    Notes
    -----
    A table that a foreign key points to is not looked at when the key is made: it may be missing.
    """
    makes = _MAKES.match(sql)
    if makes and not _SELECT.search(sql):
        named = " ".join(filter(None, makes.groups()))
    else:
        named = _PARENT.sub(" ", sql)
    words = {
        (first.replace('""', '"') or second.replace("''", "'") or third or fourth or bare).lower()
        for first, second, third, fourth, bare in _WORD.findall(named)
    }
    words.update(value.lower() for value in values if isinstance(value, str))
    return words


def renamed_in(sql: str) -> set[str]:
    """Return the tables of which a statement changes a name that foreign keys tell, too."""
    match = _ALTERS.match(sql)
    if match is None:
        return words_of(sql) if _ANY_ALTER.match(sql) else set()
    return words_of(match[1]) if match[2].upper() == "RENAME" else set()


def has_strings_in_double_quotes(texts: Iterable[str], columns: Collection[str]) -> bool:
    """Return whether a text of a table or of its indexes may have a string in double quotes.

    Parameters
    ----------
    columns
        The names of the table's columns, in lower case.

    Notes
    -----
    SQLite takes what is no column for a string, and gives it single quotes when any table's column
    is renamed or dropped. Source: sqlite.org, src/alter.c, ``renameFixQuotes``.
    """
    return any(
        name and name.replace('""', '"').lower() not in columns
        for text in texts
        for _, name in _IN_DOUBLE_QUOTES.findall(text)
    )
