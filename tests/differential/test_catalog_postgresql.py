"""PostgreSQL's catalogue against a real server: the same answers, names and final schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from replayer.catalog.postgresql.catalog import PostgresCatalog
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.refusals import CatalogError
from replayer.catalog.schema import (
    Check,
    Exclusion,
    ForeignKey,
    IdentityKind,
    ObjectKind,
    PrimaryKey,
    Unique,
)
from replayer.dialects.answers.blocks import known_rows
from replayer.model import Dialect, ServerFacts
from tests.differential.servers import (
    ServerMissingError,
    connect,
    create_database,
    drop_database,
    find_server,
    own_name,
    server_version,
)
from tests.property.ddl_of_postgresql import histories
from tests.unit.catalog.postgresql.samples import SEQUENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.server

DATABASE = own_name("replayer_catalog_postgresql")
_HERE = "n.nspname !~ '^(pg_|information_schema)'"
_COLUMNS = f"""
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        a.attidentity::text, a.attgenerated::text <> '', d.oid IS NOT NULL,
        row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
        (SELECT collname FROM pg_collation k
            WHERE k.oid = a.attcollation AND k.oid <> t.typcollation),
        col_description(c.oid, a.attnum)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND {_HERE} AND a.attnum > 0 AND NOT attisdropped"""
_CONSTRAINTS = f"""
    SELECT n.nspname, c.relname, k.conname, k.contype::text, k.condeferrable, k.condeferred,
        k.convalidated, f.relname,
        ARRAY(SELECT a.attname::text FROM unnest(k.conkey) u(x)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x ORDER BY 1)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class f ON f.oid = k.confrelid
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND {_HERE}
        AND NOT EXISTS (SELECT FROM pg_constraint p
            WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)"""
_PARTITIONS = f"""
    SELECT n.nspname, c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid),
        pg_get_partkeydef(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
        LEFT JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relkind IN ('r', 'p', 'i', 'I') AND {_HERE}"""
_RELATIONS = f"""
    SELECT n.nspname, c.relname, c.relkind::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'i', 'I', 'S', 'v', 'm') AND {_HERE}"""
_INDEXES = f"""
    SELECT n.nspname, c.relname, pg_get_indexdef(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('i', 'I') AND {_HERE}"""
_BODIES = f"""
    SELECT n.nspname, k.conname, pg_get_constraintdef(k.oid)
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE {_HERE}"""
_DEFAULTS = f"""
    SELECT n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
    WHERE {_HERE}"""
_UNKNOWABLE = {"42804", "22P02", "42883", "42809"}
"""Refusals that hang on casts and operators, or on the grammar of odd relations."""


@pytest.fixture(scope="module")
def cursor() -> Iterator[Any]:
    try:
        server = find_server("postgresql")
    except ServerMissingError as error:
        pytest.skip(str(error))
    create_database(server, DATABASE)
    try:
        with connect(server, DATABASE) as connection:
            yield connection.cursor()
    finally:
        drop_database(server, DATABASE)


@pytest.fixture(scope="module")
def facts(cursor: Any) -> ServerFacts:
    assert cursor is not None
    version = tuple(int(part) for part in server_version(find_server("postgresql")).split("."))
    return ServerFacts(dialect=Dialect.POSTGRESQL, version=version)


def rows(cursor: Any, sql: str) -> set[tuple[Any, ...]]:
    cursor.execute(sql)
    return {
        tuple(tuple(item) if isinstance(item, list) else item for item in row)
        for row in cursor.fetchall()
    }


def answer_of(cursor: Any, sql: str) -> tuple[str, str] | None:
    """Run a statement in a savepoint and return what the server refuses it with, or None."""
    cursor.execute("SAVEPOINT one")
    try:
        cursor.execute(sql)
    except Exception as error:  # the driver may be psycopg or psycopg2
        cursor.execute("ROLLBACK TO one")
        diagnosis = getattr(error, "diag", None)
        if diagnosis is None:
            raise
        return (diagnosis.sqlstate, diagnosis.message_primary)
    cursor.execute("RELEASE one")
    return None


def own_answer(catalog: PostgresCatalog, sql: str) -> tuple[str, str] | None:
    try:
        catalog.execute(sql)
    except CatalogError as error:
        return (error.sqlstate, error.message)
    return None


def schema(name: str) -> str:
    return name or "public"


def own_columns(catalog: PostgresCatalog) -> set[tuple[Any, ...]]:
    letters = {IdentityKind.ALWAYS: "a", IdentityKind.BY_DEFAULT: "d"}
    found = set()
    for name, table in catalog.tables.items():
        for position, column in enumerate(table.columns, 1):
            letter = letters.get(column.identity.kind, "") if column.identity else ""
            has_default = (
                column.default is not None
                or column.generated is not None
                or (column.identity is not None and not letter)
            )
            found.add(
                (
                    *(schema(name.schema), name.name, column.name, canonical_type(column.type)),
                    *(not column.null, letter, column.generated is not None, has_default),
                    *(position, column.collation, column.comment),
                )
            )
    return found


def own_constraints(catalog: PostgresCatalog) -> set[tuple[Any, ...]]:
    letters = {PrimaryKey: "p", Unique: "u", ForeignKey: "f", Check: "c", Exclusion: "x"}
    return {
        (
            *(schema(name.schema), name.name, item.name, letters[type(item)]),
            getattr(item, "deferrable", False),
            getattr(item, "initially_deferred", False),
            getattr(item, "validated", True),
            item.target.name if isinstance(item, ForeignKey) else None,
            tuple(sorted(set(item.columns))),
        )
        for name, table in catalog.tables.items()
        for item in table.constraints
    }


def own_relations(catalog: PostgresCatalog) -> set[tuple[str, str, str]]:
    found = set()
    for name, table in catalog.tables.items():
        where = schema(name.schema)
        found.add((where, name.name, "p" if "PARTITION BY" in table.options.upper() else "r"))
        names = [index.name for index in table.indexes]
        names += [
            item.name for item in table.constraints if not isinstance(item, (Check, ForeignKey))
        ]
        kind = "I" if "PARTITION BY" in table.options.upper() else "i"
        found |= {(where, one, kind) for one in names}
        for column in table.columns:
            if column.identity is not None and column.identity.sequence is not None:
                found.add((where, column.identity.sequence.name, "S"))
    letters = {
        ObjectKind.SEQUENCE: "S",
        ObjectKind.VIEW: "v",
        ObjectKind.MATERIALIZED_VIEW: "m",
    }
    found |= {
        (schema(name.schema), name.name, letters[kind])
        for kind, name in catalog.others
        if kind in letters
    }
    return found


def assert_same(cursor: Any, catalog: PostgresCatalog) -> None:
    assert own_relations(catalog) == rows(cursor, _RELATIONS)
    assert own_constraints(catalog) == rows(cursor, _CONSTRAINTS)
    assert own_columns(catalog) == rows(cursor, _COLUMNS)


def assert_loads(cursor: Any, catalog: PostgresCatalog) -> None:
    """Load the dump where the history was, and find the same schema."""
    questions = (_COLUMNS, _CONSTRAINTS, _RELATIONS, _INDEXES, _BODIES, _DEFAULTS, _PARTITIONS)
    before = [rows(cursor, question) for question in questions]
    cursor.execute("ROLLBACK TO all_of_it")
    for statement in catalog.statements():
        cursor.execute(statement.sql)
    assert [rows(cursor, question) for question in questions] == before


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_sequence_is_answered_and_left_as_by_the_server(
    cursor: Any, facts: ServerFacts, name: str
) -> None:
    catalog = PostgresCatalog(facts, ask=known_rows)
    cursor.execute("BEGIN")
    cursor.execute("SAVEPOINT all_of_it")
    try:
        for sql in SEQUENCES[name]:
            assert own_answer(catalog, sql) == answer_of(cursor, sql), sql
        assert_same(cursor, catalog)
        assert_loads(cursor, catalog)
    finally:
        cursor.execute("ROLLBACK")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories())
def test_any_history_is_left_as_by_the_server(
    cursor: Any, facts: ServerFacts, history: list[str]
) -> None:
    catalog = PostgresCatalog(facts, ask=known_rows)
    cursor.execute("BEGIN")
    cursor.execute("SAVEPOINT all_of_it")
    try:
        for sql in history:
            answer = answer_of(cursor, sql)
            if answer is not None and answer[0] in _UNKNOWABLE:
                continue
            own = own_answer(catalog, sql)
            assert (own is None) == (answer is None), (sql, own, answer)
        assert_same(cursor, catalog)
        assert_loads(cursor, catalog)
    finally:
        cursor.execute("ROLLBACK")
