from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from replayer.catalog.catalog import Effect
from replayer.catalog.compare import compare
from replayer.catalog.postgresql.catalog import PostgresCatalog
from replayer.catalog.postgresql.naming import object_name
from replayer.catalog.refusals import CatalogError, DependentObjects, DuplicateTable
from replayer.catalog.schema import ObjectKind, QualifiedName, Table
from replayer.dialects.answers.blocks import known_rows
from replayer.model import Dialect, ServerFacts
from tests.unit.catalog.postgresql.samples import SEQUENCES

if TYPE_CHECKING:
    from collections.abc import Sequence

FACTS = ServerFacts(dialect=Dialect.POSTGRESQL, version=(15, 18))


def catalog_of(*statements: str) -> PostgresCatalog:
    catalog = PostgresCatalog(FACTS, ask=known_rows)
    for sql in statements:
        catalog.execute(sql)
    return catalog


def table_of(catalog: PostgresCatalog, name: str) -> Table:
    found = catalog.table(name)
    assert found is not None
    return found


def constraint_names(catalog: PostgresCatalog, table: str) -> set[str]:
    return {item.name for item in table_of(catalog, table).constraints}


@pytest.mark.parametrize("name", SEQUENCES)
def test_what_is_written_down_makes_the_same_catalogue(name: str) -> None:
    catalog = PostgresCatalog(FACTS, ask=known_rows)
    for sql in SEQUENCES[name]:
        with contextlib.suppress(CatalogError):
            catalog.execute(sql)
    again = catalog_of(*(statement.sql for statement in catalog.statements()))
    assert compare(catalog, again) == ()


def told(catalog: PostgresCatalog) -> tuple[object, ...]:
    return (
        list(catalog.tables.items()),
        list(catalog.others.items()),
        [statement.sql for statement in catalog.statements()],
    )


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_transaction_that_is_rolled_back_leaves_what_was_before(name: str) -> None:
    catalog, straight = (PostgresCatalog(FACTS, ask=known_rows) for _ in range(2))

    def carry_out(target: PostgresCatalog, statements: Sequence[str]) -> None:
        for sql in statements:
            with contextlib.suppress(CatalogError):
                target.execute(sql)

    for number, sql in enumerate(SEQUENCES[name]):
        before, outer = told(catalog), catalog.save()
        carry_out(catalog, SEQUENCES[name][number : number + 2])
        between, inner = told(catalog), catalog.save()
        carry_out(catalog, SEQUENCES[name][number + 2 :])
        catalog.go_back(inner)
        assert told(catalog) == between
        # The point stays, as a savepoint does.
        carry_out(catalog, SEQUENCES[name][number + 2 :])
        catalog.go_back(inner)
        assert told(catalog) == between
        catalog.go_back(outer)
        assert told(catalog) == before
        catalog.commit()
        carry_out(catalog, [sql])
        carry_out(straight, [sql])
        assert told(catalog) == told(straight)


def test_a_table_that_comes_back_stands_where_it_stood() -> None:
    catalog = catalog_of("CREATE TABLE b (id int)", "CREATE TABLE a (id int)")
    point = catalog.save()
    catalog.execute("DROP TABLE b")
    catalog.execute("CREATE TABLE c (id int)")
    catalog.go_back(point)
    assert [name.name for name in catalog.tables] == ["b", "a"]


def test_automatic_names_stay_after_renames() -> None:
    catalog = catalog_of(
        "CREATE TABLE t (id serial PRIMARY KEY, c int UNIQUE CHECK (c > 0), p int REFERENCES t)",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE u RENAME COLUMN c TO d",
    )
    assert constraint_names(catalog, "u") == {"t_pkey", "t_c_key", "t_c_check", "t_p_fkey"}
    identity = table_of(catalog, "u").columns[0].identity
    assert identity is not None
    assert identity.sequence == QualifiedName("", "t_id_seq")
    dump = "\n".join(statement.sql for statement in catalog.statements())
    assert 'CONSTRAINT "t_pkey" PRIMARY KEY' in dump
    assert 'CHECK ("d" > 0)' in dump


def test_taken_names_get_a_numeral() -> None:
    catalog = catalog_of(
        "CREATE TABLE t_pkey (a int)",
        "CREATE TABLE t_c_key (a int)",
        "CREATE TABLE t (id int PRIMARY KEY, c int UNIQUE)",
    )
    assert constraint_names(catalog, "t") == {"t_pkey1", "t_c_key1"}


def test_names_are_cut_to_63_bytes_between_characters() -> None:
    assert object_name("a" * 60, "b" * 10, "key") == "a" * 48 + "_" + "b" * 10 + "_key"
    name = object_name("é" * 31, "id", "seq")
    assert len(name.encode()) <= 63
    assert name == "é" * 28 + "_id_seq"


def test_a_refused_statement_changes_nothing() -> None:
    catalog = catalog_of("CREATE TABLE t (a int, b int)", "CREATE INDEX i ON t (a)")
    before = catalog.copy()
    with pytest.raises(CatalogError, match='column "z" named in key does not exist'):
        catalog.execute("ALTER TABLE t ADD COLUMN c int UNIQUE, DROP COLUMN a, ADD UNIQUE (z)")
    assert dict(catalog.tables) == dict(before.tables)
    catalog.execute("CREATE TABLE t_c_key (a int)")
    with pytest.raises(DuplicateTable, match='relation "i" already exists'):
        catalog.execute("CREATE TABLE i (a int)")


