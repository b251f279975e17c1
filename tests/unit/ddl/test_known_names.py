"""Names of a real database, borne where content matches one to one."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from replayer.api.history_schema import empty_catalog
from replayer.api.proof import prove
from replayer.catalog.catalog import Catalog
from replayer.catalog.schema import IdentityKind, QualifiedName
from replayer.ddl.known_names import with_known_names, with_serials
from replayer.ddl.names_file import KnownNames, parse_known_names, read_known_names
from replayer.ddl.names_query import names_query
from replayer.errors import DialectError, UsageError
from replayer.model import Dialect, ServerFacts

_VERSIONS = {
    Dialect.SQLITE: (3, 40, 0),
    Dialect.POSTGRESQL: (16,),
    Dialect.MYSQL: (8, 4, 0),
    Dialect.MARIADB: (10, 11, 0),
}


def _catalog(dialect: Dialect, *statements: str) -> Catalog:
    catalog = empty_catalog(ServerFacts(dialect=dialect, version=_VERSIONS[dialect]))
    catalog.execute_all(statements)
    return catalog


def _known(*rows: dict[str, Any]) -> KnownNames:
    return parse_known_names([{"schema": "public", "table": "t", "position": 1, **r} for r in rows])


def _names(catalog: Catalog, table: str = "t") -> set[str]:
    found = catalog.tables[QualifiedName("", table)]
    return {item.name for item in (*found.constraints, *found.indexes)}


_TABLE = "CREATE TABLE t (id integer PRIMARY KEY, a varchar(9) NOT NULL, b integer)"


def test_an_index_takes_the_name_of_the_one_like_it() -> None:
    catalog = _catalog(Dialect.POSTGRESQL, _TABLE, "CREATE INDEX old ON t (a)")
    found, notes = with_known_names(
        catalog,
        _known(
            {"kind": "primary key", "name": "t_pkey", "column": "id"},
            {"kind": "index", "name": "new", "column": "a"},
        ),
    )
    assert _names(found) == {"t_pkey", "new"}
    assert notes == ()
    assert _names(catalog) == {"t_pkey", "old"}
    assert prove(found, found.statements()).differences == ()


def test_the_operator_class_tells_indexes_of_one_column_apart() -> None:
    catalog = _catalog(
        Dialect.POSTGRESQL,
        _TABLE,
        "CREATE INDEX x ON t (a)",
        "CREATE INDEX y ON t (a varchar_pattern_ops)",
    )
    found, _ = with_known_names(
        catalog,
        _known(
            {"kind": "index", "name": "b", "column": "a", "opclass": "varchar_pattern_ops"},
            {"kind": "index", "name": "a", "column": "a"},
        ),
    )
    table = found.tables[QualifiedName("", "t")]
    assert {index.name: index.elements[0].opclass for index in table.indexes} == {
        "a": None,
        "b": "varchar_pattern_ops",
    }


def test_names_may_have_been_swapped() -> None:
    catalog = _catalog(
        Dialect.POSTGRESQL, _TABLE, "CREATE INDEX x ON t (a)", "CREATE INDEX y ON t (b)"
    )
    found, _ = with_known_names(
        catalog,
        _known(
            {"kind": "index", "name": "y", "column": "a"},
            {"kind": "index", "name": "x", "column": "b"},
        ),
    )
    table = found.tables[QualifiedName("", "t")]
    assert {index.name: index.columns for index in table.indexes} == {"y": ("a",), "x": ("b",)}
    found.execute("DROP INDEX x")
    assert _names(found) == {"t_pkey", "y"}


def test_what_cannot_be_told_apart_is_said_and_left() -> None:
    catalog = _catalog(
        Dialect.POSTGRESQL, _TABLE, "CREATE INDEX x ON t (a)", "CREATE INDEX y ON t (a)"
    )
    found, notes = with_known_names(
        catalog,
        _known(
            {"kind": "primary key", "name": "t_pkey", "column": "id"},
            {"kind": "index", "name": "p", "column": "a"},
            {"kind": "index", "name": "q", "column": "a"},
        ),
    )
    assert _names(found) == {"t_pkey", "x", "y"}
    (note,) = notes
    assert "which of x, y is which of p, q can't be told" in note


def test_checks_of_one_column_are_told_apart_by_their_words() -> None:
    catalog = _catalog(
        Dialect.POSTGRESQL,
        "CREATE TABLE t (b integer, CONSTRAINT x CHECK (b > 1), CONSTRAINT y CHECK (b < 7))",
    )
    found, notes = with_known_names(
        catalog,
        _known(
            {"kind": "check", "name": "p", "column": "b", "definition": "(b < 7)"},
            {"kind": "check", "name": "q", "column": "b", "definition": "(b > 1)"},
        ),
    )
    assert notes == ()
    table = found.tables[QualifiedName("", "t")]
    assert {item.name for item in table.constraints} == {"p", "q"}
    found.execute("ALTER TABLE t DROP CONSTRAINT q")
    (left,) = found.tables[QualifiedName("", "t")].constraints
    assert "<" in left.expression  # type: ignore[union-attr]  # it is a check


def test_what_one_side_lacks_is_said() -> None:
    catalog = _catalog(Dialect.POSTGRESQL, _TABLE, "CREATE INDEX x ON t (a)")
    _, notes = with_known_names(
        catalog,
        _known(
            {"kind": "primary key", "name": "t_pkey", "column": "id"},
            {"kind": "index", "name": "p", "column": "b"},
        ),
    )
    assert notes == (
        "--known-names: index of t (a): the file has nothing like x",
        "--known-names: index of t (b): the history has nothing like p",
    )


@pytest.mark.parametrize("dialect", [Dialect.MYSQL, Dialect.MARIADB])
def test_foreign_keys_and_their_indexes_are_renamed_on_mysql(dialect: Dialect) -> None:
    catalog = _catalog(
        dialect,
        "CREATE TABLE o (id bigint PRIMARY KEY)",
        "CREATE TABLE t (id bigint PRIMARY KEY, a bigint)",
        "ALTER TABLE t ADD CONSTRAINT old FOREIGN KEY (a) REFERENCES o (id)",
    )
    found, _ = with_known_names(
        catalog,
        _known(
            {"kind": "foreign key", "name": "new", "column": "a", "target": "o"},
            {"kind": "index", "name": "other", "column": "a"},
        ),
    )
    assert {"new", "other"} <= _names(found)
    assert prove(found, found.statements()).differences == ()
    assert "other" in " ".join(statement.sql for statement in found.statements())
    found.execute("ALTER TABLE t DROP FOREIGN KEY new")


def test_an_index_of_sqlite_is_renamed_in_its_text() -> None:
    catalog = _catalog(Dialect.SQLITE, _TABLE, 'CREATE UNIQUE INDEX "old" ON "t" ("a")')
    found, notes = with_known_names(
        catalog, _known({"kind": "index", "name": "new", "column": "a", "unique": True})
    )
    assert notes == ()
    assert found.statements()[-1].sql == 'CREATE UNIQUE INDEX "new" ON "t" ("a")'


def test_a_serial_is_taken_with_its_sequence() -> None:
    sql = "CREATE TABLE t (id bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY)"
    found, _ = with_known_names(
        _catalog(Dialect.POSTGRESQL, sql),
        _known(
            {
                "kind": "column",
                "column": "id",
                "type": "integer",
                "identity": "serial",
                "sequence": "t_id_seq",
                "sequence_type": "integer",
            }
        ),
    )
    (statement,) = found.statements()
    assert '"id" serial NOT NULL' in statement.sql


def test_another_type_than_a_number_is_left_to_the_history() -> None:
    catalog = _catalog(Dialect.POSTGRESQL, _TABLE)
    found, _ = with_known_names(catalog, _known({"kind": "column", "column": "a", "type": "text"}))
    column = found.tables[QualifiedName("", "t")].column("a")
    assert column is not None
    assert column.type == "varchar(9)"


def test_serial_takes_the_columns_that_match() -> None:
    catalog = _catalog(
        Dialect.POSTGRESQL,
        "CREATE TABLE t (id bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY)",
        "CREATE TABLE u (id bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY)",
    )
    found, notes = with_serials(catalog, ["t.*", "nothing.*"])
    kinds = {
        str(name): column.identity.kind
        for name, table in found.tables.items()
        for column in table.columns
        if column.identity is not None
    }
    assert kinds == {"t": IdentityKind.SERIAL, "u": IdentityKind.BY_DEFAULT}
    assert notes == ("--serial nothing.*: no identity column is named so",)
    assert '"id" bigserial' in found.statements()[0].sql


def test_the_file_has_one_object_on_each_line(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    rows = [
        {
            "kind": "unique",
            "schema": "public",
            "table": "t",
            "name": "u",
            "position": n,
            "column": c,
        }
        for n, c in enumerate("ab", 1)
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    (name,) = read_known_names(path).names
    assert (name.table, name.name, name.columns) == (QualifiedName("", "t"), "u", ("a", "b"))


@pytest.mark.parametrize("text", ["[]", "{", '{"kind": "x", "table": "t"}', '{"kind": "index"}'])
def test_a_line_that_the_query_does_not_return_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "names.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"line 1, is not what the query returns"):
        read_known_names(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_known_names(tmp_path / "none.json")


@pytest.mark.parametrize("dialect", list(_VERSIONS))
def test_there_is_a_query_for_each_dialect(dialect: Dialect) -> None:
    text = names_query(dialect)
    assert text.startswith("-- ")
    assert text.endswith(";\n")


def test_sql_server_has_no_query() -> None:
    with pytest.raises(DialectError):
        names_query(Dialect.MSSQL)


def test_the_query_of_sqlite_returns_what_the_file_holds(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(f"{_TABLE}; CREATE INDEX x ON t (b, lower(a)) WHERE b > 1;")
        lines = [line for (line,) in database.execute(names_query(Dialect.SQLITE))]
    path = tmp_path / "names.json"
    path.write_text("\n".join(lines))
    catalog = _catalog(Dialect.SQLITE, _TABLE, "CREATE INDEX y ON t (b, lower(a)) WHERE b > 1")
    found, notes = with_known_names(catalog, read_known_names(path))
    assert (_names(found) & {"x", "y"}, notes) == ({"x"}, ())
