"""SQL Server, offline, through the editor of ``mssql-django``."""

from __future__ import annotations

from typing import Any

from replayer.dialects.editor import EditorMixin
from replayer.dialects.facts import MSSQL_YEARS
from replayer.dialects.literals import literal
from replayer.dialects.offline import OfflineWrapperMixin
from replayer.model import Dialect


class MssqlWrapperMixin(OfflineWrapperMixin):
    """Seeds ``sql_server_version`` and ``to_azure_sql_db``; source: mssql/base.py (1.5 to 2.0)."""

    supports_mars = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        major = self.facts.version[0]
        self.__dict__["sql_server_version"] = MSSQL_YEARS.get(major, max(MSSQL_YEARS.values()))
        self.__dict__["to_azure_sql_db"] = False


class MssqlEditorMixin(EditorMixin):
    """Quotes values offline; text that is not ASCII gets its ``N`` prefix."""

    deferred_sql: list[Any]

    def quote_value(self, value: object) -> str:
        """Return the literal."""
        return literal(value, Dialect.MSSQL)

    def create_model(self, model: Any) -> None:  # noqa: ANN401 - Django's signature
        """Create a table; what is deferred comes in an order that no hash seed decides.

        Notes
        -----
        mssql-django sends it through a set at the end (mssql/schema.py, ``create_model``).
        """
        super().create_model(model)  # type: ignore[misc]  # of the editor mixed into
        self.deferred_sql.sort(key=str)


WRAPPER = MssqlWrapperMixin
PARTS: dict[str, type] = {"SchemaEditorClass": MssqlEditorMixin}
"""What goes in front of the backend's classes, by the wrapper's attribute."""
