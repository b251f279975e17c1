"""What DDL leaves on MySQL and MariaDB, as their servers were seen to do it."""

from __future__ import annotations

import pytest

from replayer.catalog.catalog import Effect
from replayer.catalog.mysql.catalog import MysqlCatalog
from replayer.catalog.refusals import (
    CatalogError,
    DependentObjects,
    DuplicateTable,
    UndefinedColumn,
    UndefinedTable,
)
from replayer.catalog.schema import Check, ObjectKind, QualifiedName, Unique
from replayer.model import Dialect, ServerFacts

MYSQL = ServerFacts(dialect=Dialect.MYSQL, version=(8, 4, 0))
MARIADB = ServerFacts(dialect=Dialect.MARIADB, version=(10, 11, 6))
PARENT = "CREATE TABLE `p` (`id` integer AUTO_INCREMENT NOT NULL PRIMARY KEY)"
CHILD = "CREATE TABLE `t` (`id` integer NOT NULL PRIMARY KEY, `c` integer NOT NULL, `d` integer)"
FOREIGN_KEY = "ALTER TABLE `t` ADD CONSTRAINT `fk` FOREIGN KEY (`c`) REFERENCES `p` (`id`)"


def catalog(facts: ServerFacts, *statements: str) -> MysqlCatalog:
    made = MysqlCatalog(facts)
    made.execute_all(statements)
    return made


def keys(made: MysqlCatalog, table: str = "t") -> list[str]:
    """Return the names of the keys in the order in which the server shows them."""
    return [key.name or "" for key in made.schema.tables[table].keys]


def checks(made: MysqlCatalog, table: str = "t") -> list[str]:
    found = made.table(table)
    assert found is not None
    return [item.name for item in found.constraints if isinstance(item, Check)]


def column_type(made: MysqlCatalog, column: str) -> str:
    table = made.table("t")
    assert table is not None
    found = table.column(column)
    assert found is not None
    return found.type


def refusal(made: MysqlCatalog, sql: str) -> CatalogError:
    before = dict(made.tables)
    with pytest.raises(CatalogError) as caught:
        made.execute(sql)
    assert dict(made.tables) == before
    return caught.value


both = pytest.mark.parametrize("facts", [MYSQL, MARIADB], ids=["mysql", "mariadb"])


@both
def test_unnamed_unique_is_named_after_its_first_column(facts: ServerFacts) -> None:
    made = catalog(
        facts,
        "CREATE TABLE t (c int UNIQUE, d int)",
        "ALTER TABLE t ADD UNIQUE (c, d)",
        "ALTER TABLE t ADD UNIQUE (`d`)",
        "ALTER TABLE t RENAME COLUMN c TO e",
    )
    assert keys(made) == ["c", "c_2", "d"]


@both
def test_primary_key_then_unique_then_others(facts: ServerFacts) -> None:
    made = catalog(
        facts,
        "CREATE TABLE t (a int, b int NOT NULL, KEY k (a), UNIQUE n (a), UNIQUE m (b), "
        "PRIMARY KEY (b))",
    )
    assert keys(made) == ["PRIMARY", "m", "n", "k"]


@both
def test_foreign_key_makes_an_index_of_its_name(facts: ServerFacts) -> None:
    made = catalog(facts, PARENT, CHILD, FOREIGN_KEY)
    assert keys(made) == ["PRIMARY", "fk"]
    table = made.table("t")
    assert table is not None
    assert table.indexes[0].implicit


@both
def test_index_of_a_foreign_key_goes_when_another_covers_it(facts: ServerFacts) -> None:
    made = catalog(facts, PARENT, CHILD, FOREIGN_KEY, "CREATE INDEX cd ON t (c, d)")
    assert keys(made) == ["PRIMARY", "cd"]
    error = refusal(made, "DROP INDEX cd ON t")
    assert isinstance(error, DependentObjects)
    assert (error.number, error.message) == (
        1553,
        "Cannot drop index 'cd': needed in a foreign key constraint",
    )


