"""What a session must be told before the document, so that the server keeps its texts alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from replayer.model import Dialect, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMENT = re.compile(r"COMMENT\s*=?\s*'(?:[^'\\]|''|\\.)*'", re.IGNORECASE | re.DOTALL)
"""Kept without a character set."""
_THREE_BYTES = frozenset({"utf8", "utf8mb3"})


def session_charset(connection: Any) -> str:  # noqa: ANN401 - an offline wrapper
    """Return the character set of the project's sessions, or "" where a client's is the same."""
    if connection.facts.dialect is not Dialect.MYSQL:
        return ""
    charset = str(connection.get_connection_params().get("charset", "")).lower()
    return "utf8mb3" if charset in _THREE_BYTES else ""


def session_statements(
    connection: Any,  # noqa: ANN401 - an offline wrapper
    statements: Iterable[Statement],
) -> tuple[Statement, ...]:
    """Return the statement that chooses the character set of the project's own sessions.

    Notes
    -----
    MySQL writes the session's character set before each text of an expression that it keeps, in
    defaults, checks and generated columns: ``_utf8mb3'open'``. Django's was ``utf8`` up to 5.1,
    unless the project's ``OPTIONS`` say another; loading clients have utf8mb4, as Django since 5.2.
    MariaDB keeps the text alone.
    Source: django/db/backends/mysql/base.py, ``get_connection_params`` (4.2 to 6.1).
    """
    charset = session_charset(connection)
    has_text = any("'" in _COMMENT.sub("", statement.sql) for statement in statements)
    return (Statement(sql=f"SET NAMES {charset}"),) if charset and has_text else ()
