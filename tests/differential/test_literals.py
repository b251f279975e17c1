"""Literals mean to a real server what the driver's own parameters mean to it."""

from __future__ import annotations

import datetime as dt
import math
import sqlite3
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from replayer.dialects.literals import compose, literal
from replayer.model import Dialect
from tests.differential.servers import ServerMissingError, connect, find_server

if TYPE_CHECKING:
    from collections.abc import Iterator

UTC = dt.timezone.utc
KATHMANDU = dt.timezone(dt.timedelta(hours=5, minutes=45))

TEXTS = [
    "",
    "plain",
    "it's",
    '"double"',
    "back\\slash",
    "\\' OR 1=1 -- ",
    "C:\\new\\table",
    "line\nfeed\r\ttab",
    "100% %s %(name)s %%",
    "Größe Ж 日本 🐘",
    "\x01\x1a\x7f",
    "$$ $1 ?",
]
NUMBERS = [True, False, 0, 1, -1, 2**31, -(2**63), 2**63 - 1, 0.5, -2.25, 1e300, 1.5e-07, 0.1]
DECIMALS = [Decimal(0), Decimal("-12.3400"), Decimal("1E+5"), Decimal("0.00000001")]
BYTES = [b"", b"plain", b"it's\\ \x00\xff\n", bytes(range(256)), memoryview(b"view")]
TIMES = [
    dt.date(2024, 2, 29),
    dt.time(0, 0),
    dt.time(23, 59, 59, 999999),
    dt.datetime(2024, 2, 29, 12, 30),  # noqa: DTZ001 - a naive one is a case
    dt.datetime(2024, 2, 29, 12, 30, 15, 250),  # noqa: DTZ001 - as above
]
INTERVALS = [
    dt.timedelta(0),
    dt.timedelta(days=3, hours=4, microseconds=5),
    dt.timedelta(hours=26, seconds=1),
]
NEGATIVE = [dt.timedelta(days=-1, hours=1), dt.timedelta(seconds=-1)]


def same(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    if isinstance(left, (bytes, memoryview)) and isinstance(right, (bytes, memoryview)):
        return bytes(left) == bytes(right)
    return type(left) is type(right) and left == right


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Any]:
    psycopg = pytest.importorskip("psycopg")
    try:
        server = find_server("postgresql")
    except ServerMissingError as error:
        pytest.skip(str(error))
    with connect(server) as connection:
        # Django's cursors compose parameters on the client's side, as these do.
        connection.cursor_factory = psycopg.ClientCursor
        yield connection


@pytest.mark.server
def told(value: object) -> str:
    """Return a value as an id of a test: the same in every process, unlike a memoryview's repr."""
    return f"memoryview of {bytes(value)!r}" if isinstance(value, memoryview) else repr(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        *TEXTS,
        *NUMBERS,
        *DECIMALS,
        *BYTES,
        *TIMES,
        *INTERVALS,
        *NEGATIVE,
        math.inf,
        -math.inf,
        math.nan,
        2**80,
        Decimal("NaN"),
        dt.time(12, 30, tzinfo=UTC),
        dt.datetime(2024, 2, 29, 12, 30, tzinfo=UTC),
        dt.datetime(2024, 2, 29, 12, 30, tzinfo=KATHMANDU),
        uuid.UUID("12345678-1234-5678-1234-567812345678"),
        [1, 2, 3],
        ["a", "it's", "back\\slash", "NULL", "{,}"],
        [True, None],
        [[1, 2], [3, 4]],
    ],
    ids=told,
)
def test_postgresql(value: object, postgresql: Any) -> None:
    cursor = postgresql.cursor()
    cast = "::text[]" if isinstance(value, list) and isinstance(value[0], str) else ""
    cursor.execute(f"SELECT %s{cast}", [value])
    (wanted,) = cursor.fetchone()
    cursor.execute(f"SELECT {literal(value, Dialect.POSTGRESQL)}{cast}".encode())
    (found,) = cursor.fetchone()
    if isinstance(value, Decimal) and value.is_nan():
        assert found.is_nan()
        assert wanted.is_nan()
        return
    assert same(found, wanted), (found, wanted)


