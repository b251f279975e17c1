from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from replayer.dialects.sqlite_alterations import ColumnAlterations

POLL = (
    'CREATE TABLE "poll" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, '
    '"slug" varchar(5) NOT NULL UNIQUE /* "slug" */, "size" integer CHECK ("size" >= 0), '
    '"parent_id" integer NULL REFERENCES "poll" ("slug") DEFERRABLE INITIALLY DEFERRED, '
    '"spare" text NULL, CONSTRAINT "small" CHECK (("size" < 9 AND "slug" <> \'size\')))'
)
VOTE = (
    'CREATE TABLE "vote" ("id" integer PRIMARY KEY, "size" integer, '
    '"poll_id" integer REFERENCES "Poll" ("Slug"), "other_id" integer REFERENCES "poll" ("id"))'
)
SCHEMA = (
    POLL,
    'CREATE UNIQUE INDEX "poll_size" ON "poll" ("size" DESC, "parent_id") WHERE "slug" <> \'\'',
    'CREATE TABLE "between" ("slug" text)',
    'CREATE INDEX "lower_slug" ON "poll" (lower("slug"))',
    VOTE,
    'CREATE INDEX "voted" ON "vote" ("poll_id")',
    'CREATE TABLE "tag" ("name" varchar(9) NOT NULL PRIMARY KEY) WITHOUT ROWID',
)
STATEMENTS = (
    'ALTER TABLE "poll" ADD COLUMN "of_id" integer NOT NULL REFERENCES "tag" ("name")',
    'ALTER TABLE "poll" ADD COLUMN "double" integer GENERATED ALWAYS AS ("size" * 2) VIRTUAL',
    'ALTER TABLE "poll" ADD COLUMN "é" varchar(5) DEFAULT \'ü; "x"\' NOT NULL CHECK ("é" <> \'\');',
    'ALTER TABLE "poll" RENAME COLUMN "slug" TO "title"',
    'ALTER TABLE "poll" RENAME COLUMN "size" TO "new size"',
    'ALTER TABLE "poll" RENAME COLUMN "parent_id" TO "parent"',
    'ALTER TABLE "poll" RENAME COLUMN "id" TO "ID"',
    'ALTER TABLE "poll" DROP COLUMN "spare"',
    'alter table "vote" drop column "poll_id_2"',
    'ALTER TABLE "tag" ADD COLUMN "note" text COLLATE NOCASE NULL',
)
SEQUENCES = "SELECT rowid, * FROM sqlite_sequence"

Database: TypeAlias = Callable[..., sqlite3.Connection]


def open_other() -> sqlite3.Connection:
    return sqlite3.connect(":memory:")


@pytest.fixture
def database() -> Iterator[Database]:
    """Give databases in which statements ran; they are closed with the test."""
    with contextlib.ExitStack() as opened:

        def opens(*statements: str) -> sqlite3.Connection:
            connection = sqlite3.connect(":memory:", isolation_level=None)
            opened.callback(connection.close)
            for statement in (*SCHEMA, *statements):
                connection.execute(statement)
            return connection

        yield opens