@both
def test_foreign_key_on_a_covered_column_makes_no_index(facts: ServerFacts) -> None:
    made = catalog(facts, PARENT, CHILD, "CREATE INDEX cd ON t (c, d)", FOREIGN_KEY)
    assert keys(made) == ["PRIMARY", "cd"]


@both
def test_index_of_a_foreign_key_that_was_renamed_stays(facts: ServerFacts) -> None:
    made = catalog(
        facts,
        PARENT,
        CHILD,
        FOREIGN_KEY,
        "ALTER TABLE t RENAME INDEX fk TO mine",
        "CREATE INDEX cd ON t (c, d)",
    )
    assert keys(made) == ["PRIMARY", "mine", "cd"]


@pytest.mark.parametrize(("facts", "left"), [(MYSQL, ["fk", "cd"]), (MARIADB, ["cd"])])
def test_descending_index_covers_a_foreign_key_on_mariadb_alone(
    facts: ServerFacts, left: list[str]
) -> None:
    made = catalog(facts, PARENT, CHILD, FOREIGN_KEY, "CREATE INDEX cd ON t (c DESC, d)")
    assert keys(made)[1:] == left


@both
def test_of_two_foreign_keys_the_later_gives_the_index_its_name(facts: ServerFacts) -> None:
    made = catalog(facts, PARENT, CHILD, FOREIGN_KEY, FOREIGN_KEY.replace("`fk`", "`later`"))
    assert keys(made) == ["PRIMARY", "later"]


def test_checks_of_mysql_are_counted_from_the_highest_that_is_left() -> None:
    made = catalog(
        MYSQL,
        "CREATE TABLE t (a int CHECK (a > 0), b int CHECK (b > 0), CONSTRAINT k CHECK (a < b))",
        "ALTER TABLE t DROP CHECK t_chk_1",
        "ALTER TABLE t ADD CHECK (b > 1)",
    )
    assert checks(made) == ["k", "t_chk_2", "t_chk_3"]


def test_counted_names_follow_a_rename_of_the_table() -> None:
    made = catalog(
        MYSQL,
        PARENT,
        "CREATE TABLE t (a int CHECK (a > 0), CONSTRAINT k CHECK (a < 9), "
        "FOREIGN KEY (a) REFERENCES p (id))",
        "RENAME TABLE t TO u",
    )
    assert checks(made, "u") == ["k", "u_chk_1"]
    table = made.table("u")
    assert table is not None
    assert [key.name for key in table.foreign_keys] == ["u_ibfk_1"]


def test_checks_of_mariadb_columns_have_no_name_of_their_own() -> None:
    made = catalog(
        MARIADB, "CREATE TABLE t (a int CHECK (a > 0), CHECK (a < 9), CONSTRAINT k CHECK (a <> 5))"
    )
    assert checks(made) == ["a", "CONSTRAINT_1", "k"]
    made.execute("ALTER TABLE t DROP CONSTRAINT IF EXISTS a")
    assert checks(made) == ["a", "CONSTRAINT_1", "k"]
    made.execute("ALTER TABLE t MODIFY a bigint")
    assert checks(made) == ["CONSTRAINT_1", "k"]


def test_mariadb_rewrites_expressions_when_a_column_is_renamed() -> None:
    made = catalog(
        MARIADB,
        "CREATE TABLE t (a int CHECK (`a` > 0), g int AS (a + 1) STORED)",
        "ALTER TABLE t RENAME COLUMN a TO z",
    )
    table = made.table("t")
    assert table is not None
    assert [item.expression for item in table.constraints if isinstance(item, Check)] == ["`z` > 0"]
    generated = table.columns[1].generated
    assert generated is not None
    assert generated.expression == "`z` + 1"


@pytest.mark.parametrize(
    ("definition", "number"),
    [("CHECK (a > 0)", 3959), ("g int AS (a + 1)", 3108), ("KEY f ((a + 1))", 3837)],
)
def test_mysql_refuses_to_rename_a_column_that_an_expression_names(
    definition: str, number: int
) -> None:
    made = catalog(MYSQL, f"CREATE TABLE t (a int, {definition})")
    assert refusal(made, "ALTER TABLE t RENAME COLUMN a TO z").number == number


