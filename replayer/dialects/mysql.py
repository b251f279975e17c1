"""MySQL and MariaDB, offline: what Django would ask a session for is seeded."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from replayer.dialects.editor import EditorMixin
from replayer.dialects.introspection_mysql import MysqlIntrospectionMixin
from replayer.dialects.literals import literal
from replayer.dialects.offline import OfflineConnection, OfflineWrapperMixin
from replayer.dialects.scripts import ScriptMixin
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping

_SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
)


class MysqlConnection(OfflineConnection):
    """Escapes values, for Django's ``quote_value`` asks the driver's connection to do it."""

    encoders: Mapping[type, object] = MappingProxyType({})

    def escape(self, value: object, encoders: object) -> str | bytes:
        """Return the literal.

        Notes
        -----
        Of a bool, mysqlclient returns bytes, which Django formats into the statement as Python
        writes bytes: ``b'1'``, a bit literal to the server, which shows it as ``0x01``.
        """
        del encoders
        if isinstance(value, bool):
            return str(int(value)).encode()
        return literal(value, self.wrapper.facts.dialect)


class MysqlWrapperMixin(OfflineWrapperMixin):
    """Seeds ``mysql_server_data``, from which Django derives version, kind and features."""

    connection_class: type[OfflineConnection] = MysqlConnection

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


WRAPPER = MysqlWrapperMixin
PARTS: dict[str, type] = {
    "SchemaEditorClass": EditorMixin,
    "introspection_class": MysqlIntrospectionMixin,
    "ops_class": ScriptMixin,
}
"""What goes in front of the backend's classes, by the wrapper's attribute."""
