"""Which calls of a project's own routines leave the schema as it is."""

from __future__ import annotations

import pytest

from replayer.catalog.postgresql.catalog import PostgresCatalog
from replayer.catalog.routines import leaves_schema
from replayer.dialects.facts import server_facts
from replayer.model import Dialect

ROUTINES = """
CREATE OR REPLACE FUNCTION public.refill() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    -- drop nothing, create nothing
    TRUNCATE TABLE near; INSERT INTO near SELECT st_force2d(shape) FROM tiles;
    RETURN true;
END $$;
CREATE FUNCTION refill_all(again int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM refill(); IF again > 0 THEN PERFORM refill_all(again - 1); END IF; END $$;
CREATE FUNCTION in_sql() RETURNS bigint AS
    'INSERT INTO near SELECT 1 ON CONFLICT (id) DO NOTHING; SELECT count(*) FROM near' LANGUAGE sql;
CREATE FUNCTION makes() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE x (id int); END $$;
CREATE FUNCTION makes_in_turn() RETURNS void LANGUAGE sql AS $$ SELECT makes() $$;
CREATE FUNCTION computes() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; END $$;
CREATE FUNCTION asks_others() RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM create_hypertable('near', 'time'); END $$;
CREATE FUNCTION elsewhere() RETURNS void LANGUAGE plpython3u AS $$ plpy.execute(told) $$
"""


def leaves(sql: str) -> bool:
    catalog = PostgresCatalog(server_facts(Dialect.POSTGRESQL))
    catalog.execute(ROUTINES)
    return leaves_schema(catalog.others, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT refill()",
        "select public.refill_all( 3 )",
        'SELECT "in_sql"()',
        "SELECT refill(), in_sql()",
        "SELECT refill(id) FROM (SELECT DISTINCT id FROM a UNION SELECT max(id) FROM b) AS used",
        "SELECT 'makes()', 1 -- makes()",
        "INSERT INTO near (id) SELECT id FROM tiles WHERE lower(name) IN ('a', 'b')",
        "SELECT * FROM pg_stat_activity",
    ],
)
def test_a_call_of_what_only_moves_rows_is_followed_into_the_bodies(sql: str) -> None:
    assert leaves(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT makes()",
        "SELECT makes_in_turn()",
        "SELECT computes()",
        "SELECT asks_others()",
        "SELECT elsewhere()",
        "SELECT refill(), create_hypertable('a', 'b')",
        "SELECT unknown()",
        "SELECT id FROM tiles WHERE makes() IS NULL",
    ],
)
def test_a_call_that_may_make_something_or_is_not_known_is_not(sql: str) -> None:
    assert not leaves(sql)
