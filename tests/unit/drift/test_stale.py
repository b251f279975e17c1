"""Objects whose SQL names what the history took away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations

from replayer.api.history_schema import empty_catalog
from replayer.dialects.facts import server_facts
from replayer.drift.stale import stale_objects
from replayer.model import Dialect, MigrationKey, OperationKey
from replayer.replay.record import MigrationRecord, Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN = migrations.RunSQL("")
POST = "CREATE TABLE post (id integer, title varchar(20), body varchar(20))"
VIEW = "CREATE VIEW titles AS SELECT title FROM post"
FUNCTION = "CREATE FUNCTION first_title() RETURNS text AS $$ SELECT title FROM post $$ LANGUAGE sql"


def stale(dialect: Dialect, *steps: str | tuple[Any, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return by name what each object names in vain after the steps were run one by one."""
    catalog = empty_catalog(server_facts(dialect, None))
    done = []
    for at, step in enumerate(steps):
        operation, statements = (PLAIN, (step,)) if isinstance(step, str) else step
        for statement in statements:
            catalog.execute(statement)
        key = OperationKey(MigrationKey("blog", f"{at:04}"), 0)
        done.append(
            Step(key=key, operation=operation, outcome=Outcome.RAN, statements=tuple(statements))
        )
    record = MigrationRecord(key=MigrationKey("blog", "0001"), steps=tuple(done))
    return {one.subject: one.gone for one in stale_objects([record], catalog)}


def test_a_function_of_postgresql_keeps_the_old_name_of_a_table() -> None:
    found = stale(Dialect.POSTGRESQL, POST, FUNCTION, "ALTER TABLE post RENAME TO story")
    assert list(found.values()) == [("post",)]


def test_a_view_of_postgresql_follows_a_rename() -> None:
    assert not stale(Dialect.POSTGRESQL, POST, VIEW, "ALTER TABLE post RENAME TO story")


def test_a_function_names_a_column_that_was_dropped_or_renamed() -> None:
    for sql in ("ALTER TABLE post DROP COLUMN title", "ALTER TABLE post RENAME title TO name"):
        assert list(stale(Dialect.POSTGRESQL, POST, FUNCTION, sql).values()) == [("post.title",)]


def test_what_was_made_after_the_rename_names_nothing_in_vain() -> None:
    again = FUNCTION.replace("SELECT title FROM", "SELECT name AS title FROM")
    rename = "ALTER TABLE post RENAME title TO name"
    assert not stale(Dialect.POSTGRESQL, POST, rename, again)


def test_a_column_that_came_back_is_not_gone() -> None:
    back = "ALTER TABLE post ADD COLUMN title text"
    drop = "ALTER TABLE post DROP COLUMN title"
    assert not stale(Dialect.POSTGRESQL, POST, FUNCTION, drop, back)


def test_a_view_of_mysql_names_a_table_that_was_renamed() -> None:
    found = stale(Dialect.MYSQL, POST, VIEW, "RENAME TABLE post TO story")
    assert found == {"titles": ("post",)}
    found = stale(Dialect.MYSQL, POST, VIEW, "ALTER TABLE post RENAME TO story")
    assert found == {"titles": ("post",)}


def test_a_view_of_sqlite_names_a_column_that_a_remade_table_lacks() -> None:
    remake = (
        'CREATE TABLE "new__post" ("id" integer, "body" varchar(20))',
        'DROP TABLE "post"',
        "PRAGMA legacy_alter_table = ON",
        'ALTER TABLE "new__post" RENAME TO "post"',
    )
    found = stale(Dialect.SQLITE, POST, VIEW, (migrations.RemoveField("post", "title"), remake))
    assert found == {"titles": ("post.title",)}
