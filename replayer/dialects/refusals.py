"""Turn a catalogue's refusal into the exception that the driver would raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replayer.catalog.refusals import CatalogError

_MYSQL_PROGRAMMING = frozenset({1007, 1008, 1050, 1102, 1103, 1146, 1113, 1064, 1110, 1111, 1149})
"""Source: MySQLdb/_exceptions and _mysql.c, ``_mysql_Exception``: all other numbers that DDL meets
are an OperationalError."""


def driver_error(error: CatalogError, database: Any) -> Exception:  # noqa: ANN401 - a driver
    """Return the driver's exception, with the server's code where drivers put it.

    Notes
    -----
    psycopg raises ``ProgrammingError`` for class 42 of the SQLSTATEs and ``OperationalError`` or
    ``InternalError`` for the rest; mysqlclient puts the number in front of the message.
    """
    if error.number is not None:
        kind = (
            database.ProgrammingError
            if error.number in _MYSQL_PROGRAMMING
            else database.OperationalError
        )
        made: Exception = kind(error.number, error.message)
        return made
    is_programming = error.sqlstate.startswith(("42", "3F"))
    kind = database.ProgrammingError if is_programming else database.InternalError
    if error.sqlstate.startswith(("0A", "2B")):
        kind = database.NotSupportedError if error.sqlstate.startswith("0A") else kind
    made = kind(error.message)
    for name in ("sqlstate", "pgcode"):
        setattr(made, name, error.sqlstate)
    return made
