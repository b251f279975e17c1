"""SQLite as its own catalogue: what is read from it, and what is written down."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from replayer.catalog.catalog import Effect
from replayer.catalog.refusals import (
    CatalogError,
    DuplicateColumn,
    DuplicateObject,
    DuplicateTable,
    UndefinedColumn,
    UndefinedObject,
    UndefinedTable,
)
from replayer.catalog.schema import (
    Check,
    IdentityKind,
    IndexElement,
    ObjectKind,
    PrimaryKey,
    QualifiedName,
    Unique,
)
from replayer.catalog.sqlite.catalog import SqliteCatalog
from replayer.model import Dialect, ServerFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from replayer.catalog.schema import Table

FACTS = ServerFacts(dialect=Dialect.SQLITE, version=sqlite3.sqlite_version_info)

A = """CREATE TABLE "a" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
"x" varchar(10) DEFAULT 'a,)b' NOT NULL UNIQUE COLLATE "nocase",
"b_id" bigint NULL REFERENCES "b" ("id") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
"n" integer unsigned NOT NULL CHECK ("n" >= 0),
"g" integer GENERATED ALWAYS AS ("n" + 1) STORED,
CONSTRAINT "two" UNIQUE ("x", "n"), CONSTRAINT some CHECK (("x" > 'n' OR "n" < 3)))"""
B = 'CREATE TABLE "b" ("id" bigint NOT NULL PRIMARY KEY)'


@pytest.fixture
def make() -> Iterator[Callable[..., SqliteCatalog]]:
    made: list[SqliteCatalog] = []

    def make(*statements: str) -> SqliteCatalog:
        catalog = SqliteCatalog(FACTS)
        made.append(catalog)
        catalog.execute_all(statements)
        return catalog

    yield make
    for catalog in made:
        catalog.close()


def table_of(catalog: SqliteCatalog, name: str) -> Table:
    table = catalog.table(name)
    assert table is not None
    return table


def test_columns_are_read_with_all_that_was_told(make: Callable[..., SqliteCatalog]) -> None:
    key, x, b_id, n, g = table_of(make(A, B), "a").columns
    assert key.identity is not None
    assert key.identity.kind is IdentityKind.AUTO_INCREMENT
    assert (x.type, x.null, x.default, x.collation) == ("varchar(10)", False, "'a,)b'", "nocase")
    assert (b_id.type, b_id.null) == ("bigint", True)
    assert n.type == "integer unsigned"
    assert g.generated is not None
    assert (g.generated.expression, g.generated.stored) == ('"n" + 1', True)


def test_constraints_are_read_from_the_text_of_the_table(
    make: Callable[..., SqliteCatalog],
) -> None:
    table = table_of(make(A, B), "a")
    assert table.primary_key == PrimaryKey(name="", columns=("id",))
    uniques = [item for item in table.constraints if isinstance(item, Unique)]
    assert [(item.name, item.columns) for item in uniques] == [("", ("x",)), ("two", ("x", "n"))]
    checks = [item for item in table.constraints if isinstance(item, Check)]
    assert [(item.name, item.columns, item.column) for item in checks] == [
        ("", ("n",), "n"),
        ("some", ("n", "x"), None),
    ]
    (foreign_key,) = table.foreign_keys
    assert foreign_key.target == QualifiedName("", "b")
    assert (foreign_key.on_delete, foreign_key.initially_deferred) == ("SET NULL", True)


def test_index_elements_and_predicate_are_read(make: Callable[..., SqliteCatalog]) -> None:
    catalog = make(
        B, 'CREATE UNIQUE INDEX "i" ON "b" ("id" COLLATE nocase DESC, (id + 1)) WHERE "id" > 3'
    )
    (index,) = table_of(catalog, "b").indexes
    assert index.unique
    assert index.predicate == '"id" > 3'
    assert index.elements == (
        IndexElement(column="id", collation="nocase", descending=True),
        IndexElement(expression="id + 1"),
    )


def test_table_remake_leaves_the_name_and_order_of_the_new_table(
    make: Callable[..., SqliteCatalog],
) -> None:
    catalog = make(
        'CREATE TABLE "t" ("a" integer, "b" integer)',
        'CREATE TABLE "new__t" ("b" integer, "a" bigint)',
        'INSERT INTO "new__t" ("a", "b") SELECT "a", "b" FROM "t"',
        'DROP TABLE "t"',
        'ALTER TABLE "new__t" RENAME TO "t"',
    )
    assert [statement.sql for statement in catalog.statements()] == [
        'CREATE TABLE "t" ("b" integer, "a" bigint)'
    ]


def test_references_follow_a_renamed_table(make: Callable[..., SqliteCatalog]) -> None:
    catalog = make(A, B, 'ALTER TABLE "b" RENAME TO "c"')
    assert table_of(catalog, "a").foreign_keys[0].target == QualifiedName("", "c")


def test_dump_loads_in_one_pass_and_gives_the_same_database(
    make: Callable[..., SqliteCatalog],
) -> None:
    catalog = make(
        A,
        B,
        "CREATE INDEX i ON a (n)",
        "CREATE VIEW v AS SELECT * FROM a",
        "CREATE VIEW u AS SELECT * FROM v",
        "CREATE TRIGGER tr AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END",
        "CREATE TRIGGER iv INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE ft USING fts5(body)",
        "INSERT INTO ft VALUES ('x')",
    )
    dump = catalog.statements()
    assert [statement.table for statement in dump] == ["b", "a", "ft", "a", None, None, "v", "a"]
    loaded = make(*(statement.sql for statement in dump))
    assert sorted(loaded.rows()) == sorted(catalog.rows())
    assert dict(loaded.tables) == {key: catalog.tables[key] for key in loaded.tables}
    assert loaded.statements() == dump


def test_dump_does_not_depend_on_the_order_of_creation(
    make: Callable[..., SqliteCatalog],
) -> None:
    assert make(A, B).statements() == make(B, A).statements()


def test_shadow_tables_are_left_out_and_the_virtual_one_is_another_object(
    make: Callable[..., SqliteCatalog],
) -> None:
    catalog = make("CREATE VIRTUAL TABLE ft USING fts5(body)", "CREATE TABLE ft_mine (x)")
    assert [name.name for name in catalog.tables] == ["ft_mine"]
    assert list(catalog.others) == [(ObjectKind.VIRTUAL_TABLE, QualifiedName("", "ft"))]


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        (B, DuplicateTable),
        ("DROP TABLE nope", UndefinedTable),
        ("DROP INDEX nope", UndefinedObject),
        ("ALTER TABLE b ADD COLUMN id int", DuplicateColumn),
        ("CREATE INDEX i ON b (nope)", UndefinedColumn),
        ("CREATE INDEX taken ON b (id)", DuplicateObject),
        ("CREATE VIRTUAL TABLE v USING nope(a)", UndefinedObject),
        ("CREATE NONSENSE", CatalogError),
    ],
)
def test_refusals_are_of_their_kind_and_in_the_words_of_sqlite(
    sql: str, kind: type[CatalogError], make: Callable[..., SqliteCatalog]
) -> None:
    catalog = make(B, "CREATE INDEX taken ON b (id)")
    with pytest.raises(kind) as caught:
        catalog.execute(sql)
    assert str(caught.value) == str(caught.value.__cause__)
    assert isinstance(caught.value.__cause__, sqlite3.Error)


@pytest.mark.parametrize(
    ("sql", "effect"),
    [
        ("PRAGMA foreign_keys", Effect.QUERY),
        ("SELECT 1; -- nothing", Effect.QUERY),
        ("BEGIN; COMMIT", Effect.SESSION),
        ("INSERT INTO b VALUES (1)", Effect.DATA),
        ("DROP TABLE IF EXISTS nope", Effect.SESSION),
        ("INSERT INTO b VALUES (2); CREATE INDEX i ON b (id); SELECT 1", Effect.SCHEMA),
    ],
)
def test_effect_is_what_the_database_says(
    sql: str, effect: Effect, make: Callable[..., SqliteCatalog]
) -> None:
    assert make(B).execute(sql) is effect


def test_copy_goes_its_own_way(make: Callable[..., SqliteCatalog]) -> None:
    catalog = make(B)
    copied = catalog.copy()
    copied.execute("DROP TABLE b")
    assert catalog.table("b") is not None
    assert copied.table("b") is None
    copied.close()


def test_a_table_that_comes_back_after_a_rollback_is_read_again(
    make: Callable[..., SqliteCatalog],
) -> None:
    catalog = make(B, "SAVEPOINT s", "ALTER TABLE b ADD COLUMN x int")
    assert table_of(catalog, "b").column("x") is not None
    catalog.execute("ROLLBACK TO s")
    assert table_of(catalog, "b").column("x") is None


def test_an_open_database_and_its_functions_can_be_looked_at() -> None:
    def prepare(connection: sqlite3.Connection) -> None:
        connection.create_function("twice", 1, lambda value: value * 2, deterministic=True)

    connection = sqlite3.connect(":memory:", isolation_level=None)
    prepare(connection)
    catalog = SqliteCatalog(FACTS, connection=connection, prepare=prepare)
    connection.execute("CREATE TABLE t (a int, g int AS (twice(a)))")
    copied = catalog.copy()
    assert copied.execute("CREATE INDEX i ON t (twice(a))") is Effect.SCHEMA
    assert list(catalog.tables) == [QualifiedName("", "t")]
    copied.close()
    catalog.close()
