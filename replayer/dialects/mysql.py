"""MySQL and MariaDB, offline: what Django would ask a session for is seeded."""

from __future__ import annotations

from typing import Any

from replayer.dialects.editor import EditorMixin
from replayer.dialects.introspection_mysql import MysqlIntrospectionMixin
from replayer.dialects.literals import literal
from replayer.dialects.offline import OfflineWrapperMixin
from replayer.dialects.scripts import ScriptMixin
from replayer.model import Dialect

_SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)


class MysqlWrapperMixin(OfflineWrapperMixin):
    """Seeds ``mysql_server_data``, from which Django derives version, kind and features."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        version = ".".join(str(number) for number in self.facts.version)
        if self.facts.dialect is Dialect.MARIADB:
            version += "-MariaDB"
        self.__dict__["mysql_server_data"] = {
            "version": version,
            "sql_mode": _SQL_MODE,
            "default_storage_engine": "InnoDB",
            "sql_auto_is_null": False,
            "lower_case_table_names": False,
            "has_zoneinfo_database": True,
        }


class MysqlEditorMixin(EditorMixin):
    """Quotes values without a connection."""

    connection: Any

    def quote_value(self, value: object) -> str:
        """Return the literal, with no ``%`` doubled, as Django leaves it to the driver here.

        Notes
        -----
        Of a bool, mysqlclient's ``escape`` returns bytes, which Django formats into the statement
        as Python writes bytes: ``b'1'``, a bit literal to the server, which shows it as ``0x01``.
        """
        if isinstance(value, bool):
            return f"b'{int(value)}'"
        return literal(value, self.connection.facts.dialect)


WRAPPER = MysqlWrapperMixin
PARTS: dict[str, type] = {
    "SchemaEditorClass": MysqlEditorMixin,
    "introspection_class": MysqlIntrospectionMixin,
    "ops_class": ScriptMixin,
}
"""What goes in front of the backend's classes, by the wrapper's attribute."""
