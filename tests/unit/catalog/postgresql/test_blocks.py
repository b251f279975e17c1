"""``DO``: what is understood of it is carried out, all else is opaque and changes nothing."""

from __future__ import annotations

import pytest

from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql.catalog import PostgresCatalog
from replayer.catalog.refusals import UndefinedTable
from replayer.dialects.answers.blocks import known_rows
from replayer.model import Dialect, ServerFacts
from tests.unit.catalog.postgresql.samples import SEQUENCES

FACTS = ServerFacts(dialect=Dialect.POSTGRESQL, version=(15, 18))
GUARDED = (
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN "
    "CREATE TYPE mood AS ENUM ('a'); END IF; END $$"
)


def catalog_of(*statements: str) -> PostgresCatalog:
    catalog = PostgresCatalog(FACTS, ask=known_rows)
    for sql in statements:
        catalog.execute(sql)
    return catalog


def names(catalog: PostgresCatalog) -> set[str]:
    return {name.name for name in catalog.tables} | {name.name for _, name in catalog.others}


@pytest.mark.parametrize("name", [name for name in SEQUENCES if name.startswith("blocks_")])
def test_no_block_of_the_samples_is_opaque(name: str) -> None:
    catalog = catalog_of()
    for sql in SEQUENCES[name]:
        try:
            effect = catalog.execute(sql)
        except Exception:  # noqa: BLE001 - refusals are compared with the server's
            continue
        assert effect is not Effect.OPAQUE, sql


def test_a_guard_that_finds_the_object_does_nothing() -> None:
    catalog = catalog_of(GUARDED)
    assert names(catalog) == {"mood"}
    assert catalog.execute(GUARDED) is Effect.SESSION


def test_without_anybody_to_ask_a_block_is_opaque() -> None:
    catalog = PostgresCatalog(FACTS)
    assert catalog.execute(GUARDED) is Effect.OPAQUE
    assert names(catalog) == set()


@pytest.mark.parametrize(
    "body",
    [
        "CREATE TABLE a (id integer); IF some_function() THEN CREATE TABLE b (id integer); END IF;",
        "CREATE TABLE a (id integer); EXECUTE some_function();",
        "CREATE TABLE a (id integer); PERFORM create_hypertable('a', 'id');",
        "FOR i IN REVERSE 3..1 LOOP EXECUTE 'CREATE TABLE t' || i || ' (id integer)'; END LOOP;",
        "FOR i IN 1..n() LOOP EXECUTE 'CREATE TABLE t' || i || ' (id integer)'; END LOOP;",
        "FOR i IN 1..1000000 LOOP EXECUTE 'CREATE TABLE t' || i || ' (id integer)'; END LOOP;",
        "FOREACH t IN ARRAY n() LOOP EXECUTE 'CREATE TABLE ' || t || ' (id integer)'; END LOOP;",
        "CREATE TABLE a (id integer); GET DIAGNOSTICS x = ROW_COUNT;",
        "EXECUTE 'CREATE TABLE a (id integer)' USING 1;",
        "CREATE TABLE a AS SELECT some_function();",
        "RAISE EXCEPTION USING ERRCODE = '42P07', MESSAGE = 'DROP';",
    ],
)
def test_what_cannot_be_decided_is_opaque_as_a_whole(body: str) -> None:
    catalog = catalog_of("CREATE TABLE there (id integer)")
    assert catalog.execute(f"DO $$ BEGIN {body} END $$") is Effect.OPAQUE
    assert names(catalog) == {"there"}


def test_a_refusal_that_nothing_catches_undoes_the_block() -> None:
    catalog = catalog_of()
    with pytest.raises(UndefinedTable):
        catalog.execute("DO $$ BEGIN CREATE TABLE a (id integer); DROP TABLE b; END $$")
    assert names(catalog) == set()


def test_a_copy_knows_whom_to_ask() -> None:
    copied = catalog_of().copy()
    copied.execute(GUARDED)
    assert names(copied) == {"mood"}


def test_a_variable_stands_in_queries_and_in_no_statement_of_ddl() -> None:
    catalog = catalog_of(
        "DO $$ DECLARE t text := 'named'; BEGIN CREATE TABLE t (id integer); "
        "EXECUTE format('CREATE TABLE %I (id integer)', t); END $$"
    )
    assert names(catalog) == {"t", "named"}
