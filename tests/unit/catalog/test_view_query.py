# ruff: noqa: E501 - queries are easier to read whole
"""What a view's query reads, what its stars stand for, and what a rename makes of it."""

from __future__ import annotations

import pytest

from replayer.catalog.schema import QualifiedName
from replayer.catalog.view_query import ViewQuery
from replayer.model import Dialect

TABLES = {
    QualifiedName("", "leg"): ("id", "account_id", "amount", "debit", "Big"),
    QualifiedName("", "account"): ("id", "name"),
    QualifiedName("audit", "entry"): ("id", "text"),
}
LEG = QualifiedName("", "leg")


def query(text: str, dialect: Dialect = Dialect.POSTGRESQL) -> ViewQuery:
    return ViewQuery(text, dialect)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT id, debit AS amount FROM leg", {"id", "debit"}),
        ("SELECT l.debit amount FROM leg l ORDER BY amount", {"debit"}),
        ("SELECT q.amount FROM (SELECT id AS amount FROM leg) q", {"id"}),
        ("SELECT COUNT(*) AS amount FROM leg", set()),
        ("SELECT * FROM leg", {"id", "account_id", "amount", "debit", "Big"}),
        ('SELECT "Big", big FROM leg', {"Big"}),
        ("SELECT name FROM account WHERE EXISTS (SELECT 1 FROM leg WHERE amount > account.id)", {"amount"}),
        ("SELECT u.s FROM account a JOIN LATERAL (SELECT SUM(debit) AS s FROM leg WHERE account_id = a.id) u ON true", {"debit", "account_id"}),
        ("WITH amount AS (SELECT debit FROM leg) SELECT * FROM amount", {"debit"}),
        ("SELECT 1 AS n FROM leg JOIN account USING (id)", {"id"}),
        ("SELECT 1 AS n FROM leg NATURAL JOIN account", {"id"}),
        ("SELECT debit FROM leg UNION ALL SELECT id FROM account", {"debit"}),
        ("SELECT text FROM audit.entry", set()),
        ("SELECT debit FROM leg WITH NO DATA", {"debit"}),
        ("SELECT debit FROM leg WITH LOCAL CHECK OPTION;", {"debit"}),
    ],
)  # fmt: skip
def test_what_is_read_of_a_table(text: str, read: set[str]) -> None:
    reads = query(text).reads(TABLES.get)
    assert reads is not None
    assert {one.column for one in reads if one.table == LEG} == read
    for one in reads:
        if one.start >= 0:
            assert text[one.start : one.end].strip('"') == one.column


def test_what_is_no_query_is_not_understood() -> None:
    assert query("VALUES OF NOTHING (").reads(TABLES.get) is None
    assert query("VALUES OF NOTHING (").renamed(TABLES.get, LEG, "id", "pk") is None


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("SELECT * FROM account", 'SELECT "account"."id", "account"."name" FROM account'),
        (
            "SELECT a.*, COUNT(*) n FROM account a, leg l GROUP BY a.id",
            'SELECT "a"."id", "a"."name", COUNT(*) n FROM account a, leg l GROUP BY a.id',
        ),
        (
            "SELECT * FROM (SELECT a.*, 1 AS one FROM account a) q",
            'SELECT "q"."id", "q"."name", "q"."one" FROM (SELECT "a"."id", "a"."name", 1 AS one FROM account a) q',
        ),
        (
            "WITH c (x, y) AS (SELECT * FROM account) SELECT c.* FROM c",
            'WITH c (x, y) AS (SELECT "account"."id", "account"."name" FROM account) SELECT "c"."x", "c"."y" FROM c',
        ),
        ("SELECT * FROM nowhere", "SELECT * FROM nowhere"),
        ("SELECT * FROM leg JOIN account USING (id)", "SELECT * FROM leg JOIN account USING (id)"),
        ("SELECT 2 * id FROM account", "SELECT 2 * id FROM account"),
        ("SELECT (SELECT * FROM account) FROM leg", 'SELECT (SELECT "account"."id", "account"."name" FROM account) FROM leg'),
    ],
)  # fmt: skip
def test_a_star_stands_for_the_columns_that_are_there(text: str, expanded: str) -> None:
    assert query(text).expanded(TABLES.get) == expanded


def test_mysql_quotes_with_backticks_and_knows_columns_in_any_case() -> None:
    mine = query("SELECT * FROM account WHERE NAME = 'x'", Dialect.MYSQL)
    assert mine.expanded(TABLES.get) == (
        "SELECT `account`.`id`, `account`.`name` FROM account WHERE NAME = 'x'"
    )
    reads = mine.reads(TABLES.get)
    assert reads is not None
    assert "name" in {one.column for one in reads if one.start >= 0}


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("SELECT debit FROM leg", 'SELECT "credit" AS "debit" FROM leg'),
        ("SELECT l.debit AS d FROM leg l WHERE debit > 0", 'SELECT l."credit" AS d FROM leg l WHERE "credit" > 0'),
        ("SELECT q.debit FROM (SELECT debit FROM leg) q", 'SELECT q.debit FROM (SELECT "credit" AS "debit" FROM leg) q'),
        ("SELECT id AS debit FROM account", "SELECT id AS debit FROM account"),
    ],
)  # fmt: skip
def test_after_a_rename_the_result_is_called_as_before(text: str, renamed: str) -> None:
    assert query(text).renamed(TABLES.get, LEG, "debit", "credit") == renamed
