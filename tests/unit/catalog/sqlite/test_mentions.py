from __future__ import annotations

import pytest

from replayer.catalog.sqlite.mentions import (
    Need,
    has_strings_in_double_quotes,
    need_of,
    renamed_in,
    words_of,
)


@pytest.mark.parametrize(
    ("sql", "need"),
    [
        ("BEGIN IMMEDIATE", Need.NOTHING),
        ("\n rollback to x", Need.NOTHING),
        ("PRAGMA foreign_keys", Need.NOTHING),
        ('PRAGMA main.table_info("poll")', Need.NAMED),
        ("PRAGMA foreign_key_check", Need.ALL),
        ("PRAGMA writable_schema = ON", Need.ALL),
        ("PRAGMA", Need.ALL),
        ('create table "poll" ("id" integer)', Need.NAMED),
        ('SELECT "a" FROM "poll"', Need.NAMED),
        ('DROP TABLE "poll"', Need.ROWS),
        ("WITH x AS (SELECT 1) DELETE FROM y", Need.ROWS),
        ("SELECT count(*) FROM sqlite_master", Need.ALL),
        ("SELECT * FROM pragma_table_list", Need.ALL),
        ("DELETE FROM sqlite_sequence", Need.ALL),
        ("SELECT sql FROM sqlite_master WHERE type='table' and name=?", Need.NAMED),
        (
            "\nSELECT sql\nFROM sqlite_master\nWHERE type = 'index' AND name = 'x'\n",
            Need.NAMED,
        ),
        ("SELECT sql FROM sqlite_master WHERE type='table' and name<>?", Need.ALL),
        ("/* a comment */ SELECT 1", Need.ALL),
        ("VACUUM", Need.ALL),
        ("", Need.ALL),
    ],
)
def test_what_is_not_usual_needs_everything(sql: str, need: Need) -> None:
    assert need_of(sql) is need


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ('CREATE TABLE "Poll" ("id" integer REFERENCES "vote" ("id"))', {"poll"}),
        ('CREATE UNIQUE INDEX "i" ON "poll" ("id", "size")', {"i", "poll"}),
        ("CREATE INDEX IF NOT EXISTS i ON poll (id)", {"i", "poll"}),
        (
            'CREATE TABLE "a" ("b" text DEFAULT (select 1), "c" text)',
            {"create", "table", "a", "b", "text", "default", "select", "c"},
        ),
        (
            "CREATE TABLE a AS SELECT * FROM b",
            {"create", "table", "a", "as", "select", "from", "b"},
        ),
        (
            'ALTER TABLE "a" ADD COLUMN "b" integer REFERENCES "c" ("id")',
            {"alter", "table", "a", "add", "column", "b", "integer", "id"},
        ),
        ("DELETE FROM [a b] -- `c`", {"delete", "from", "a b", "c"}),
        ("PRAGMA table_info('a''b')", {"pragma", "table_info", "a'b"}),
        ('SELECT "a""b"', {"select", 'a"b'}),
    ],
)
def test_each_word_may_be_a_name(sql: str, words: set[str]) -> None:
    assert words_of(sql) == words


def test_values_may_be_names() -> None:
    assert words_of("DELETE FROM ?", ["Poll", 1, None]) == {"delete", "from", "poll"}


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('ALTER TABLE "Poll" RENAME TO "polls"', {"poll"}),
        ('ALTER TABLE poll RENAME COLUMN "a" TO "b"', {"poll"}),
        ('ALTER TABLE "poll" ADD COLUMN "rename" text', set()),
        ('ALTER TABLE "poll" DROP COLUMN "a"', set()),
        (
            "ALTER TABLE main.poll RENAME a TO b",
            {"alter", "table", "main", "poll", *"ab", "rename", "to"},
        ),
        ('DROP TABLE "poll"', set()),
    ],
)
def test_keys_may_tell_the_name_of_what_is_renamed(sql: str, tables: set[str]) -> None:
    assert renamed_in(sql) == tables


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('CREATE TABLE "t" ("A" text, CONSTRAINT "c" CHECK ("a" > \'"x"\'))', False),
        ('CREATE TABLE "t" ("a" text COLLATE "nocase" REFERENCES "u" ("x") /* "x" */)', False),
        ('CREATE INDEX "i" ON "t" ("a", lower("b")) -- "x"', False),
        ('CREATE TABLE "t" ("a" text CHECK ("a" <> "x"))', True),
        ('CREATE TABLE "t" ("a" text DEFAULT "x")', True),
        ('CREATE INDEX "i" ON "t" ("x")', True),
        ('CREATE TABLE "t" ("a" "x")', True),
    ],
)
def test_what_is_no_column_is_a_string(sql: str, *, expected: bool) -> None:
    assert has_strings_in_double_quotes([sql], {"a", "b"}) is expected
