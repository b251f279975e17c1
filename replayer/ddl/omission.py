"""Leave out kinds of objects that a reader of the schema can't take."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from replayer.model import Statement


class Omission(enum.Enum):
    """A kind of objects that can be left out; the value is the word that is typed."""

    COLLATIONS = "collations"
    EVENTS = "events"
    EXTENSIONS = "extensions"
    FUNCTIONS = "functions"
    """Procedures, aggregates, operators and casts too."""
    POLICIES = "policies"
    """Of row-level security; rules too."""
    SEQUENCES = "sequences"
    """Those that are no column's own."""
    TEXT_SEARCH = "text-search"
    TRIGGERS = "triggers"
    TYPES = "types"
    """Domains too."""
    VIEWS = "views"
    """Materialized ones too."""
    VIRTUAL_TABLES = "virtual-tables"


_WORDS = {
    "COLLATION": Omission.COLLATIONS,
    "EVENT": Omission.EVENTS,
    "EXTENSION": Omission.EXTENSIONS,
    "FUNCTION": Omission.FUNCTIONS,
    "PROCEDURE": Omission.FUNCTIONS,
    "AGGREGATE": Omission.FUNCTIONS,
    "OPERATOR": Omission.FUNCTIONS,
    "CAST": Omission.FUNCTIONS,
    "POLICY": Omission.POLICIES,
    "RULE": Omission.POLICIES,
    "SEQUENCE": Omission.SEQUENCES,
    "TEXT SEARCH": Omission.TEXT_SEARCH,
    "TRIGGER": Omission.TRIGGERS,
    "EVENT TRIGGER": Omission.TRIGGERS,
    "TYPE": Omission.TYPES,
    "DOMAIN": Omission.TYPES,
    "VIEW": Omission.VIEWS,
    "MATERIALIZED VIEW": Omission.VIEWS,
    "VIRTUAL TABLE": Omission.VIRTUAL_TABLES,
}
_KINDS = "|".join(word.replace(" ", r"\s+") for word in sorted(_WORDS, key=len, reverse=True))
_BLANK = r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*"
_NAME = r"(?P<name>(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|[\w$.])+)"
# What may stand between CREATE and the kind: OR REPLACE, TEMPORARY, RECURSIVE, CONSTRAINT, TRUSTED,
# and MySQL's ALGORITHM, DEFINER and SQL SECURITY, of which a definer's name may be quoted.
_HEAD = re.compile(
    rf"{_BLANK}(?:CREATE|ALTER|COMMENT\s+ON)\s+"
    r"(?:(?:OR|REPLACE|TEMP|TEMPORARY|RECURSIVE|CONSTRAINT|TRUSTED|SQL|SECURITY|INVOKER|PROCEDURAL"
    r"|ALGORITHM\s*=\s*\w+|DEFINER(?:\s*=\s*(?:CURRENT_USER(?:\(\))?"
    r"|[\w`'\"]+(?:@[\w`'\"%.]+)?))?)\s+)*?"
    rf"(?P<kind>{_KINDS})\s+(?:CONCURRENTLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?{_NAME}?",
    re.IGNORECASE | re.DOTALL,
)
_INDEX = re.compile(
    rf"{_BLANK}CREATE\s+(?:UNIQUE\s+)?INDEX\s.*?\sON\s+(?:ONLY\s+)?{_NAME}",
    re.IGNORECASE | re.DOTALL,
)
_EXECUTES = re.compile(
    rf"{_BLANK}CREATE\s[^;]*?\bTRIGGER\s.*\sEXECUTE\s+(?:FUNCTION|PROCEDURE)\s",
    re.IGNORECASE | re.DOTALL,
)


def kind_of(sql: str) -> Omission | None:
    """Return the kind of what a statement makes or alters; None for tables and their parts."""
    match = _HEAD.match(sql)
    return None if match is None else _kind(match)


def without(statements: Sequence[Statement], kinds: Collection[Omission]) -> tuple[Statement, ...]:
    """Return the statements that don't make or alter objects of these kinds.

    Notes
    -----
    What belongs to an object that is left out (the index of a materialized view, the trigger of a
    view, a trigger that executes a function) goes with it.
    """
    gone: set[str] = set()
    kept: list[Statement] = []
    for statement in statements:
        match = _HEAD.match(statement.sql)
        if match is not None and _kind(match) in kinds:
            if match["name"] and _kind(match) in {Omission.VIEWS, Omission.VIRTUAL_TABLES}:
                gone.add(_bare(match["name"]))
            continue
        if Omission.FUNCTIONS in kinds and _EXECUTES.match(statement.sql):
            continue
        index = _INDEX.match(statement.sql)
        owner = index["name"] if index is not None else statement.table or ""
        if _bare(owner) not in gone:
            kept.append(statement)
    return tuple(kept)


def _kind(match: re.Match[str]) -> Omission:
    return _WORDS[" ".join(match["kind"].upper().split())]


def _bare(name: str) -> str:
    return re.sub(r"[\"`\[\]]", "", name).lower()
