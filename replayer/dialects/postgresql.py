"""PostgreSQL, offline: its version is seeded, its literals are written without psycopg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.dialects.editor import EditorMixin
from replayer.dialects.introspection_postgresql import PostgresqlIntrospectionMixin
from replayer.dialects.literals import compose, literal
from replayer.dialects.offline import OfflineWrapperMixin
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence


class PostgresqlWrapperMixin(OfflineWrapperMixin):
    """Seeds ``pg_version``, from which Django derives every feature."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        major, minor = (*self.facts.version, 0)[:2]
        # Source: libpq's PQserverVersion: 150004 for 15.4.
        self.__dict__["pg_version"] = major * 10000 + minor


class PostgresqlOperationsMixin:
    """Composes parameters without a live cursor."""

    def compose_sql(self, sql: str, params: Sequence[object]) -> str:
        """Return the statement with its literals; django/db/backends/postgresql/operations.py."""
        return compose(sql, params, Dialect.POSTGRESQL)

    def last_executed_query(self, cursor: object, sql: str, params: object) -> str:
        """Return the statement: nothing was sent that could be asked for."""
        del cursor, params
        return sql


class PostgresqlEditorMixin(EditorMixin):
    """Quotes values without psycopg."""

    def quote_value(self, value: object) -> str:
        """Return the literal, with ``%`` doubled where this Django's own editor doubles it."""
        if isinstance(value, str) and "%" in value:
            # Django 4.2 doubles it, later ones don't; the stand-in driver quotes plain text.
            quoted: str = super().quote_value("%")  # type: ignore[misc]  # of the editor
            value = value.replace("%", quoted[1:-1])
        return literal(value, Dialect.POSTGRESQL)


WRAPPER = PostgresqlWrapperMixin
PARTS: dict[str, type] = {
    "SchemaEditorClass": PostgresqlEditorMixin,
    "introspection_class": PostgresqlIntrospectionMixin,
    "ops_class": PostgresqlOperationsMixin,
}
"""What goes in front of the backend's classes, by the wrapper's attribute."""
