"""The dump of a MySQL or MariaDB catalogue: it loads in one pass and makes the same catalogue."""

from __future__ import annotations

import pytest

from replayer.catalog.mysql.catalog import MysqlCatalog
from replayer.catalog.schema import Check, QualifiedName
from replayer.model import Dialect, ServerFacts

MYSQL = ServerFacts(dialect=Dialect.MYSQL, version=(8, 4, 0))
MARIADB = ServerFacts(dialect=Dialect.MARIADB, version=(10, 11, 6))
PARENT = "CREATE TABLE `p` (`id` integer AUTO_INCREMENT NOT NULL PRIMARY KEY)"

HISTORIES = {
    "inline_unique_keeps_an_older_name": (
        "CREATE TABLE t (id integer PRIMARY KEY, c integer NULL UNIQUE, d integer NULL UNIQUE)",
        "ALTER TABLE t RENAME COLUMN c TO e",
    ),
    "uniques_swap_their_order": (
        "CREATE TABLE t (c integer NULL UNIQUE, d integer NOT NULL UNIQUE)",
        "ALTER TABLE t DROP INDEX c",
        "ALTER TABLE t ADD UNIQUE (c)",
    ),
    "foreign_keys_both_ways": (
        "CREATE TABLE a (id integer PRIMARY KEY, b_id integer NULL)",
        "CREATE TABLE b (id integer PRIMARY KEY, a_id integer NULL, KEY late (a_id, id))",
        "ALTER TABLE a ADD CONSTRAINT ab FOREIGN KEY (b_id) REFERENCES b (id) ON DELETE CASCADE",
        "ALTER TABLE b ADD CONSTRAINT ba FOREIGN KEY (a_id) REFERENCES a (id)",
        "CREATE INDEX after_fk ON a (id, b_id)",
    ),
    "self_reference": (
        "CREATE TABLE t (id integer PRIMARY KEY, up integer NULL)",
        "ALTER TABLE t ADD CONSTRAINT me FOREIGN KEY (up) REFERENCES t (id)",
    ),
    "index_left_by_a_foreign_key": (
        PARENT,
        "CREATE TABLE t (id integer PRIMARY KEY, c integer NULL)",
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (c) REFERENCES p (id)",
        "CREATE INDEX first ON t (id, c)",
        "ALTER TABLE t RENAME INDEX fk TO kept",
    ),
    "gap_among_counted_checks": (
        (
            "CREATE TABLE t (a integer UNSIGNED NOT NULL CHECK (`a` >= 0), "
            "b integer UNSIGNED NOT NULL CHECK (`b` >= 0))"
        ),
        "ALTER TABLE t DROP COLUMN a",
        "ALTER TABLE t ADD c integer UNSIGNED NOT NULL CHECK (`c` >= 0)",
        "ALTER TABLE t ADD CONSTRAINT both_ CHECK (`b` > `c`)",
    ),
    "attributes_of_columns": (
        (
            "CREATE TABLE t (id bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, "
            "s varchar(9) COLLATE utf8mb4_bin DEFAULT 'it''s' NOT NULL COMMENT 'a ''b'' \\\\ c', "
            "n datetime(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) NULL, "
            "g bigint GENERATED ALWAYS AS (id * 2) STORED, v bigint AS (id + 1), l json NULL) "
            "COMMENT = 'the ''table''' ENGINE = InnoDB"
        ),
        "CREATE INDEX i ON t (s(4), n DESC)",
        "CREATE FULLTEXT INDEX f ON t (s)",
        "ALTER TABLE t ALTER COLUMN n DROP DEFAULT",
    ),
    "checks_named_after_renamed_columns": (
        "CREATE TABLE t (data_json json NOT NULL, n integer NULL CHECK (n >= 0), KEY k (n))",
        "ALTER TABLE t RENAME COLUMN data_json TO `data`",
    ),
    "columns_that_changed_names": (
        "CREATE TABLE t (id integer PRIMARY KEY, a json, b json, c json, KEY k (id))",
        "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
        "ALTER TABLE t RENAME COLUMN c TO d",
    ),
    "expression_set_afterwards": (
        "CREATE TABLE t (a double DEFAULT (pi()) NOT NULL, b double DEFAULT 3 NOT NULL)",
        "ALTER TABLE t ALTER COLUMN b SET DEFAULT (pi())",
    ),
    "composite_primary_key": ("CREATE TABLE t (a int, b int, PRIMARY KEY (b, a), KEY k (a))",),
    "other_objects": (
        PARENT,
        "CREATE VIEW v AS SELECT id FROM p",
        "CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END",
        "CREATE PROCEDURE pr() BEGIN SELECT 1; END",
    ),
}


