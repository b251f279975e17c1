"""Write Python values as SQL literals, as each dialect's driver would, without the driver.

The drivers do it on a live connection (psycopg and mysqlclient ask it for its encoding). What is
written here means the same to the server, which the tests show with the real drivers.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import ipaddress
import math
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from replayer.dialects.geometry import postgis_literal
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = re.compile(r"%%|%s")


def compose(sql: str, params: Sequence[object] | Mapping[str, object], dialect: Dialect) -> str:
    """Return the statement with its parameters written into it.

    Parameters
    ----------
    sql
        With ``%s`` (or ``%(name)s``) for a parameter and ``%%`` for a percent sign.

    Raises
    ------
    TypeError, KeyError, ValueError
        When placeholders and parameters don't match, as the drivers say too.
    """
    if isinstance(params, Mapping):
        return sql % {key: literal(value, dialect) for key, value in params.items()}
    if dialect is Dialect.SQLITE:
        return _compose_marks(sql, params)
    if not params:
        return sql % () if "%" in sql else sql
    texts = tuple(literal(value, dialect) for value in params)
    # A negative number behind a minus sign would begin a comment.
    return sql.replace("-%s", "- %s") % texts if "-%s" in sql else sql % texts


def _compose_marks(sql: str, params: Sequence[object]) -> str:
    """Compose as Django's SQLite cursor does: a lone ``%`` is no placeholder and no mistake.

    Source: django/db/backends/sqlite3/base.py, ``SQLiteCursorWrapper.convert_query``.
    """
    values = iter(params)

    def replace(match: re.Match[str]) -> str:
        return "%" if match[0] == "%%" else literal(next(values, None), Dialect.SQLITE)

    return _MARKS.sub(replace, sql)


def literal(value: object, dialect: Dialect) -> str:
    """Return the SQL text for a value.

    Raises
    ------
    ValueError
        For a type that the dialect's driver doesn't know either.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        if dialect is Dialect.POSTGRESQL:
            return "true" if value else "false"
        return str(int(value))
    if isinstance(value, enum.Enum):
        return literal(value.value, dialect)
    if isinstance(value, str):
        return _string(str(value), dialect)
    if isinstance(value, (int, float, Decimal)):
        return _number(value, dialect)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _binary(bytes(value), dialect)
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return _time(value, dialect)
    return _other(value, dialect)


def respelt(
    params: Sequence[object] | Mapping[str, object] | None, dialect: Dialect
) -> tuple[str, ...]:
    """Return the literals of those parameters that the driver would have spelled another way.

    Notes
    -----
    Bytes that are no UTF-8, on MySQL and MariaDB. mysqlclient sends them as they are, between
    quotes, and the server keeps a text of the session's character set that isn't valid in it. A
    document of text can't hold that. Raw bytes would load alike; but information_schema tells each
    of them as a character, and who plans from there (Atlas) makes another default.
    Source: MySQLdb/connections.py, ``Connection._bytes_literal``.
    """
    if not dialect.is_mysql_like or not params:
        return ()
    values = params.values() if isinstance(params, Mapping) else params
    texts = (
        _binary(bytes(value), dialect)
        for value in values
        if isinstance(value, (bytes, bytearray, memoryview))
    )
    return tuple(text for text in texts if text.startswith("X'"))


def is_respelt(literal_: str, sql: str) -> bool:
    """Return whether a statement holds such a literal as a text.

    Notes
    -----
    Behind ``_binary``, which Django writes before a ``db_default``, it is no text, and the server
    keeps both spellings alike.
    Source: django/db/models/fields/__init__.py, ``BinaryField.get_placeholder`` (4.2 to 6.1).
    """
    return re.search(rf"(?<!_binary ){re.escape(literal_)}", sql, re.IGNORECASE) is not None


def _string(value: str, dialect: Dialect) -> str:
    text = value.replace("'", "''")
    if dialect.is_mysql_like:
        # Backslashes escape unless sql_mode says NO_BACKSLASH_ESCAPES, which Django doesn't set.
        for raw, escaped in (("\\", "\\\\"), ("\0", "\\0"), ("\n", "\\n"), ("\r", "\\r")):
            text = text.replace(raw, escaped)
        return f"'{text.replace(chr(26), chr(92) + 'Z')}'"
    if dialect is Dialect.MSSQL and not value.isascii():
        return f"N'{text}'"
    return f"'{text}'"


def _number(value: float | Decimal, dialect: Dialect) -> str:
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal):
        if value.is_finite():
            # As psycopg does: 1E+2 is numeric to PostgreSQL, 100 would be an integer.
            return str(value) if dialect is Dialect.POSTGRESQL else format(value, "f")
        return f"'{value}'::numeric" if dialect is Dialect.POSTGRESQL else f"'{value}'"
    if math.isfinite(value):
        text = repr(float(value))
        # mysqlclient marks a float as one: 1.5 is a DECIMAL to the server, 1.5e0 a DOUBLE.
        return f"{text}e0" if dialect.is_mysql_like and "e" not in text else text
    name = "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    return f"'{name}'::float" if dialect is Dialect.POSTGRESQL else f"'{name}'"


