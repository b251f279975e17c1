"""The same statements run in a plain SQLite, and the shelving one can't be told from it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replayer.catalog.sqlite.connection import ShelvingConnection

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
ALTERATIONS = (
    'ALTER TABLE "poll" ADD COLUMN "of_id" integer NULL REFERENCES "tag" ("name")',
    'ALTER TABLE "poll" ADD COLUMN "double" integer GENERATED ALWAYS AS ("size" * 2) VIRTUAL',
    'ALTER TABLE "poll" ADD COLUMN "é" varchar(5) DEFAULT \'ü; "x"\' NOT NULL CHECK ("é" <> \'\');',
    'ALTER TABLE "poll" RENAME COLUMN "slug" TO "title"',
    'ALTER TABLE "POLL" RENAME COLUMN "title" TO "slug"',
    'ALTER TABLE "poll" RENAME COLUMN "size" TO "new size"',
    'ALTER TABLE main."poll" RENAME COLUMN "parent_id" TO "parent"',
    'ALTER TABLE "poll" DROP COLUMN "spare"',
    'alter table "vote" drop column "other_id"',
    'ALTER TABLE "poll" RENAME TO "polls"',
    "ALTER TABLE polls RENAME TO poll",
)
REMADE = (
    'CREATE TABLE "new__vote" ("id" integer PRIMARY KEY AUTOINCREMENT, "size" bigint)',
    'INSERT INTO "new__vote" ("id", "size") SELECT "id", "size" FROM "vote"',
    'DROP TABLE "vote"',
    'ALTER TABLE "new__vote" RENAME TO "vote"',
    'CREATE INDEX "voted" ON "vote" ("size")',
)
OTHERS = (
    'CREATE TABLE "reader" ("of" text REFERENCES "poll" ("slug"), CHECK ("of" <> "a word"))',
    'CREATE TABLE "copy" AS SELECT * FROM "tag"',
    'CREATE TABLE IF NOT EXISTS "tag" ("id" integer)',
    'CREATE TABLE "tag" ("id" integer)',
    'CREATE TABLE "voted" ("id" integer)',
    'CREATE INDEX "lower_slug" ON "between" ("slug")',
    'DROP INDEX "voted"',
    "DROP INDEX IF EXISTS lower_slug",
    'DROP TABLE "Between"',
    'CREATE VIEW "seen" AS SELECT "slug", "size" FROM "poll"',
    'DROP VIEW "seen"',
    'CREATE TRIGGER "d" AFTER INSERT ON "vote" BEGIN DELETE FROM "tag"; END',
    'CREATE VIRTUAL TABLE "search" USING fts4 ("body")',
    'CREATE TEMP TABLE "vote" ("slug" text)',
    "PRAGMA legacy_alter_table = ON",
    "ANALYZE",
    "SELECT count(*) FROM sqlite_master",
    'INSERT INTO "poll" ("slug", "size") VALUES (\'x\', 1)',
    "INSERT INTO vote (poll_id) VALUES ('x')",
    'UPDATE "vote" SET "poll_id" = \'y\'',
    'DELETE FROM "poll"',
    'SELECT * FROM "tag" JOIN "vote" ON "size" = "name"',
    'SELECT * FROM "seen"',
    "SELECT name FROM pragma_table_info('poll')",
    "SELECT sql FROM sqlite_master WHERE type='table' and name='poll'",
    'PRAGMA foreign_key_list("vote")',
    "PRAGMA foreign_key_check",
    "nonsense",
)
TRANSACTIONS = (
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT one",
    "ROLLBACK TO one",
    "RELEASE one",
    "PRAGMA foreign_keys = ON",
    "PRAGMA foreign_keys = OFF",
)


class EmptyHanded(ShelvingConnection):
    """Puts away whatever it can, as soon as it can."""

    size = 0


class Both(NamedTuple):
    """A database whose tables are put away, and one whose tables stay."""

    mine: Any
    theirs: Any

    def run(self, *statements: str) -> None:
        """Run statements on both, and see that they answer alike."""
        for sql in statements:
            assert answer(self.mine, sql) == answer(self.theirs, sql)

    def see(self) -> None:
        """See that both hold the same."""
        assert [row[1:] for row in self.mine.shelf.rows()] == master(self.theirs)
        assert self.mine.in_transaction is self.theirs.in_transaction
        assert master(self.mine) == master(self.theirs)
        assert understood(self.mine) == understood(self.theirs)
        for pragma in ("integrity_check", "foreign_keys", "writable_schema"):
            self.run(f"PRAGMA {pragma}")


Database: TypeAlias = Callable[..., Both]


@pytest.fixture
def database() -> Iterator[Database]:
    """Give pairs of databases in which statements ran; they are closed with the test."""
    with contextlib.ExitStack() as opened:

        def opens(*statements: str) -> Both:
            both = pair(opened)
            both.run(*SCHEMA, *statements)
            return both

        yield opens


def pair(opened: contextlib.ExitStack) -> Both:
    mine = sqlite3.connect(":memory:", factory=EmptyHanded)
    theirs = sqlite3.connect(":memory:", isolation_level=None)
    opened.callback(mine.close)
    opened.callback(theirs.close)
    both = Both(mine, theirs)
    both.run("PRAGMA foreign_keys = OFF")
    return both


def answer(connection: sqlite3.Connection, sql: str) -> object:
    """Return what a statement gives, an error's words included."""
    try:
        return connection.execute(sql).fetchall()
    except sqlite3.Error as error:
        return str(error)


