"""Cuts the scripts of ``RunSQL`` for backends that take one statement at a time."""

from __future__ import annotations

from typing import Any

_LARGE = 20_000
"""Characters. sqlparse, with which Django cuts, needs minutes for megabytes."""


class ScriptMixin:
    """Goes in front of a backend's ``DatabaseOperations``.

    Notes
    -----
    Django's own cutting stays in force for ordinary scripts: it takes comments away, and SQLite
    keeps the text of views and triggers as it comes.
    Source: django/db/backends/base/operations.py, ``prepare_sql_script`` (4.2 to 6.1).
    """

    connection: Any

    def prepare_sql_script(self, sql: str) -> list[str]:
        """Return the statements of a script."""
        if len(sql) > _LARGE:
            from replayer.catalog.lexer import split_statements

            return split_statements(sql, self.connection.facts.dialect)
        statements: list[str] = super().prepare_sql_script(sql)  # type: ignore[misc]  # of the ops
        return statements
