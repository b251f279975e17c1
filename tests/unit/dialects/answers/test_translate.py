"""What SQLite can't read as the server can is written so that it means the same."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

from replayer.dialects.answers.translate import translated


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT t.b FROM (VALUES ('a', 1), ('c', 2)) AS t (a, b) WHERE t.a = 'c'", [(2,)]),
        ("SELECT * FROM (SELECT 1, 2) AS t (a, b) WHERE a = 1", [(1, 2)]),
        # As QuerySet.union() and its order_by() write them.
        (
            "(SELECT 1 AS a) UNION ALL (SELECT 3 AS a ORDER BY a LIMIT 1) ORDER BY (1) DESC",
            [(3,), (1,)],
        ),
        ("((SELECT 1) UNION (SELECT 2)) EXCEPT (SELECT 2)", [(1,)]),
        ("SELECT * FROM ((SELECT 1 AS a) INTERSECT (SELECT 1)) AS u", [(1,)]),
    ],
)
def test_the_rows_are_the_servers(sql: str, rows: list[tuple[object, ...]]) -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute(translated(sql, "postgres")).fetchall() == rows