def here(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the tables that are in the database itself."""
    plain = sqlite3.Cursor(connection)
    plain.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {name for (name,) in plain.fetchall()} - {"replayer_last"}


def master(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    rows = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
    return connection.execute(rows).fetchall()


def understood(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return what the library knows of the tables without reading their texts again."""
    found = []
    for pragma in ("table_xinfo", "foreign_key_list", "index_list", "index_xinfo"):
        kind = "index" if pragma == "index_xinfo" else "table"
        found += connection.execute(
            f"SELECT m.name, p.* FROM sqlite_master m, pragma_{pragma}(m.name) p "
            f"WHERE m.type = '{kind}' AND m.sql NOT LIKE 'create virtual%' ORDER BY 1, 2"
        ).fetchall()
    if ("sqlite_sequence",) in connection.execute("SELECT name FROM sqlite_master").fetchall():
        found += connection.execute("SELECT * FROM sqlite_sequence ORDER BY name").fetchall()
    return found


@pytest.mark.parametrize("begin", ["SELECT 1", "BEGIN"])
@pytest.mark.parametrize("keys", ["ON", "OFF"])
@pytest.mark.parametrize("sql", [*ALTERATIONS[:10], *OTHERS])
def test_a_statement_leaves_and_answers_the_same(
    database: Database, sql: str, keys: str, begin: str
) -> None:
    counted = ('INSERT INTO "poll" ("slug") VALUES (\'x\')', 'DELETE FROM "poll"')
    both = database(*counted, "BEGIN", "COMMIT")
    assert here(both.mine) == set()
    both.run(f"PRAGMA foreign_keys = {keys}", begin, sql)
    both.see()


def test_one_migration_follows_the_other(database: Database) -> None:
    both = database()
    for statements in (ALTERATIONS[:4], REMADE, ALTERATIONS[4:9], OTHERS[:4], REMADE, OTHERS[4:9]):
        both.run("BEGIN")
        assert here(both.mine) <= {"reader"}
        both.run(*statements, "COMMIT")
        assert [row[1:] for row in both.mine.shelf.rows()] == master(both.theirs)
    both.see()


@pytest.mark.parametrize("undo", ["statement", "method", "block", "savepoint"])
def test_what_is_undone_is_undone_on_the_shelf_too(database: Database, undo: str) -> None:
    both = database("BEGIN", "COMMIT", "BEGIN", "SAVEPOINT one", *ALTERATIONS, *REMADE)
    if undo == "statement":
        both.run("ROLLBACK")
    elif undo == "savepoint":
        both.run("ROLLBACK TO one", *REMADE, "COMMIT")
    for connection in both if undo in {"method", "block"} else ():
        with contextlib.suppress(KeyError):
            if undo == "method":
                connection.rollback()
            else:
                with connection:
                    raise KeyError
    both.run(*ALTERATIONS[:3])
    both.see()


@pytest.mark.parametrize(
    ("statement", "stays"),
    [
        ('INSERT INTO "poll" ("slug") VALUES (\'x\')', {"poll"}),
        ('CREATE VIEW "seen" AS SELECT "slug" FROM "poll"', {"poll"}),
        ('CREATE TRIGGER "d" AFTER INSERT ON "vote" BEGIN DELETE FROM tag; END', {"vote", "tag"}),
        ('CREATE TABLE "reader" ("of" text CHECK ("of" <> "a word"))', {"reader"}),
        ('CREATE INDEX "odd" ON "between" ("no column")', {"between"}),
    ],
)
def test_what_others_look_at_stays(database: Database, statement: str, stays: set[str]) -> None:
    both = database(statement, "BEGIN")
    assert here(both.mine) == stays
    both.run(*ALTERATIONS[:9])
    both.see()


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE VIRTUAL TABLE "search" USING fts4 ("body")',
        'CREATE TEMP TABLE "poll" ("slug" text)',
        "INSERT INTO tag VALUES ('a'); ANALYZE",
        "PRAGMA writable_schema = ON",
        "PRAGMA foreign_keys = ON",
    ],
)
def test_nothing_is_put_away_where_more_counts(database: Database, statement: str) -> None:
    both = database(*statement.split("; "), "BEGIN")
    assert {"poll", "between", "vote", "tag"} <= here(both.mine)


