from __future__ import annotations

import pytest

from replayer.ddl.positions import _touch, placed
from replayer.model import MigrationKey, Source, Statement

KEY = MigrationKey("shop", "0001_initial")


def touched(*statements: str) -> dict[str, int]:
    found: dict[str, tuple[MigrationKey, int, tuple[int, ...]]] = {}
    for index, sql in enumerate(statements):
        _touch(found, sql, (KEY, index, ()))
    return {table: place[1] for table, place in found.items()}


def test_the_last_change_of_a_table_counts() -> None:
    assert touched('CREATE TABLE "a" (x)', 'CREATE TABLE "b" (x)', 'ALTER TABLE "a" ADD y') == {
        "a": 2,
        "b": 1,
    }


def test_an_index_is_a_change_of_its_table() -> None:
    assert touched("CREATE TABLE a (x)", 'CREATE UNIQUE INDEX "i" ON "a" ("x")') == {"a": 1}


def test_sqlite_s_remake_keeps_the_table_s_name() -> None:
    assert touched(
        'CREATE TABLE "a" (x)',
        'CREATE TABLE "new__a" (x, y)',
        'INSERT INTO "new__a" SELECT x, 1 FROM "a"',
        'DROP TABLE "a"',
        'ALTER TABLE "new__a" RENAME TO "a"',
    ) == {"a": 4}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE a RENAME TO b", {"b": 1}),
        ("RENAME TABLE `a` TO `b`", {"b": 1}),
        ('ALTER TABLE "a" RENAME COLUMN "x" TO "y"', {"a": 1}),
        ("DROP TABLE IF EXISTS a CASCADE", {}),
        ("SELECT 1", {"a": 0}),
    ],
)
def test_names_follow_what_is_done_to_a_table(sql: str, expected: dict[str, int]) -> None:
    assert touched("CREATE TABLE a (x)", sql) == expected


def test_schemas_are_part_of_a_name() -> None:
    assert touched('CREATE TABLE "s"."a" (x)', 'ALTER TABLE "s"."a" RENAME TO "b"') == {"s.b": 1}


def test_positions_keep_the_document_s_order_and_the_project_s_own_files() -> None:
    statements = [Statement(sql=f'CREATE TABLE "{name}" (x)') for name in ("b", "a", "c", "d")]
    found = {
        "a": Source("/p/app/models.py", 1),
        "b": Source("/p/app/models.py", 9),
        "c": Source("/elsewhere/models.py", 2),
        "d": Source("/p/.venv/lib/site-packages/x/models.py", 2),
        "unprinted": Source("/p/app/models.py", 99),
    }
    positions, notes = placed(found, statements, "/p", is_wide=False)
    assert [position.table for position in positions] == ["b", "a"]
    assert notes == ()
    positions, _ = placed(found, statements, "/p", is_wide=True)
    assert [position.table for position in positions] == ["b", "a", "c", "d"]


def test_what_atlas_cannot_read_is_told() -> None:
    found = {"a": Source("/für/models.py", 1)}
    positions, notes = placed(found, [Statement(sql="CREATE TABLE a (x)")], "/für", is_wide=False)
    assert positions == ()
    assert len(notes) == 1
    assert notes[0].startswith("1 position")