def catalog(facts: ServerFacts, statements: tuple[str, ...]) -> MysqlCatalog:
    made = MysqlCatalog(facts)
    made.execute_all(statements)
    return made


def keys(made: MysqlCatalog) -> dict[str, list[object]]:
    return {
        table.name: [(key.name, key.kind, key.parts) for key in table.keys] for table in made.schema
    }


@pytest.mark.parametrize("facts", [MYSQL, MARIADB], ids=["mysql", "mariadb"])
@pytest.mark.parametrize("name", HISTORIES)
def test_dump_makes_an_equal_catalogue(name: str, facts: ServerFacts) -> None:
    made = catalog(facts, HISTORIES[name])
    dump = made.statements()
    loaded = catalog(facts, tuple(statement.sql for statement in dump))
    assert dict(loaded.tables) == dict(made.tables)
    assert dict(loaded.others) == dict(made.others)
    assert keys(loaded) == keys(made)
    assert loaded.statements() == dump


def test_short_form_is_that_of_the_schema_editor() -> None:
    made = catalog(
        MYSQL,
        (
            PARENT,
            (
                "CREATE TABLE `t` (`id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, "
                "`name` varchar(10) NOT NULL UNIQUE, "
                "`n` integer UNSIGNED NOT NULL CHECK (`n` >= 0), `p_id` integer NOT NULL)"
            ),
            "ALTER TABLE `t` ADD CONSTRAINT `t_p_id_fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`)",
        ),
    )
    assert made.statements()[1].sql == (
        "CREATE TABLE `t` (`id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, "
        "`name` varchar(10) NOT NULL UNIQUE, "
        "`n` integer UNSIGNED NOT NULL CHECK (`n` >= 0), `p_id` integer NOT NULL, "
        "CONSTRAINT `t_p_id_fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`))"
    )


def test_older_name_of_a_unique_is_written_out() -> None:
    made = catalog(MYSQL, HISTORIES["inline_unique_keeps_an_older_name"])
    assert "CONSTRAINT `c` UNIQUE (`e`)" in made.statements()[0].sql


def test_a_renamed_column_is_renamed_again_where_its_check_keeps_the_old_name() -> None:
    statements = (
        "CREATE TABLE p (old integer UNIQUE CHECK (old > 0), up integer)",
        "CREATE TABLE q (p integer, data json)",
        "ALTER TABLE p ADD CONSTRAINT own FOREIGN KEY (up) REFERENCES p (old)",
        "ALTER TABLE q ADD CONSTRAINT other FOREIGN KEY (p) REFERENCES p (old)",
        "ALTER TABLE p RENAME COLUMN old TO new",
        "ALTER TABLE q CHANGE data info json",
    )
    made = catalog(MARIADB, statements)
    dump = [statement.sql for statement in made.statements()]
    assert dump[1] == "ALTER TABLE `p` RENAME COLUMN `old` TO `new`"
    assert [sql.split(" (")[0] for sql in dump] == [
        "CREATE TABLE `p`",
        "ALTER TABLE `p` RENAME COLUMN `old` TO `new`",
        "CREATE TABLE `q`",
    ]
    table = catalog(MARIADB, tuple(dump)).tables[QualifiedName("", "p")]
    assert [check.name for check in table.constraints if isinstance(check, Check)] == ["old"]
    assert dict(catalog(MARIADB, tuple(dump)).tables) == dict(made.tables)