def test_tables_that_all_came_back_stay_for_a_while(database: Database) -> None:
    both = database("BEGIN", "COMMIT")
    both.run("SELECT name FROM sqlite_master", "BEGIN", "COMMIT")
    assert len(here(both.mine)) == 4
    both.run(*["SELECT 1"] * 16, "BEGIN", "COMMIT")
    assert here(both.mine) == set()


def test_a_table_that_is_being_read_stays(database: Database) -> None:
    both = database("INSERT INTO \"tag\" VALUES ('a'), ('b')")
    reader = both.mine.execute('SELECT * FROM "tag"')
    reader.fetchone()
    both.run("BEGIN")
    assert reader.fetchall() == [("b",)]
    both.see()


def test_scripts_and_copies_see_all_tables(database: Database) -> None:
    both = database("BEGIN", "COMMIT")
    both.mine.executescript('DROP INDEX "voted"; DROP TABLE "tag"')
    both.theirs.executescript('DROP INDEX "voted"; DROP TABLE "tag"')
    both.run("BEGIN", "COMMIT")
    with contextlib.closing(sqlite3.connect(":memory:")) as copy:
        both.mine.backup(copy)
        assert master(copy) == master(both.theirs)
    rows = [("a", 1), ("b", 2)]
    for connection in both:
        connection.executemany("INSERT INTO poll (slug, size) VALUES (?, ?)", rows)
        assert connection.execute(
            'SELECT "size" FROM "poll" WHERE "slug" = :slug', {"slug": "b"}
        ).fetchall() == [(2,)]
    both.see()


def test_the_database_stays_small(database: Database) -> None:
    both = database()
    for number in range(20):
        both.run("BEGIN", f'CREATE TABLE "t{number}" ("id" integer)', "COMMIT")
        assert len(here(both.mine)) <= 1
    both.see()


@given(st.lists(st.sampled_from((*ALTERATIONS, *OTHERS, *REMADE, *TRANSACTIONS * 3)), max_size=25))
def test_any_statements_leave_and_answer_the_same(statements: list[str]) -> None:
    with contextlib.ExitStack() as opened:
        both = pair(opened)
        both.run(*SCHEMA, "BEGIN", "COMMIT", *statements)
        both.see()
