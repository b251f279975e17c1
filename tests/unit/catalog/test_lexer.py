from __future__ import annotations

import time

import pytest

from replayer.catalog.lexer import Words, quote, split_statements, string_value, unquote
from replayer.model import Dialect

PG = Dialect.POSTGRESQL


def test_words_keep_strings_names_and_comments_apart() -> None:
    words = Words("""A "b""c" -- x
      'it''s' /* y /* z */ */ E'\\'' $t$ a; $$ $t$ c::int""")
    assert words.texts == [
        *("A", '"b""c"', "'it''s'", "E'\\''", "$t$ a; $$ $t$", "c", "::", "int", "")
    ]
    assert words.slice(1, 3) == "\"b\"\"c\" 'it''s'"


def test_literals_on_two_lines_are_one() -> None:
    assert Words("'a'\n'b'").slice(0, 2) == "'ab'"


@pytest.mark.parametrize(
    ("text", "value"),
    [("'it''s'", "it's"), ("E'a\\'\\n'", "a'\n"), ("$x$a$$b$x$", "a$$b")],
)
def test_string_value(text: str, value: str) -> None:
    assert string_value(text) == value


def test_unquoted_names_are_folded_and_quoted_ones_kept() -> None:
    assert unquote("AbC") == "abc"
    assert unquote(quote('A"b')) == 'A"b'


@pytest.mark.parametrize(
    ("dialect", "sql", "count"),
    [
        (PG, "a; -- ;\n b; /* ; */ ; '", 3),
        (PG, "create function f() as $$ begin; end; $$; select ';'", 2),
        (PG, "create function f() begin atomic select 1; select 2; end; x", 2),
        (PG, "create rule r as on insert to t do (select 1; select 2); x", 2),
        (PG, "values (E'a\\';b'); begin; commit", 3),
        (Dialect.SQLITE, "create trigger t begin select case 1 when 2 then 3 end; end; x", 2),
        (Dialect.SQLITE, 'select [a;b], `c;d`, "e;f"; x', 2),
        (Dialect.MYSQL, "create trigger t begin if a then set b=1; end if; end; # ;\nx", 2),
        (Dialect.MYSQL, "select 'a\\';b'; x", 2),
        (Dialect.MSSQL, "select [a;b]; x", 2),
    ],
)
def test_semicolons_cut_only_between_statements(dialect: Dialect, sql: str, count: int) -> None:
    assert len(split_statements(sql, dialect)) == count


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (1, 'a; b');\n" * 25_000,
        "CREATE TRIGGER t BEGIN " + "UPDATE a SET b = 1; " * 50_000 + "END; x",
        "SELECT '" + "a;" * 500_000,
    ],
    ids=["many", "body", "unclosed"],
)
def test_a_megabyte_is_split_in_linear_time(dialect: Dialect, sql: str) -> None:
    begin = time.process_time()
    split_statements(sql, dialect)
    assert time.process_time() - begin < 3
