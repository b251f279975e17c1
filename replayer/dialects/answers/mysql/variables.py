"""The variables of a MySQL or MariaDB that a migration may ask for and that are known offline."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.model import ServerFacts


def variables_of(facts: ServerFacts) -> Mapping[str, str | int]:
    """Return the values of the known variables by their names in lower case.

    Notes
    -----
    They are those of a server that nobody has configured, in a session of Django's. What depends on
    the machine or on who configured it (``max_connections``, ``port``) is not among them.
    """
    version = ".".join(str(part) for part in facts.version)
    is_mariadb = facts.dialect is Dialect.MARIADB
    collation = "utf8mb4_general_ci" if is_mariadb else "utf8mb4_0900_ai_ci"
    return MappingProxyType(
        {
            "version": f"{version}-MariaDB" if is_mariadb else version,
            "version_comment": "mariadb.org binary distribution" if is_mariadb else "MySQL",
            "sql_mode": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
            "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
            "default_storage_engine": "InnoDB",
            "storage_engine": "InnoDB",
            "sql_auto_is_null": 0,
            "lower_case_table_names": 0,
            "foreign_key_checks": 1,
            "autocommit": 1,
            "character_set_database": "utf8mb4",
            "character_set_server": "utf8mb4",
            "character_set_connection": "utf8mb4",
            "collation_database": collation,
            "collation_server": collation,
            "collation_connection": collation,
            "innodb_default_row_format": "dynamic",
            "tx_isolation": "READ-COMMITTED",
            "transaction_isolation": "READ-COMMITTED",
            "time_zone": "SYSTEM",
            "max_allowed_packet": 67108864,
        }
    )
