"""Turn a catalogue's refusal into the exception that the driver would raise."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from replayer.catalog.refusals import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_NUMBER: Mapping[int, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (1007, 1064, 1102, 1103, 1110, 1111, 1112, 1113, 1146, 1149, 1179), "ProgrammingError"
        ),
        **dict.fromkeys((1171, 1230, 1263, 1264, 1265, 1406, 1441), "DataError"),
        **dict.fromkeys((1048, 1062, 1169, 1215, 1216, 1217, 1364, 1451, 1452), "IntegrityError"),
        **dict.fromkeys((1196, 1235, 1286, 1289), "NotSupportedError"),
    }
)
"""Source: mysqlclient's _mysql.c, ``_mysql_Exception``. Numbers below 1000 are an InternalError,
all others an OperationalError."""

_BY_CLASS: Mapping[str, str] = MappingProxyType(
    {
        "0A": "NotSupportedError",
        **dict.fromkeys(("10", "20", "21", "26", "34", "3D", "3F", "42", "44", "P0"),
                        "ProgrammingError"),
        **dict.fromkeys(("24", "25", "2B", "2D", "XX"), "InternalError"),
        "22": "DataError",
        "23": "IntegrityError",
        **dict.fromkeys(("02", "03", "09", "0B", "0F", "0L", "0P", "0Z", "72"), "DatabaseError"),
    }
)  # fmt: skip
"""Source: psycopg/errors.py and psycopg2's ``base_exception_from_sqlstate``: the class of an
SQLSTATE decides; all that are not told are an OperationalError."""


class CannotAnswer(CatalogError):  # noqa: N818 - the sentence that it makes
    """A statement whose answer cannot be known offline; the driver's ``NotSupportedError``."""

    sqlstate = "0A000"


def driver_error(error: CatalogError, database: Any) -> Exception:  # noqa: ANN401 - a driver
    """Return the driver's exception, with the server's code where drivers put it.

    Parameters
    ----------
    database
        The driver's module, or the stand-in for one that is not installed.

    Notes
    -----
    psycopg and psycopg2 have a class for each SQLSTATE, and keep it as ``sqlstate`` and ``pgcode``;
    mysqlclient puts the number in front of the message.
    """
    if error.number is not None:
        name = _BY_NUMBER.get(
            error.number, "InternalError" if error.number < 1000 else "OperationalError"
        )
        numbered: Exception = getattr(database, name)(error.number, error.message)
        return numbered
    name = _BY_CLASS.get(error.sqlstate[:2], "OperationalError")
    kind: Any = getattr(database, name)
    lookup = getattr(getattr(database, "errors", None), "lookup", None)
    if callable(lookup):
        try:
            found = lookup(error.sqlstate)
        except KeyError:
            found = kind
        if isinstance(found, type) and issubclass(found, Exception):
            kind = found
    made: Any = kind(error.message)
    codes = {"pgcode": error.sqlstate, "pgerror": f"ERROR:  {error.message}\n"}
    try:
        made.sqlstate = error.sqlstate
        made.pgcode = codes["pgcode"]
        made.pgerror = codes["pgerror"]
    except (AttributeError, TypeError):
        # psycopg2 keeps them in C, and takes them only as from a pickle.
        made.__setstate__(codes)
    error_of_driver: Exception = made
    return error_of_driver