def test_a_copy_goes_its_own_way() -> None:
    catalog = catalog_of("CREATE TABLE t (a int)")
    other = catalog.copy()
    other.execute("ALTER TABLE t RENAME TO u")
    assert catalog.table("t") is not None
    assert catalog.table("u") is None


def test_foreign_keys_follow_their_table() -> None:
    catalog = catalog_of(
        "CREATE TABLE t (id int PRIMARY KEY)",
        "CREATE TABLE s (t_id int REFERENCES t)",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE u RENAME id TO key",
    )
    key = table_of(catalog, "s").foreign_keys[0]
    assert (key.name, key.target.name, key.target_columns) == ("s_t_id_fkey", "u", ("key",))
    with pytest.raises(DependentObjects):
        catalog.execute("DROP TABLE u")
    catalog.execute("DROP TABLE u CASCADE")
    assert table_of(catalog, "s").foreign_keys == ()


def test_a_column_takes_what_holds_it() -> None:
    catalog = catalog_of(
        "CREATE TABLE t (a int, b int, c int, UNIQUE (a, b), CHECK (a > b), CHECK (c > 0))",
        "CREATE INDEX i ON t (c) WHERE a > 0",
        "CREATE INDEX j ON t (c)",
        "ALTER TABLE t DROP COLUMN a",
    )
    assert constraint_names(catalog, "t") == {"t_c_check"}
    assert [index.name for index in table_of(catalog, "t").indexes] == ["j"]


def test_a_rename_reaches_into_expressions_but_not_into_strings() -> None:
    catalog = catalog_of(
        "CREATE TABLE t (a text, CHECK (\"a\" <> 'a' AND a(1) > 0), "
        "g text GENERATED ALWAYS AS (a || 'a') STORED)",
        'CREATE INDEX i ON t (lower(a)) WHERE "a" IS NOT NULL',
        "ALTER TABLE t RENAME a TO b",
    )
    table = table_of(catalog, "t")
    texts = [statement.sql for statement in catalog.statements()]
    assert "\"b\" <> 'a' AND a(1) > 0" in texts[0]
    assert table.columns[1].generated is not None
    assert table.columns[1].generated.expression == "\"b\" || 'a'"
    assert texts[1] == 'CREATE INDEX "i" ON "t" ((lower("b"))) WHERE "b" IS NOT NULL'


def test_a_stale_name_in_an_expression_is_refused() -> None:
    catalog = catalog_of("CREATE TABLE t (a int)")
    with pytest.raises(CatalogError, match='column "b" does not exist'):
        catalog.execute('ALTER TABLE t ADD CONSTRAINT c CHECK ("b" > 0)')


def test_mutual_foreign_keys_load_in_one_pass() -> None:
    catalog = catalog_of(
        "CREATE TABLE a (id int PRIMARY KEY, b int)",
        "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a)",
        "ALTER TABLE a ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES b DEFERRABLE",
    )
    texts = [statement.sql for statement in catalog.statements()]
    assert sum(text.startswith("ALTER TABLE") for text in texts) == 1
    assert compare(catalog, catalog_of(*texts)) == ()


def test_what_cannot_be_known_is_opaque_and_not_refused() -> None:
    catalog = catalog_of("CREATE TABLE t AS SELECT 1 AS a")
    assert catalog.execute("ALTER TABLE t ADD COLUMN b int") is Effect.OPAQUE
    assert catalog.execute("DROP TABLE t") is Effect.SCHEMA
    with pytest.raises(CatalogError):
        catalog.execute("ALTER TABLE t ADD COLUMN b int")


def test_other_objects_stand_where_they_load() -> None:
    catalog = catalog_of(
        "CREATE TABLE t (a int)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$",
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "COMMENT ON VIEW v IS 'it''s'",
    )
    words = [statement.sql.split()[1] for statement in catalog.statements()]
    assert words == ["EXTENSION", "TABLE", "VIEW", "ON", "FUNCTION", "TRIGGER"]
    catalog.execute("ALTER TABLE t RENAME TO u")
    trigger = catalog.others[(ObjectKind.TRIGGER, QualifiedName("", "g ON u"))]
    assert 'ON "u"' in trigger.statements[0]


def test_a_savepoint_of_several_statements() -> None:
    catalog = PostgresCatalog(FACTS, ask=known_rows)
    effect = catalog.execute(
        'CREATE TABLE a (id int PRIMARY KEY); ALTER TABLE a ADD COLUMN "p" int CONSTRAINT "f" '
        'REFERENCES "a"("id") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "f" IMMEDIATE'
    )
    assert effect is Effect.SCHEMA
    assert table_of(catalog, "a").foreign_keys[0].name == "f"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t AS SELECT some_function() AS one FROM a",
        "CREATE TABLE t AS SELECT * FROM a JOIN b USING (id)",
        "CREATE TABLE t AS SELECT id FROM a UNION SELECT id FROM b",
        "CREATE TABLE t AS SELECT id FROM (SELECT id FROM a) AS x",
        "CREATE TABLE t AS WITH x AS (SELECT id FROM a) SELECT id FROM x",
        "SELECT count(*) INTO t FROM a",
    ],
)
def test_a_table_whose_columns_only_the_server_knows_is_opaque(sql: str) -> None:
    catalog = catalog_of("CREATE TABLE a (id integer)", "CREATE TABLE b (id integer)")
    assert catalog.execute(sql) is Effect.OPAQUE
    assert catalog.execute("ALTER TABLE t ADD COLUMN more integer") is Effect.OPAQUE
    with pytest.raises(DuplicateTable):
        catalog.execute("CREATE TABLE t (id integer)")