def _binary(value: bytes, dialect: Dialect) -> str:
    if dialect is Dialect.POSTGRESQL:
        return f"'\\x{value.hex()}'::bytea"
    if dialect is Dialect.MSSQL:
        return f"0x{value.hex()}"
    if dialect.is_mysql_like:
        # mysqlclient sends bytes as a text, and the server keeps a default as it was told. Only
        # bytes that no text can hold are written in hexadecimal: the same value, told otherwise.
        # Source: MySQLdb/connections.py, Connection._bytes_literal.
        with contextlib.suppress(UnicodeDecodeError):
            return _string(value.decode(), dialect)
    return f"X'{value.hex()}'"


def _time(value: dt.date | dt.time | dt.timedelta, dialect: Dialect) -> str:
    if isinstance(value, dt.timedelta):
        if dialect is Dialect.POSTGRESQL:
            seconds = f"{value.seconds}.{value.microseconds:06d}"
            return f"'{value.days} days {seconds} seconds'::interval"
        if dialect.is_mysql_like:
            hours, rest = divmod(value.days * 86400 + value.seconds, 3600)
            return f"'{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{value.microseconds:06d}'"
        return f"'{value}'"
    if isinstance(value, dt.datetime):
        if dialect is Dialect.POSTGRESQL:
            kind = "timestamptz" if value.tzinfo else "timestamp"
            return f"'{value.isoformat()}'::{kind}"
        return f"'{value.isoformat(' ')}'"
    if dialect is Dialect.POSTGRESQL:
        kind = "date"
        if isinstance(value, dt.time):
            kind = "timetz" if value.tzinfo else "time"
        return f"'{value.isoformat()}'::{kind}"
    return f"'{value.isoformat()}'"


def _other(value: object, dialect: Dialect) -> str:
    if isinstance(value, uuid.UUID):
        return f"'{value}'::uuid" if dialect is Dialect.POSTGRESQL else f"'{value}'"
    if isinstance(value, (list, tuple)):
        if dialect is Dialect.POSTGRESQL and isinstance(value, list):
            items = ", ".join(literal(item, dialect) for item in value)
            return f"ARRAY[{items}]" if items else "'{}'"
        return f"({', '.join(literal(item, dialect) for item in value)})"
    if isinstance(
        value,
        (
            ipaddress.IPv4Address,
            ipaddress.IPv6Address,
            ipaddress.IPv4Network,
            ipaddress.IPv6Network,
        ),
    ):
        return f"'{value}'::inet" if dialect is Dialect.POSTGRESQL else f"'{value}'"
    if isinstance(value, Promise):
        # A translated string.
        return _string(str(value), dialect)
    if isinstance(value, dict) and dialect is Dialect.POSTGRESQL:
        return f"{_string(_hstore(value), dialect)}::hstore"
    return _adapted(value, dialect)


def _adapted(value: object, dialect: Dialect) -> str:
    """Write what wraps a value for a driver: the drivers' own classes, and GeoDjango's."""
    if hasattr(value, "adapted") or hasattr(value, "obj"):
        return _json(value, dialect)
    if hasattr(value, "lower") and hasattr(value, "upper") and hasattr(value, "isempty"):
        return _range(value)
    if hasattr(value, "ewkb"):
        return postgis_literal(value)
    wkt = getattr(value, "wkt", None)
    if isinstance(wkt, str):
        # GeoDjango's adapter for MySQL, which mysqlclient takes for its text.
        return _string(wkt, dialect)
    addr = getattr(value, "addr", None)
    if isinstance(addr, str):
        return f"{_string(addr, dialect)}::inet"
    message = f"a value of type {type(value).__name__!r} cannot be written as SQL"
    raise ValueError(message)


def _json(value: object, dialect: Dialect) -> str:
    """Write psycopg2's ``Json(adapted)`` or psycopg's ``Jsonb(obj)``."""
    import json

    dumps = getattr(value, "dumps", None) or json.dumps
    content = value.adapted if hasattr(value, "adapted") else getattr(value, "obj", None)
    cast = "::jsonb" if type(value).__name__ == "Jsonb" else ""
    return f"{_string(str(dumps(content)), dialect)}{cast}"


def _hstore(value: dict[object, object]) -> str:
    """Write a mapping as psycopg does once Django has registered hstore."""

    def quoted(part: object) -> str:
        return '"{}"'.format(str(part).replace("\\", "\\\\").replace('"', '\\"'))

    return ", ".join(
        f"{quoted(key)}=>{'NULL' if content is None else quoted(content)}"
        for key, content in value.items()
    )


def _range(value: object) -> str:
    if getattr(value, "isempty", False):
        return "'empty'"
    bounds = getattr(value, "_bounds", None) or "[)"
    ends = []
    for end in (getattr(value, "lower", None), getattr(value, "upper", None)):
        if end is None:
            ends.append("")
        elif isinstance(end, (dt.date, dt.datetime)):
            ends.append(end.isoformat())
        else:
            ends.append(str(end))
    text = f"{bounds[0]}{ends[0]},{ends[1]}{bounds[1]}"
    return "'" + text.replace("'", "''") + "'"