def test_mysql_shortens_the_keys_of_a_dropped_column() -> None:
    made = catalog(
        MYSQL, "CREATE TABLE t (a int, b int, UNIQUE x (a, b), KEY z (a))", "ALTER TABLE t DROP a"
    )
    assert keys(made) == ["x"]
    assert made.schema.tables["t"].keys[0].columns == ("b",)


def test_mariadb_refuses_to_drop_a_column_of_a_wider_unique() -> None:
    made = catalog(MARIADB, "CREATE TABLE t (a int, b int, UNIQUE x (a, b), KEY z (a, b))")
    error = refusal(made, "ALTER TABLE t DROP COLUMN a")
    assert isinstance(error, UndefinedColumn)
    assert (error.number, error.message) == (1072, "Key column 'a' doesn't exist in table")


@both
def test_checks_that_name_no_column_go_with_any_column(facts: ServerFacts) -> None:
    create = "CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (1 = 1), CONSTRAINT d CHECK (a > 0))"
    made = catalog(facts, create, "ALTER TABLE t ADD n int")
    assert [check.name for check in made.schema.tables["t"].checks] == ["c", "d"]
    made.execute("ALTER TABLE t DROP COLUMN n, ADD CONSTRAINT e CHECK (2 = 2)")
    assert [check.name for check in made.schema.tables["t"].checks] == ["d", "e"]


@both
def test_modify_forgets_what_is_not_told_again(facts: ServerFacts) -> None:
    made = catalog(
        facts,
        "CREATE TABLE t (a int NOT NULL DEFAULT 5 COMMENT 'five', UNIQUE (a))",
        "ALTER TABLE t MODIFY a bigint",
    )
    table = made.table("t")
    assert table is not None
    column = table.columns[0]
    assert (column.null, column.default, column.comment) == (True, None, None)
    assert keys(made) == ["a"]


@both
def test_primary_key_stays_not_null_when_its_type_changes(facts: ServerFacts) -> None:
    made = catalog(facts, PARENT, "ALTER TABLE p MODIFY id bigint AUTO_INCREMENT")
    table = made.table("p")
    assert table is not None
    assert not table.columns[0].null


@pytest.mark.parametrize(
    ("facts", "told", "shown"),
    [
        (MYSQL, "integer UNSIGNED", "int unsigned"),
        (MARIADB, "integer UNSIGNED", "int(10) unsigned"),
        (MYSQL, "bool", "tinyint(1)"),
        (MARIADB, "bigint", "bigint(20)"),
        (MYSQL, "numeric(5, 2)", "decimal(5,2)"),
        (MYSQL, "double precision", "double"),
        (MYSQL, "json", "json"),
        (MARIADB, "json", "longtext"),
        (MARIADB, "datetime(6)", "datetime(6)"),
    ],
)
def test_types_are_shown_as_the_server_shows_them(
    facts: ServerFacts, told: str, shown: str
) -> None:
    assert column_type(catalog(facts, f"CREATE TABLE t (a {told} NULL)"), "a") == shown


def test_json_of_mariadb_checks_itself() -> None:
    made = catalog(MARIADB, "CREATE TABLE t (a json NULL, b json NULL CHECK (JSON_VALID(`b`)))")
    table = made.table("t")
    assert table is not None
    found = [(item.name, item.expression) for item in table.constraints if isinstance(item, Check)]
    assert found == [("a", "json_valid(`a`)"), ("b", "JSON_VALID(`b`)")]


@both
def test_foreign_keys_follow_tables_and_columns(facts: ServerFacts) -> None:
    made = catalog(
        facts,
        PARENT,
        CHILD,
        FOREIGN_KEY,
        "RENAME TABLE p TO q",
        "ALTER TABLE q CHANGE id ident integer NOT NULL",
    )
    table = made.table("t")
    assert table is not None
    assert table.foreign_keys[0].target == QualifiedName("", "q")
    assert table.foreign_keys[0].target_columns == ("ident",)


