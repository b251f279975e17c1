from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from replayer.catalog.sqlite.renaming import rename_alone

RENAME = 'ALTER TABLE "new__poll" RENAME TO "poll"'
OTHERS = (
    'CREATE TABLE "vote" ("id" integer PRIMARY KEY, "poll_id" integer REFERENCES "poll" ("id"))'
)
REMADE = (
    'CREATE TABLE "new__poll" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, '
    '"slug" varchar(5) NOT NULL UNIQUE /* new */, CHECK ("slug" <> \'a\'))'
)


Database: TypeAlias = Callable[..., sqlite3.Connection]


@pytest.fixture
def database() -> Iterator[Database]:
    """Give databases in which statements ran; they are closed with the test."""
    with contextlib.ExitStack() as opened:

        def opens(*statements: str) -> sqlite3.Connection:
            connection = sqlite3.connect(":memory:", isolation_level=None)
            opened.callback(connection.close)
            for statement in (OTHERS, 'CREATE INDEX "voted" ON "vote" ("poll_id")', *statements):
                connection.execute(statement)
            return connection

        yield opens


def master(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    rows = "SELECT rowid, type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
    found = connection.execute(rows).fetchall()
    return found + connection.execute("SELECT * FROM sqlite_sequence").fetchall()


@pytest.mark.parametrize("is_filled", [False, True])
@pytest.mark.parametrize("begin", ["SELECT 1", "BEGIN"])
def test_what_stands_in_the_schema_is_what_the_library_leaves(
    database: Database, begin: str, *, is_filled: bool
) -> None:
    statements = [
        'CREATE TABLE "poll" ("id" integer PRIMARY KEY AUTOINCREMENT, "slug" text)',
        'INSERT INTO "poll" ("slug") VALUES (\'x\')',
        *([] if is_filled else ['DELETE FROM "poll"']),
        begin,
        REMADE,
        'INSERT INTO "new__poll" SELECT * FROM "poll"',
        'DROP TABLE "poll"',
    ]
    mine, theirs = database(*statements), database(*statements)
    # Rows are left to the library.
    assert rename_alone(mine, RENAME) is not is_filled
    if is_filled:
        mine.execute(RENAME)
    theirs.execute(RENAME)
    assert master(mine) == master(theirs)
    for connection in (mine, theirs):
        assert connection.in_transaction is (begin == "BEGIN")
        connection.execute('INSERT INTO "poll" ("slug") VALUES (\'y\')')
    same = [connection.execute('SELECT * FROM "poll"').fetchall() for connection in (mine, theirs)]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE TABLE "a" ("id" integer REFERENCES "NEW__poll" ("id"))',
        'CREATE TABLE "b" ("id" integer)',
        'CREATE VIEW "c" AS SELECT 1',
        'CREATE TRIGGER "d" AFTER INSERT ON "vote" BEGIN SELECT 1; END',
        'CREATE TEMP TABLE "e" ("id" integer)',
        'CREATE INDEX "f" ON "new__poll" ("slug")',
        'CREATE VIRTUAL TABLE "g" USING fts4 ("body")',
        "PRAGMA case_sensitive_like = ON",
        'CREATE TABLE "Poll" ("id" integer)',
    ],
)
def test_the_library_does_it_where_other_objects_count(database: Database, statement: str) -> None:
    connection = database(REMADE, statement)
    before = master(connection)
    assert not rename_alone(connection, RENAME)
    assert master(connection) == before


@pytest.mark.parametrize(
    ("made", "sql"),
    [
        ('CREATE TABLE "new__poll" ("id" integer, "p" integer REFERENCES "new__poll")', RENAME),
        ("CREATE TABLE new__poll (id integer)", RENAME),
        (REMADE, 'ALTER TABLE "new__poll" RENAME TO "sqlite_poll"'),
        (REMADE, 'ALTER TABLE "missing" RENAME TO "poll"'),
        (REMADE, 'ALTER TABLE "new__poll" RENAME COLUMN "slug" TO "name"'),
    ],
)
def test_the_library_does_what_is_not_plain(database: Database, made: str, sql: str) -> None:
    connection = database(REMADE.replace("new__poll", "other"), made)
    before = master(connection)
    assert not rename_alone(connection, sql)
    assert master(connection) == before
    assert not connection.in_transaction
