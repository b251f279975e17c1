from __future__ import annotations

import sqlite3

import pytest

from replayer.ddl.keyless import without_references
from replayer.model import Statement
from tests.support import PROJECTS, run_command


@pytest.mark.parametrize(
    "reference",
    [
        ' REFERENCES "b" ("id")',
        ' REFERENCES "b" ("id") DEFERRABLE INITIALLY DEFERRED',
        ' CONSTRAINT "fk" REFERENCES "b" ("id") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED',
        ' REFERENCES "b" ("id") ON DELETE CASCADE ON UPDATE NO ACTION',
    ],
)
def test_a_column_loses_its_reference_and_nothing_else(reference: str) -> None:
    statement = Statement(sql=f'CREATE TABLE "a" ("x" bigint NOT NULL{reference}, "y" integer)')
    (kept,) = without_references([statement])
    assert kept.sql == 'CREATE TABLE "a" ("x" bigint NOT NULL, "y" integer)'


def test_only_tables_have_references() -> None:
    statement = Statement(sql='CREATE VIEW v AS SELECT \' REFERENCES "b" ("id")\'')
    assert without_references([statement]) == (statement,)


@pytest.mark.parametrize("schema", ["history", "state", "models"])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_no_foreign_key_is_printed_and_the_index_stays(dialect: str, schema: str) -> None:
    arguments = ("--dialect", dialect, "--schema", schema)
    whole = run_command(*arguments, cwd=PROJECTS / "polls").stdout
    ran = run_command(*arguments, "--no-foreign-keys", cwd=PROJECTS / "polls")
    assert ran.status == 0, ran.stderr
    assert "REFERENCES" in whole
    assert "REFERENCES" not in ran.stdout
    assert "polls_choice_question_id_c5b4b260" in ran.stdout
    assert ran.stdout.count("CREATE TABLE") == 2


@pytest.mark.database
def test_sqlite_knows_of_no_key_after_it() -> None:
    text = run_command("--dialect", "sqlite", "--no-foreign-keys", cwd=PROJECTS / "polls").stdout
    connection = sqlite3.connect(":memory:")
    connection.executescript(text)
    keys = connection.execute("PRAGMA foreign_key_list(polls_choice)").fetchall()
    connection.close()
    assert keys == []