@both
def test_refused_statement_changes_nothing_at_all(facts: ServerFacts) -> None:
    made = catalog(facts, CHILD)
    refusal(made, "ALTER TABLE t ADD COLUMN e int, ADD COLUMN c int")
    refusal(made, "ALTER TABLE t DROP COLUMN c, DROP COLUMN nope")


@pytest.mark.parametrize(
    ("sql", "kind", "number", "words"),
    [
        (CHILD, DuplicateTable, 1050, "Table 't' already exists"),
        ("DROP TABLE nope", UndefinedTable, 1051, "Unknown table 'default.nope'"),
        ("ALTER TABLE no ADD a int", UndefinedTable, 1146, "Table 'default.no' doesn't exist"),
        ("CREATE INDEX i ON t (x)", UndefinedColumn, 1072, "Key column 'x' doesn't exist in table"),
        ("ALTER TABLE t ADD `C` int", CatalogError, 1060, "Duplicate column name 'C'"),
        (
            "DROP INDEX x ON t",
            CatalogError,
            1091,
            "Can't DROP 'x'; check that column/key exists",
        ),
    ],
)
def test_refusals_have_the_number_and_words_of_mysql(
    sql: str, kind: type[CatalogError], number: int, words: str
) -> None:
    error = refusal(catalog(MYSQL, CHILD), sql)
    assert isinstance(error, kind)
    assert (error.number, error.message) == (number, words)


def test_mariadb_says_what_kind_of_thing_is_missing() -> None:
    error = refusal(catalog(MARIADB, CHILD), "DROP INDEX x ON t")
    assert error.message == "Can't DROP INDEX `x`; check that it exists"


@both
def test_if_exists_says_nothing(facts: ServerFacts) -> None:
    made = catalog(facts, CHILD)
    assert made.execute("DROP TABLE IF EXISTS nope; DROP VIEW IF EXISTS nope") is Effect.SCHEMA
    assert made.execute("CREATE TABLE IF NOT EXISTS t (x int)") is Effect.SCHEMA
    table = made.table("t")
    assert table is not None
    assert table.column("x") is None


@both
def test_table_with_foreign_keys_to_it_stays_unless_checks_are_off(facts: ServerFacts) -> None:
    made = catalog(facts, PARENT, CHILD, FOREIGN_KEY)
    assert refusal(made, "DROP TABLE p").number in {3730, 1451}
    made.execute("SET foreign_key_checks = 0; DROP TABLE p; SET foreign_key_checks = 1")
    assert made.table("p") is None


@pytest.mark.parametrize(
    ("sql", "effect"),
    [
        ("SET NAMES utf8mb4", Effect.SESSION),
        ("SELECT 1", Effect.QUERY),
        ("INSERT INTO t VALUES (1); SELECT 1", Effect.DATA),
        ("UPDATE t SET a = ';'", Effect.DATA),
        ("ALTER TABLE t COMMENT = 'x'", Effect.SCHEMA),
        ("CREATE TABLE u AS SELECT * FROM t", Effect.OPAQUE),
        ("CALL p()", Effect.OPAQUE),
        ("ALTER TABLE t PARTITION BY HASH(id)", Effect.OPAQUE),
        ("/*!50000 ALTER TABLE t ADD z int */", Effect.SCHEMA),
    ],
)
def test_effect_of_a_statement(sql: str, effect: Effect) -> None:
    assert catalog(MYSQL, CHILD).execute(sql) is effect


@both
def test_trigger_goes_with_its_table_and_follows_its_name(facts: ServerFacts) -> None:
    trigger = "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.c = 1; END"
    made = catalog(facts, CHILD, trigger, "RENAME TABLE t TO u")
    key = (ObjectKind.TRIGGER, QualifiedName("", "tr"))
    assert "ON `u` FOR EACH ROW" in made.others[key].statements[0]
    made.execute("DROP TABLE u")
    assert not made.others