def test_a_default_that_alter_column_set_is_set_so_again() -> None:
    create, alter = catalog(MYSQL, HISTORIES["expression_set_afterwards"]).statements()
    assert create.sql == (
        "CREATE TABLE `t` (`a` double DEFAULT (pi()) NOT NULL, `b` double DEFAULT (pi()) NOT NULL)"
    )
    assert alter.sql == "ALTER TABLE `t` ALTER COLUMN `b` SET DEFAULT (pi())"
    (only,) = catalog(MARIADB, HISTORIES["expression_set_afterwards"]).statements()
    assert only.sql.count("DEFAULT (pi())") == 2


def test_dump_does_not_depend_on_the_order_of_creation() -> None:
    tables = ("CREATE TABLE b (id int)", "CREATE TABLE a (id int)", PARENT)
    assert catalog(MYSQL, tables).statements() == catalog(MYSQL, tables[::-1]).statements()


def test_tables_load_after_those_that_they_point_at_and_cycles_end_in_alter_table() -> None:
    made = catalog(MARIADB, HISTORIES["foreign_keys_both_ways"])
    heads = [statement.sql.split("` ")[0] for statement in made.statements()]
    assert heads == ["CREATE TABLE `b", "CREATE TABLE `a", "ALTER TABLE `b"]


CHECKED = "CREATE TABLE t (a varchar(9) NULL, CONSTRAINT c CHECK (`a` = 'x'))"
LATIN = "CREATE TABLE t (l varchar(9) COLLATE latin1_bin NULL, CONSTRAINT c CHECK (`l` = 'x'))"
AGAIN = "ALTER TABLE `t` FORCE"


@pytest.mark.parametrize(
    ("facts", "charset", "statements", "last"),
    [
        (MYSQL, "utf8mb3", [CHECKED], []),
        (MYSQL, "utf8mb3", [CHECKED, "ALTER TABLE t ADD n integer NULL"], [AGAIN]),
        (MYSQL, "utf8mb3", [CHECKED, "CREATE INDEX i ON t (a)"], [AGAIN]),
        (MYSQL, "utf8mb3", [CHECKED, "RENAME TABLE t TO u, u TO t"], []),
        (MYSQL, "utf8mb4", [CHECKED, "ALTER TABLE t ADD n integer NULL"], []),
        (MYSQL, "utf8mb4", [LATIN, "ALTER TABLE t ADD n integer NULL"], [AGAIN]),
        (MARIADB, "utf8mb3", [CHECKED, "ALTER TABLE t ADD n integer NULL"], []),
        (
            MYSQL,
            "utf8mb3",
            [CHECKED, "ALTER TABLE t ADD CONSTRAINT d CHECK (`a` <> 'y')"],
            ["ALTER TABLE `t` ADD CONSTRAINT `d` CHECK (`a` <> 'y')"],
        ),
        (
            MYSQL,
            "utf8mb3",
            [CHECKED, "ALTER TABLE t ADD CONSTRAINT d CHECK (`a` IS NOT NULL)"],
            [AGAIN],
        ),
        (MYSQL, "utf8mb3", [CHECKED, "ALTER TABLE t DROP CHECK c"], []),
    ],
)
def test_texts_are_read_again_where_the_history_had_them_read_again(
    facts: ServerFacts, charset: str, statements: list[str], last: list[str]
) -> None:
    catalog = MysqlCatalog(facts, charset=charset)
    for sql in statements:
        catalog.execute(sql)
    assert [statement.sql for statement in catalog.copy().statements()][1:] == last
