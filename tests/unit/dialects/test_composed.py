"""A composed statement is the same text whichever psycopg it is of, the stand-in's too."""

from __future__ import annotations

import datetime as dt
import importlib
from typing import Any

import pytest

from replayer.dialects.composed import text_of_query
from replayer.model import Dialect


@pytest.fixture(params=["replayer.project.composables", "psycopg2.sql", "psycopg.sql"])
def sql(request: pytest.FixtureRequest) -> Any:
    try:
        return importlib.import_module(request.param)
    except ImportError as error:
        pytest.skip(f"{request.param} is not installed: {error}")


def text(query: object) -> str:
    return text_of_query(query, Dialect.POSTGRESQL)


def test_names_stand_in_quotes_with_what_they_are_in(sql: Any) -> None:
    query = sql.SQL("CREATE INDEX {} ON {table} ({})").format(
        sql.Identifier('a"b'),
        sql.SQL(", ").join(map(sql.Identifier, "xy")),
        table=sql.Identifier("s", "t"),
    )
    assert text(query) == 'CREATE INDEX "a""b" ON "s"."t" ("x", "y")'


def test_values_and_places_for_parameters(sql: Any) -> None:
    query = sql.SQL("INSERT INTO t VALUES ({}, {}, {}, {})").format(
        sql.Literal("it's"), sql.Literal(None), sql.Placeholder(), sql.Placeholder("named")
    )
    assert text(query) == "INSERT INTO t VALUES ('it''s', NULL, %s, %(named)s)"
    assert "2020-01-02" in text(sql.Literal(dt.date(2020, 1, 2)))


def test_pieces_are_added_multiplied_and_numbered(sql: Any) -> None:
    row = sql.SQL("{1} < {0}{{}}").format(sql.Identifier("a"), sql.Identifier("b"))
    assert text(sql.SQL("SELECT ") + row) == 'SELECT "b" < "a"{}'
    assert text(row + sql.SQL(";")) == '"b" < "a"{};'
    assert text(sql.SQL(", ").join(sql.Placeholder() * 3)) == "%s, %s, %s"
    assert text(sql.Composed([sql.SQL("a"), sql.SQL("b")]).join("-")) == "a-b"
    assert sql.Identifier("a") == sql.Identifier("a") != sql.Identifier("b")


def test_text_and_bytes_are_what_they_are() -> None:
    assert text("SELECT 1") == "SELECT 1"
    assert text(b"SELECT 'caf\xc3\xa9'") == "SELECT 'café'"


def test_the_stand_in_tells_its_text_without_a_connection() -> None:
    sql: Any = importlib.import_module("replayer.project.composables")
    query = sql.SQL("SET x = {} WHERE {} = {}").format(None, sql.Identifier("a"), "b'c")
    assert query.as_string(object()) == "SET x = NULL WHERE \"a\" = 'b''c'"