def master(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    rows = "SELECT rowid, type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
    return [row for query in (rows, SEQUENCES) for row in connection.execute(query)]


def understood(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return what the library knows of the tables without reading their texts again."""
    found = []
    for pragma in ("table_xinfo", "foreign_key_list", "index_list", "index_xinfo"):
        kind = "index" if pragma == "index_xinfo" else "table"
        found += connection.execute(
            f"SELECT m.name, p.* FROM sqlite_master m, pragma_{pragma}(m.name) p "
            f"WHERE m.type = '{kind}' ORDER BY 1, 2"
        ).fetchall()
    return found


@pytest.mark.parametrize("begin", ["SELECT 1", "BEGIN"])
@pytest.mark.parametrize("keys", ["ON", "OFF"])
@pytest.mark.parametrize("sql", STATEMENTS)
def test_what_stands_in_the_schema_is_what_the_library_leaves(
    database: Database, sql: str, keys: str, begin: str
) -> None:
    column = 'ALTER TABLE "vote" ADD COLUMN "poll_id_2" text'
    counted = ('INSERT INTO "poll" ("slug") VALUES (\'x\')', 'DELETE FROM "poll"')
    before = (column, *counted, f"PRAGMA foreign_keys = {keys}", begin)
    mine, theirs = database(*before), database(*before)
    assert ColumnAlterations(mine, open_other).run(sql)
    theirs.execute(sql)
    assert master(mine) == master(theirs)
    assert understood(mine) == understood(theirs)
    assert mine.in_transaction is (begin == "BEGIN")
    assert mine.execute("PRAGMA writable_schema").fetchall() == [(0,)]
    assert mine.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_one_statement_follows_the_other(database: Database) -> None:
    mine, theirs = database(), database()
    alterations = ColumnAlterations(mine, open_other)
    others = (
        'CREATE TABLE "reader" ("of" text REFERENCES "poll" ("slug"), CHECK ("of" <> "a word"))',
        'CREATE INDEX "read" ON "reader" ("of")',
        'DROP INDEX "read"',
        'DROP TABLE "reader"',
    )
    steps = [sql for sql in STATEMENTS if "poll_id_2" not in sql]
    for sql in (
        *steps[:2],
        others[0],
        *steps[2:5],
        others[1],
        *steps[5:7],
        *others[2:],
        *steps[7:],
    ):
        theirs.execute(sql)
        assert alterations.run(sql) is sql.startswith("ALTER")
        if not sql.startswith("ALTER"):
            mine.execute(sql)
        assert master(mine) == master(theirs)
        assert understood(mine) == understood(theirs)


@pytest.mark.parametrize("sql", STATEMENTS[3:8])
@pytest.mark.parametrize(
    "statements",
    [
        ['CREATE TABLE "words" ("a" text CHECK ("a" <> "b"))'],
        ['CREATE INDEX "words" ON "tag" ("name", "no column")'],
        # What a text means depends on the table beside it.
        [
            'CREATE TABLE "words" ("a" text, "b" text)',
            'CREATE INDEX "word" ON "words" ("b")',
            'ALTER TABLE "tag" RENAME COLUMN "name" TO "word"',
            'DROP TABLE "words"',
            'CREATE TABLE "words" ("a" text)',
            'CREATE INDEX "word" ON "words" ("b")',
        ],
    ],
)
def test_double_quoted_strings_anywhere_are_put_right(
    database: Database, sql: str, statements: list[str]
) -> None:
    mine, theirs = database(), database()
    alterations = ColumnAlterations(mine, open_other)
    for statement in (*statements, sql):
        try:
            theirs.execute(statement)
        except sqlite3.Error:
            assert not alterations.run(statement)
        else:
            if not alterations.run(statement):
                assert not statement.startswith("ALTER")
                mine.execute(statement)
        assert master(mine) == master(theirs)
        assert understood(mine) == understood(theirs)


@pytest.mark.parametrize("sql", STATEMENTS[2:5])
@pytest.mark.parametrize(
    "statement",
    [
        'INSERT INTO "poll" ("slug") VALUES (\'x\')',
        'CREATE TRIGGER "d" AFTER INSERT ON "poll" BEGIN SELECT 1; END',
        'CREATE TEMP TABLE "poll" ("slug" text)',
        'CREATE TEMP VIEW "seen" AS SELECT "slug" FROM "poll"',
        "ANALYZE",
        "PRAGMA legacy_alter_table = ON",
        "PRAGMA writable_schema = ON",
        'DROP TABLE "poll"',
    ],
)
def test_the_library_does_it_where_more_counts(
    database: Database, statement: str, sql: str
) -> None:
    connection = database("INSERT INTO \"tag\" VALUES ('x')", statement)
    before = master(connection)
    assert not ColumnAlterations(connection, open_other).run(sql)
    assert master(connection) == before


@pytest.mark.parametrize("sql", [STATEMENTS[3], STATEMENTS[7]])
@pytest.mark.parametrize(
    "statement",
    [
        'CREATE VIEW "seen" AS SELECT "slug", "size" FROM "poll"',
        'CREATE TRIGGER "d" AFTER INSERT ON "vote" BEGIN DELETE FROM "poll"; END',
        'CREATE VIRTUAL TABLE "search" USING fts4 ("body")',
    ],
)
def test_the_library_looks_for_columns_that_others_name(
    database: Database, statement: str, sql: str
) -> None:
    connection = database(statement)
    before = master(connection)
    assert not ColumnAlterations(connection, open_other).run(sql)
    assert master(connection) == before


def test_a_table_with_rows_that_has_to_change_is_left_to_the_library(database: Database) -> None:
    connection = database('INSERT INTO "vote" ("size") VALUES (1)')
    before = master(connection)
    assert not ColumnAlterations(connection, open_other).run(STATEMENTS[3])
    assert master(connection) == before


def test_views_do_not_care_for_a_new_column(database: Database) -> None:
    view = 'CREATE VIEW "seen" AS SELECT * FROM "poll"'
    mine, theirs = database(view), database(view)
    for connection in (mine, theirs):
        connection.execute('SELECT * FROM "seen"')
    assert ColumnAlterations(mine, open_other).run(STATEMENTS[1])
    theirs.execute(STATEMENTS[1])
    assert master(mine) == master(theirs)
    assert understood(mine) == understood(theirs)


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "poll" ADD COLUMN "slug" text',
        'ALTER TABLE "poll" ADD COLUMN "other" text UNIQUE',
        'ALTER TABLE "poll" ADD COLUMN "other" text; DROP TABLE "vote"',
        'ALTER TABLE "poll" DROP COLUMN "slug"',
        'ALTER TABLE "poll" DROP COLUMN "missing"',
        'ALTER TABLE "poll" RENAME COLUMN "slug" TO "size"',
        'ALTER TABLE "missing" RENAME COLUMN "slug" TO "title"',
        'ALTER TABLE "POLL" RENAME COLUMN "slug" TO "title"',
        'ALTER TABLE "poll" RENAME TO "polls"',
        'CREATE TABLE "more" ("id" integer)',
    ],
)
def test_what_is_refused_or_not_plain_is_left_to_the_library(database: Database, sql: str) -> None:
    connection = database()
    before = master(connection)
    assert not ColumnAlterations(connection, open_other).run(sql)
    assert master(connection) == before
    assert not connection.in_transaction


def test_a_function_that_the_other_database_lacks_is_left_to_the_library(
    database: Database,
) -> None:
    connection = database()
    connection.create_function("shout", 1, str.upper, deterministic=True)
    connection.execute('CREATE TABLE "loud" ("a" text CHECK (shout("a") = "a"))')
    before = master(connection)
    alterations = ColumnAlterations(connection, open_other)
    assert not alterations.run('ALTER TABLE "loud" RENAME COLUMN "a" TO "b"')
    assert master(connection) == before