@pytest.mark.server
@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"a": [1, "it's", None, "\\"], "ü": 0.5}, "jsonb"),
        ([], "jsonb"),
        ("text", "jsonb"),
    ],
)
def test_json_for_postgresql(value: object, kind: str, postgresql: Any) -> None:
    from psycopg.types.json import Jsonb

    cursor = postgresql.cursor()
    cursor.execute(f"SELECT {literal(Jsonb(value), Dialect.POSTGRESQL)}::{kind}".encode())
    assert cursor.fetchone() == (value,)


@pytest.mark.server
@pytest.mark.parametrize(
    ("ends", "bounds", "kind"),
    [
        ((1, 5), "[)", "int4range"),
        ((None, 5), "[)", "int4range"),
        ((Decimal("1.5"), None), "(]", "numrange"),
        ((dt.date(2024, 1, 1), dt.date(2024, 2, 1)), "[)", "daterange"),
        (
            (
                dt.datetime(2024, 1, 1, 12, tzinfo=UTC),
                dt.datetime(2024, 1, 2, 12, tzinfo=KATHMANDU),
            ),
            "[]",
            "tstzrange",
        ),
    ],
)
def test_ranges_for_postgresql(
    ends: tuple[Any, Any], bounds: str, kind: str, postgresql: Any
) -> None:
    from psycopg.types.range import Range

    value = Range(*ends, bounds=bounds)
    cursor = postgresql.cursor()
    cursor.execute(f"SELECT %s::{kind}", [value])
    (wanted,) = cursor.fetchone()
    cursor.execute(f"SELECT {literal(value, Dialect.POSTGRESQL)}::{kind}".encode())
    assert cursor.fetchone() == (wanted,)


@pytest.fixture(scope="module", params=["mysql", "mariadb"])
def mysql(request: pytest.FixtureRequest) -> Iterator[tuple[Dialect, Any]]:
    pytest.importorskip("MySQLdb")
    try:
        server = find_server(request.param)
    except ServerMissingError as error:
        pytest.skip(str(error))
    with connect(server) as connection:
        yield Dialect(request.param), connection


@pytest.mark.server
@pytest.mark.parametrize(
    "value",
    [None, "a\0b", *TEXTS, *NUMBERS, *DECIMALS, *BYTES, *TIMES, *INTERVALS],
    ids=told,
)
def test_mysql_and_mariadb(value: object, mysql: tuple[Dialect, Any]) -> None:
    dialect, connection = mysql
    text = literal(value, dialect)
    cursor = connection.cursor()
    if isinstance(value, (bytes, memoryview)):
        cursor.execute(f"SELECT HEX({text})")
        assert cursor.fetchone() == (bytes(value).hex().upper(),)
        return
    cursor.execute("SELECT %s", [value])
    (wanted,) = cursor.fetchone()
    cursor.execute(f"SELECT {text}")
    (found,) = cursor.fetchone()
    if isinstance(value, dt.datetime):
        # The driver leaves out the microseconds that are none; to a column they mean the same.
        assert dt.datetime.fromisoformat(found) == dt.datetime.fromisoformat(wanted)
    elif isinstance(value, (dt.time, dt.timedelta)):
        cursor.execute(f"SELECT CAST(%s AS TIME(6)) = CAST({text} AS TIME(6))", [value])
        assert cursor.fetchone() == (1,)
    else:
        assert same(found, wanted), (found, wanted)


@pytest.mark.database
@pytest.mark.parametrize(
    "value",
    [None, *TEXTS, *NUMBERS, *BYTES],
    ids=told,
)
def test_sqlite(value: object) -> None:
    connection = sqlite3.connect(":memory:")
    (wanted,) = connection.execute("SELECT ?", [value]).fetchone()
    text = compose("SELECT %s", [value], Dialect.SQLITE)
    (found,) = connection.execute(text).fetchone()
    assert same(found, wanted), (found, wanted)
    connection.close()
