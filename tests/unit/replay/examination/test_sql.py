"""SQL is judged by the verbs of its statements."""

from __future__ import annotations

import pytest

from replayer.replay.examination.atoms import Text
from replayer.replay.examination.sql import judge_sql, looks_like_ddl


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", (False, True)),
        ("  -- DROP\n INSERT INTO a VALUES ('x; DROP TABLE y')", (False, True)),
        ("/* c */ create unique index a on b (c)", (True, True)),
        ("UPDATE a SET b = 1; ALTER TABLE a ADD c int", (True, True)),
        ("SELECT create_hypertable('a', 'b')", (True, False)),
        ("DO $$ BEGIN END $$", (True, False)),
        ("PRAGMA legacy_alter_table = OFF", (True, True)),
        ("PRAGMA foreign_keys = OFF", (False, True)),
        ("", (False, True)),
    ],
)
def test_sql_is_judged_by_the_verbs_of_its_statements(
    sql: str, expected: tuple[bool, bool]
) -> None:
    assert judge_sql(Text(sql, is_whole=True)) == expected


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ("UPDATE ", (False, False)),
        ("ALTER TABLE ", (True, True)),
        ("SELEC", (True, False)),
        ("", (True, False)),
    ],
)
def test_of_a_text_that_goes_on_only_the_beginning_is_judged(
    begun: str, expected: tuple[bool, bool]
) -> None:
    assert judge_sql(Text(begun, is_whole=False)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-- made\n create unique index a on b (c)", True),
        ("CREATE OR REPLACE FUNCTION f()", True),
        ("drop everything", False),
        ("created by Alter", False),
    ],
)
def test_a_string_that_begins_as_ddl_does_looks_like_it(text: str, *, expected: bool) -> None:
    assert looks_like_ddl(Text(text, is_whole=True)) is expected
