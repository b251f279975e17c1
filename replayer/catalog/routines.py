"""What a call of a project's own routine can do to the schema: nothing, if it only moves rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.schema import ObjectKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.catalog.schema import OtherObject, QualifiedName

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_HEAD = re.compile(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"\bLANGUAGE\s+'?(?:sql|plpgsql)\b", re.IGNORECASE)
_CALLED = re.compile(r"(\w+)\"?\s*\(")
_PERFORMED = re.compile(r"\bPERFORM\s+(?:\"?\w+\"?\s*\.\s*)?\"?(\w+)\"?\s*\(", re.IGNORECASE)
_BEYOND_ROWS = re.compile(
    r"\b(?:ALTER|CALL|COMMENT|CREATE|DO|DROP|EXECUTE|GRANT|IMPORT|REVOKE|SECURITY|SET_CONFIG)\b",
    re.IGNORECASE,
)
"""Words with which a body may do more. In a name or a text they are one alarm too many."""


def calls_only_move_rows(
    others: Mapping[tuple[ObjectKind, QualifiedName], OtherObject], sql: str
) -> bool:
    """Return whether a query only calls routines that the catalogue knows and that make nothing.

    Parameters
    ----------
    others
        What a catalogue of PostgreSQL knows beside tables.
    sql
        One query; every name in it that is called must be one of those routines.

    Notes
    -----
    A body is not run. It is searched for words of DDL and of statements that are put together, and
    so are the bodies of the routines that it names in turn.
    """
    bodies: dict[str, list[str]] = {}
    for (kind, name), other in others.items():
        if kind in {ObjectKind.FUNCTION, ObjectKind.PROCEDURE}:
            texts = (_COMMENT.sub(" ", text) for text in other.statements)
            bodies.setdefault(name.name.partition("(")[0].lower(), []).extend(texts)
    waiting = {name.lower() for name in _CALLED.findall(_COMMENT.sub(" ", sql))}
    if not waiting or not waiting <= bodies.keys():
        return False
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for text in bodies[name]:
            body, is_whole = _HEAD.subn("", text, count=1)
            performed = {found.lower() for found in _PERFORMED.findall(body)}
            if (
                not is_whole
                or not _LANGUAGE.search(body)
                or _BEYOND_ROWS.search(body)
                or not performed <= bodies.keys()
            ):
                return False
            called = {found.lower() for found in _CALLED.findall(body)}
            waiting |= (called & bodies.keys()) - seen
    return True