@both
def test_copy_goes_its_own_way(facts: ServerFacts) -> None:
    made = catalog(facts, PARENT, CHILD, FOREIGN_KEY)
    copied = made.copy()
    copied.execute("ALTER TABLE t DROP FOREIGN KEY fk, DROP COLUMN c")
    made.execute("CREATE TABLE late (id int)")
    table = made.table("t")
    assert table is not None
    assert table.column("c") is not None
    assert copied.table("late") is None
    assert copied.execute("DROP TABLE p") is Effect.SCHEMA


def test_unique_with_a_prefix_is_an_index_and_without_one_a_constraint() -> None:
    made = catalog(MYSQL, "CREATE TABLE t (a varchar(20), UNIQUE x (a(4)), UNIQUE y (a))")
    table = made.table("t")
    assert table is not None
    assert [item.name for item in table.constraints if isinstance(item, Unique)] == ["y"]
    assert [(index.name, index.unique) for index in table.indexes] == [("x", True)]


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        (ServerFacts(dialect=Dialect.MYSQL, version=(8, 0, 15)), []),
        (ServerFacts(dialect=Dialect.MYSQL, version=(8, 0, 16)), ["t_chk_1"]),
    ],
)
def test_old_mysql_reads_checks_and_forgets_them(facts: ServerFacts, kept: list[str]) -> None:
    assert checks(catalog(facts, "CREATE TABLE t (a int CHECK (a > 0))")) == kept


@both
def test_view_is_renamed_like_a_table(facts: ServerFacts) -> None:
    made = catalog(facts, CHILD, "CREATE VIEW v AS SELECT id FROM t", "RENAME TABLE v TO w")
    (view,) = made.others.values()
    assert view.name == QualifiedName("", "w")
    assert view.statements == ("CREATE VIEW `w` AS SELECT id FROM t",)


@pytest.mark.parametrize(
    ("facts", "sql", "number"),
    [
        (MYSQL, f"CREATE TABLE {'n' * 65} (a int)", 1059),
        (MARIADB, f"CREATE TABLE {'n' * 65} (a int)", 1103),
        (MARIADB, f"CREATE INDEX {'n' * 65} ON t (c)", 1059),
        (MYSQL, f"CREATE TABLE {'n' * 60} (a int CHECK (a > 0))", 1059),
    ],
)
def test_names_of_more_than_64_characters_are_refused(
    facts: ServerFacts, sql: str, number: int
) -> None:
    assert refusal(catalog(facts, CHILD), sql).number == number


def test_mysql_refuses_a_key_of_a_whole_text() -> None:
    made = catalog(MYSQL, "CREATE TABLE t (a longtext NOT NULL, b text, KEY k (b(4)))")
    assert refusal(made, "CREATE INDEX i ON t (a)").number == 1170
    made.execute("CREATE FULLTEXT INDEX f ON t (a)")
    assert keys(made) == ["k", "f"]


@pytest.mark.parametrize(
    ("told", "mysql", "mariadb"),
    [
        ("integer[]", 1064, 1064),
        ("varchar(10)[3]", 1064, 1064),
        ("tstzrange", 1064, 4161),
        ("timestamptz(6)", 1064, 4161),
        ("varchar(None)", 1064, 1064),
        ("enum('None', 'a')", None, None),
        ("inet6", 1064, None),
        ("geomcollection", None, 4161),
        ("Double Precision", None, None),
        ("character varying(3)", None, None),
        ("long varchar", None, None),
        ("POINT", None, None),
    ],
)
def test_a_type_that_the_server_lacks_is_refused(
    told: str, mysql: int | None, mariadb: int | None
) -> None:
    for facts, number in ((MYSQL, mysql), (MARIADB, mariadb)):
        for sql in (
            f"CREATE TABLE `new` (`a` {told} NULL)",
            f"ALTER TABLE `t` ADD COLUMN `a` {told}",
        ):
            made = catalog(facts, PARENT, CHILD)
            if number is None:
                made.execute(sql)
            else:
                assert refusal(made, sql).number == number
