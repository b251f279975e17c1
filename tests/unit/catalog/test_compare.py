from __future__ import annotations

import pytest

from replayer.catalog.changes import (
    AddColumn,
    AddObject,
    AddTable,
    ColumnPart,
    DropConstraint,
    DropTable,
    ModifyColumn,
    ModifyTable,
    MoveColumn,
    RenameConstraint,
    RenameIndex,
)
from replayer.catalog.compare import compare
from replayer.catalog.sqlite.catalog import SqliteCatalog
from replayer.dialects.facts import server_facts
from replayer.model import Dialect
from tests.unit.catalog.postgresql.test_catalog import catalog_of


def test_two_ways_to_write_one_thing_are_one() -> None:
    one = catalog_of("CREATE TABLE t (a int4 DEFAULT (1), b varchar(3), CHECK (A > 0))")
    other = catalog_of('CREATE TABLE "t" ("a" integer DEFAULT 1, b character varying(3))')
    other.execute('ALTER TABLE t ADD CONSTRAINT t_a_check CHECK ( "a"  >  0 )')
    assert compare(one, other) == ()


def test_each_difference_has_its_word() -> None:
    one = catalog_of(
        "CREATE TABLE t (a int, b int, c text, UNIQUE (a))",
        "CREATE INDEX i ON t (b)",
        "CREATE TABLE gone (a int)",
        "CREATE TABLE k (a int CHECK (a > 0))",
    )
    other = catalog_of(
        'CREATE TABLE t (b bigint NOT NULL, a int, c text COLLATE "C", d int)',
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)",
        "CREATE INDEX j ON t (b)",
        "COMMENT ON TABLE t IS 'x'",
        "CREATE TABLE come (a int)",
        "CREATE TABLE k (a int)",
        "CREATE EXTENSION hstore",
    )
    changes = compare(one, other)
    assert {type(change) for change in changes} == {
        *(AddTable, DropTable, AddColumn, ModifyColumn, MoveColumn, RenameConstraint, RenameIndex),
        *(ModifyTable, AddObject, DropConstraint),
    }
    changed = {
        change.to.name: change.changed for change in changes if isinstance(change, ModifyColumn)
    }
    assert changed == {
        "b": {ColumnPart.TYPE, ColumnPart.NULL},
        "c": {ColumnPart.COLLATION},
    }
    assert compare(one, other) == changes


def test_names_and_order_can_be_left_out() -> None:
    one = catalog_of("CREATE TABLE t (id serial, a int UNIQUE)", "CREATE INDEX i ON t (a)")
    other = catalog_of(
        "CREATE TABLE s (a int UNIQUE, id serial)",
        "ALTER TABLE s RENAME TO t",
        "CREATE INDEX j ON t (a)",
    )
    assert compare(one, other)
    assert compare(one, other, names=False, column_order=False) == ()


def test_constraints_without_names_are_told_apart_by_what_they_say() -> None:
    keys = [
        "FOREIGN KEY (a) REFERENCES o (id)",
        "FOREIGN KEY (b) REFERENCES o (id)",
        "CHECK (a > 0)",
    ]
    sides = []
    for texts in (keys, keys[::-1], keys[1:]):
        side = SqliteCatalog(server_facts(Dialect.SQLITE, None))
        side.execute(f"CREATE TABLE t (a integer, b integer, {', '.join(texts)})")
        sides.append(side)
    assert compare(sides[0], sides[1]) == ()
    assert compare(sides[0], sides[1], names=False) == ()
    assert [str(change) for change in compare(sides[0], sides[2])] == [
        "foreign key (a) to o (id) of t is dropped"
    ]


def test_how_a_column_is_numbered_and_computed_is_told_in_words() -> None:
    one = catalog_of("CREATE TABLE t (a int NOT NULL, b int GENERATED ALWAYS AS (a) STORED)")
    other = catalog_of("CREATE TABLE t (a serial, b int)")
    assert [str(change) for change in compare(one, other)] == [
        "column t.a: identity none -> serial by t_a_seq",
        "column t.b: generated (a) stored -> none",
    ]


@pytest.mark.parametrize("names", [True, False])
def test_what_differs_under_one_name_is_told_part_by_part(*, names: bool) -> None:
    one = catalog_of(
        "CREATE TABLE t (a int, b text, CONSTRAINT u UNIQUE (a, b), CONSTRAINT c CHECK (a > 0))",
        "CREATE INDEX i ON t (a, b text_pattern_ops)",
    )
    other = catalog_of(
        "CREATE TABLE t (a int, b text, CONSTRAINT u UNIQUE (b, a) DEFERRABLE,"
        " CONSTRAINT c CHECK (a > 1))",
        "CREATE INDEX i ON t (a DESC, lower(b)) WHERE a > 0",
    )
    assert sorted(map(str, compare(one, other, names=names))) == [
        "constraint c of t: expression a > 0 -> a > 1",
        "constraint u of t: columns (a, b) -> (b, a), deferrable false -> true",
        (
            "index i of t: elements (a, b text_pattern_ops) -> (a DESC, (lower(b))),"
            " predicate none -> a > 0"
        ),
    ]
