from __future__ import annotations

import sqlite3

import pytest

from replayer.ddl.document import Position, write_document
from replayer.model import Dialect, Source, Statement

TABLE = Statement(sql='CREATE TABLE "t" ("a" varchar(9) DEFAULT \';\')', table="t")
TRIGGER = Statement(
    sql='CREATE TRIGGER "r" AFTER INSERT ON "t" BEGIN UPDATE "t" SET "a" = 1; DELETE FROM "t"; END',
    table="t",
)


def test_plain_statements_are_lines_and_nothing_else() -> None:
    text = write_document([TABLE, TABLE], Dialect.SQLITE)
    assert text == f"{TABLE.sql};\n{TABLE.sql};\n"


@pytest.mark.parametrize("dialect", list(Dialect))
def test_no_statements_are_no_text(dialect: Dialect) -> None:
    assert write_document([], dialect) == ""


def test_a_body_brings_a_delimiter_in_the_first_line_and_an_empty_line() -> None:
    position = Position("t", Source("/p/models.py", 3, 1, 5, 20))
    text = write_document([TABLE, TRIGGER], Dialect.SQLITE, [position])
    lines = text.splitlines()
    assert lines[0] == r"-- atlas:delimiter \n\n\n"
    assert lines[1] == "-- atlas:pos t[type=table] /p/models.py:3:1-5:20"
    assert lines[2] == ""
    statements = text.partition("\n\n")[2].split("\n\n\n")
    assert statements == [f"{TABLE.sql};", f"{TRIGGER.sql};", ""]


def test_a_document_with_a_delimiter_loads_as_any_other() -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(write_document([TABLE, TRIGGER], Dialect.SQLITE))
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    connection.close()
    assert names == ["t", "r"]


def test_the_delimiter_is_in_no_statement() -> None:
    spaced = Statement(sql=TRIGGER.sql.replace("BEGIN ", "BEGIN\n\n\n"))
    text = write_document([spaced, TABLE], Dialect.SQLITE)
    first, _, rest = text.partition("\n\n")
    mark = first.removeprefix("-- atlas:delimiter ").replace(r"\n", "\n")
    assert rest.split(mark) == [f"{spaced.sql};", f"{TABLE.sql};", ""]


@pytest.mark.parametrize("dialect", [Dialect.MYSQL, Dialect.MARIADB])
def test_mysql_has_a_command_for_bodies(dialect: Dialect) -> None:
    text = write_document([TABLE, TRIGGER], dialect)
    assert text == f"{TABLE.sql};\nDELIMITER //\n{TRIGGER.sql}//\nDELIMITER ;\n"


def test_mysql_s_delimiter_is_not_in_the_statement() -> None:
    trigger = Statement(sql=TRIGGER.sql.replace("= 1", "= '//'"))
    assert f"DELIMITER $$\n{trigger.sql}$$\n" in write_document([trigger], Dialect.MYSQL)


def test_a_dollar_quoted_body_needs_no_delimiter() -> None:
    function = Statement(sql="CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN; END; $$ LANGUAGE x")
    assert write_document([function], Dialect.POSTGRESQL) == f"{function.sql};\n"


def test_a_table_of_another_schema_is_addressed_by_it() -> None:
    position = Position("archive.paper", Source("/p/m.py", 1))
    assert position.directive == ("-- atlas:pos archive[type=schema].paper[type=table] /p/m.py:1:1")


def test_atlas_reads_ascii_alone() -> None:
    assert Position("t", Source("/a b/m.py", 1)).is_readable
    assert not Position("t", Source("/für/m.py", 1)).is_readable
