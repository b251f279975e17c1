from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.utils.functional import lazystr

from replayer.dialects.literals import compose, literal, respelt
from replayer.model import Dialect
from replayer.project.driver_values import Inet, Json, Range

SQLITE, POSTGRESQL, MYSQL, MARIADB, MSSQL = Dialect


class Colour(enum.Enum):
    RED = "it's red"


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (None, ["NULL"] * 5),
        (True, ["1", "true", "1", "1", "1"]),
        (False, ["0", "false", "0", "0", "0"]),
        (-3, ["-3"] * 5),
        ("it's", ["'it''s'"] * 5),
        ("a\\b", ["'a\\b'", "'a\\b'", "'a\\\\b'", "'a\\\\b'", "'a\\b'"]),
        ("ü", ["'ü'", "'ü'", "'ü'", "'ü'", "N'ü'"]),
        (Colour.RED, ["'it''s red'"] * 5),
        (Decimal("1E+2"), ["100", "1E+2", "100", "100", "100"]),
        (0.5, ["0.5", "0.5", "0.5e0", "0.5e0", "0.5"]),
        (
            b"\x00it's \xc3\xbc",
            [
                "X'006974277320c3bc'",
                "'\\x006974277320c3bc'::bytea",
                "'\\0it''s ü'",
                "'\\0it''s ü'",
                "0x006974277320c3bc",
            ],
        ),
        (b"\x00\xff", ["X'00ff'", "'\\x00ff'::bytea", "X'00ff'", "X'00ff'", "0x00ff"]),
        (math.inf, ["'Infinity'", "'Infinity'::float", "'Infinity'", "'Infinity'", "'Infinity'"]),
        (dt.date(2024, 2, 29), ["'2024-02-29'", "'2024-02-29'::date", *["'2024-02-29'"] * 3]),
        (lazystr("later"), ["'later'"] * 5),
        ((1, "a"), ["(1, 'a')"] * 5),
    ],
)
def test_each_dialect_has_its_own_text(value: object, texts: list[str]) -> None:
    assert [literal(value, dialect) for dialect in Dialect] == texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, None], "ARRAY[1, NULL]"),
        ([], "'{}'"),
        (uuid.UUID(int=1), "'00000000-0000-0000-0000-000000000001'::uuid"),
        (dt.timedelta(days=1, seconds=2), "'1 days 2.000000 seconds'::interval"),
        (Json({"a": "it's"}), """'{"a": "it''s"}'"""),
        ({}, "''::hstore"),
        ({"a": 'it\'s "b"', "c": None}, """'"a"=>"it''s \\"b\\"", "c"=>NULL'::hstore"""),
        (Inet("10.0.0.1"), "'10.0.0.1'::inet"),
        (ipaddress.ip_address("::1"), "'::1'::inet"),
        (Range(1, None, "(]"), "'(1,]'"),
        (Range(empty=True), "'empty'"),
    ],
)
def test_values_of_postgresql(value: object, text: str) -> None:
    assert literal(value, POSTGRESQL) == text


@pytest.mark.parametrize("dialect", Dialect)
def test_what_no_driver_knows_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="'object' cannot be written"):
        literal(object(), dialect)


@pytest.mark.parametrize(
    ("sql", "params", "text"),
    [
        ("SELECT %s, %s", [1, "%s"], "SELECT 1, '%s'"),
        ("SELECT '%%' || %s", ["a"], "SELECT '%' || 'a'"),
        ("SELECT %(a)s", {"a": "b"}, "SELECT 'b'"),
        ("SELECT 1", [], "SELECT 1"),
    ],
)
@pytest.mark.parametrize("dialect", Dialect)
def test_parameters_are_written_in(dialect: Dialect, sql: str, params: Any, text: str) -> None:
    assert compose(sql, params, dialect) == text


def test_bytes_that_are_no_text_are_spelt_as_no_driver_of_mysql_does() -> None:
    params = ["é", b"text \xc3\xa9", b"\xff", None, bytearray(b"\xfe")]
    found = {dialect: respelt(params, dialect) for dialect in Dialect}
    assert found[Dialect.MYSQL] == found[Dialect.MARIADB] == ("X'ff'", "X'fe'")
    assert found[Dialect.SQLITE] == found[Dialect.POSTGRESQL] == found[Dialect.MSSQL] == ()
    assert respelt({"one": b"\xff"}, Dialect.MYSQL) == ("X'ff'",)
    assert respelt(None, Dialect.MYSQL) == ()


def test_a_negative_number_begins_no_comment() -> None:
    assert compose("SELECT 1-%s", [-1], POSTGRESQL) == "SELECT 1- -1"


@pytest.mark.parametrize(("sql", "params"), [("%s %s", [1]), ("%s", [1, 2]), ("%(a)s", {})])
def test_too_few_or_too_many_parameters_are_refused(sql: str, params: Any) -> None:
    with pytest.raises((TypeError, KeyError)):
        compose(sql, params, POSTGRESQL)


def test_a_lone_percent_sign_is_none_of_sqlites_placeholders() -> None:
    assert compose("SELECT '5%' LIKE %s", ["a"], SQLITE) == "SELECT '5%' LIKE 'a'"
