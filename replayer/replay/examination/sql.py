"""Judge SQL by the verbs of its statements: whether it may change the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replayer.replay.examination.atoms import Text

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_LITERALS = re.compile(r"'(?:[^']|'')*'")
_DATA_VERBS = frozenset(
    {
        *("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "MERGE", "REPLACE", "TRUNCATE", "VALUES"),
        *("EXPLAIN", "ANALYZE", "VACUUM", "LOCK", "UNLOCK", "SET", "RESET", "SHOW", "PRAGMA"),
        *("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "COPY", "USE", "DECLARE"),
        *("FETCH", "CLOSE", "NOTIFY", "TABLE", "DESCRIBE", "DESC", "IF"),
    }
)
_DDL = re.compile(
    r"\b(?:CREATE|ALTER|DROP|COMMENT\s+ON|RENAME\s+TABLE|REINDEX|REFRESH\s+MATERIALIZED|GRANT|REVOKE)\b",
    re.IGNORECASE,
)
_DDL_WORDS = re.compile(
    r"^\s*(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|TEMPORARY\s+|UNIQUE\s+)*"
    r"(?:TABLE|INDEX|VIEW|MATERIALIZED|EXTENSION|TRIGGER|FUNCTION|PROCEDURE|SEQUENCE|TYPE|SCHEMA"
    r"|DOMAIN|COLLATION|CONSTRAINT|TEXT\s+SEARCH)\b",
    re.IGNORECASE,
)
_MAKING_FUNCTION = re.compile(
    r"\b(?:create_\w+|drop_\w+|AddGeometryColumn|DropGeometryColumn|sp_rename)\s*\(", re.IGNORECASE
)
# Settings that change what later DDL does: SQLite's ``legacy_alter_table``, a search path.
_SETTINGS = re.compile(
    r"(?:^|;)\s*(?:PRAGMA\s+\w*(?:alter_table|writable_schema)|SET\s+(?:\w+\s+)?(?:search_path|default_\w+))",
    re.IGNORECASE,
)


def judge_sql(text: Text) -> tuple[bool, bool]:
    """Return whether SQL may change the schema, and whether that is certain.

    Notes
    -----
    Told by the verbs of its statements. Of text that is not known to its end only what is known is
    judged, and a first verb that moves data is believed.
    """
    plain = _LITERALS.sub("''", _COMMENTS.sub(" ", text.value))
    verbs = [
        statement.split(None, 1)[0].upper().strip("(")
        for statement in plain.split(";")
        if statement.strip()
    ]
    if not verbs:
        return (not text.is_whole, text.is_whole)
    if not text.is_whole and len(plain.split()) == 1 and not plain[-1:].isspace():
        # The verb itself may be cut short.
        return (verbs[0] not in _DATA_VERBS, False)
    if _DDL.match(plain.strip()) or any(_DDL.match(verb) for verb in verbs):
        return (True, True)
    if _SETTINGS.search(plain):
        return (True, True)
    if _MAKING_FUNCTION.search(plain):
        return (True, False)
    if all(verb in _DATA_VERBS for verb in verbs):
        return (False, text.is_whole)
    return (True, False)


def looks_like_ddl(text: Text) -> bool:
    """Whether a string, which may be no SQL at all, begins as a statement of DDL does."""
    return _DDL_WORDS.match(_COMMENTS.sub(" ", text.value)) is not None
