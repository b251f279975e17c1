"""Which kept expressions MySQL converts when it reads them once more, and how it is had to."""

from __future__ import annotations

import pytest

from replayer.catalog.mysql.catalog import MysqlCatalog
from replayer.catalog.mysql.table import MysqlTable
from replayer.catalog.mysql.texts import fresh_checks, has_converted, is_converted, read_again
from replayer.model import Dialect, ServerFacts

MYSQL = ServerFacts(dialect=Dialect.MYSQL, version=(8, 4, 0))
MARIADB = ServerFacts(dialect=Dialect.MARIADB, version=(10, 11, 6))


def table(*statements: str, facts: ServerFacts = MYSQL) -> MysqlTable:
    catalog = MysqlCatalog(facts)
    for sql in statements:
        catalog.execute(sql)
    return catalog.schema.tables["t"]


@pytest.mark.parametrize(
    ("column", "options", "charset", "converted"),
    [
        ("c varchar(9)", "", "utf8mb3", True),
        ("c varchar(9)", "", "utf8mb4", False),
        ("c longtext", "", "utf8mb3", True),
        ("c enum('x', 'y')", "", "utf8mb3", True),
        ("c json", "", "utf8mb3", True),
        ("c integer", "", "utf8mb3", False),
        ("c date", "", "utf8mb3", False),
        ("c varbinary(9)", "", "utf8mb4", True),
        ("c longblob", "", "utf8mb4", True),
        ("c varchar(9) CHARACTER SET latin1", "", "utf8mb4", True),
        ("c varchar(9) CHARACTER SET utf8", "", "utf8mb3", False),
        ("c varchar(9) CHARACTER SET utf8mb3", "", "utf8mb3", False),
        ("c varchar(9) COLLATE utf8mb4_bin", "", "utf8mb4", False),
        ("c varchar(9) COLLATE latin1_bin", "", "utf8mb4", True),
        ("c varchar(9)", " CHARACTER SET latin1", "utf8mb4", True),
        ("c varchar(9)", " COLLATE latin1_bin", "utf8mb4", True),
        ("c varchar(9) CHARACTER SET utf8mb4", " CHARACTER SET latin1", "utf8mb4", False),
        ("c json", " CHARACTER SET latin1", "utf8mb4", False),
        ("c nvarchar(9)", "", "utf8mb4", True),
        ("c national char(9)", "", "utf8mb3", False),
    ],
)
def test_a_text_is_converted_where_the_column_has_other_characters_than_the_session(
    column: str, options: str, charset: str, *, converted: bool
) -> None:
    made = table(f"CREATE TABLE t ({column}){options}")
    assert is_converted("`c` <> 'x'", made, charset) is converted


@pytest.mark.parametrize(
    ("expression", "converted"),
    [
        ("`c` <> 'x'", True),
        ("C <> 'x'", True),
        ("n > 0 AND c <> ''", True),
        ("c IS NOT NULL", False),
        ("n <> 'c'", False),
        ("n > 0", False),
        ("c = x'41'", False),
        ("c = _latin1'x'", True),
        ("c = _utf8mb4 'x'", False),
        ("c = _UTF8'x'", True),
        ("c = n'x'", True),
    ],
)
def test_only_a_text_beside_a_column_of_characters_is_converted(
    expression: str, *, converted: bool
) -> None:
    made = table("CREATE TABLE t (n integer, c varchar(9), d date)")
    assert is_converted(expression, made, "utf8mb3") is converted


def test_checks_are_fresh_until_the_table_is_altered() -> None:
    create = "CREATE TABLE t (c varchar(9), CONSTRAINT a CHECK (c = 'x'))"
    assert [check.name for check in fresh_checks(table(create), "utf8mb3")] == ["a"]
    assert not has_converted(table(create), "utf8mb3")

    altered = table(create, "ALTER TABLE t ADD CONSTRAINT b CHECK (c <> 'y'), ADD n integer")
    assert [check.name for check in fresh_checks(altered, "utf8mb3")] == ["b"]
    assert has_converted(altered, "utf8mb3")


@pytest.mark.parametrize(
    ("expression", "charset", "converted"),
    [
        # MySQL compares with BETWEEN as numbers do, whose character set is latin1.
        ("d BETWEEN '2020-01-01' AND '2021-01-01'", "utf8mb4", True),
        ("n BETWEEN '1' AND '2'", "utf8mb4", True),
        ("char_length(c) BETWEEN '1' AND '2'", "utf8mb4", True),
        ("c BETWEEN 'a' AND 'b'", "utf8mb4", False),
        ("c BETWEEN 'a' AND 'b'", "utf8mb3", True),
        ("n BETWEEN 1 AND 2 AND c IS NOT NULL", "utf8mb4", False),
        # Of a time or a year a text becomes a value.
        ("t >= '09:00:00'", "utf8mb4", True),
        ("y = '2020'", "utf8mb4", True),
        ("s >= '2020-01-01 09:00:00'", "utf8mb4", False),
        ("t IS NOT NULL", "utf8mb4", False),
        # What a function returns is of the connection that alters the table.
        ("dayname(d) = 'x'", "utf8mb3", True),
        ("dayname(d) = 'x'", "utf8mb4", False),
        ("d IN ('2020-01-01')", "utf8mb3", False),
        ("NOT (d = '2020-01-01' AND (n = '1'))", "utf8mb3", False),
    ],
)
def test_texts_are_converted_beside_what_is_no_text_too(
    expression: str, charset: str, *, converted: bool
) -> None:
    made = table("CREATE TABLE t (n integer, c char(9), d date, t time(6), y year, s datetime(6))")
    assert is_converted(expression, made, charset) is converted


def test_generated_columns_are_converted_when_they_are_made() -> None:
    made = table(
        "CREATE TABLE t (c varchar(9), g varchar(9) AS (concat(c, 'x')) STORED)",
        "ALTER TABLE t ADD n integer",
    )
    assert not has_converted(made, "utf8mb3")


def test_mariadb_keeps_no_character_set_that_could_be_converted() -> None:
    made = table(
        "CREATE TABLE t (c varchar(9), CONSTRAINT a CHECK (c = 'x'))",
        "ALTER TABLE t ADD CONSTRAINT b CHECK (c <> 'y')",
        facts=MARIADB,
    )
    assert fresh_checks(made, "utf8mb3") == ()
    assert not has_converted(made, "utf8mb3")


def test_fresh_checks_are_added_by_the_statement_that_has_the_rest_read_again() -> None:
    made = table(
        "CREATE TABLE t (c varchar(9), CONSTRAINT a CHECK (c = 'x'), "
        "CONSTRAINT `b``c` CHECK (c <> 'y') NOT ENFORCED)",
    )
    fresh = fresh_checks(made, "utf8mb3")
    assert read_again(made, fresh) == (
        "ALTER TABLE `t` ADD CONSTRAINT `a` CHECK (c = 'x'), "
        "ADD CONSTRAINT `b``c` CHECK (c <> 'y') NOT ENFORCED"
    )
    assert read_again(made, ()) == "ALTER TABLE `t` FORCE"
