"""Which calls of a project's own routines leave the schema as it is."""

from __future__ import annotations

import pytest

from replayer.catalog.postgresql.catalog import PostgresCatalog
from replayer.catalog.routines import calls_only_move_rows
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
CREATE FUNCTION in_sql() RETURNS bigint AS 'SELECT count(*) FROM near' LANGUAGE sql;
CREATE FUNCTION makes() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE x (id int); END $$;
CREATE FUNCTION makes_in_turn() RETURNS void LANGUAGE sql AS $$ SELECT makes() $$;
CREATE FUNCTION computes() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; END $$;
CREATE FUNCTION asks_others() RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM create_hypertable('near', 'time'); END $$;
CREATE FUNCTION elsewhere() RETURNS void LANGUAGE plpython3u AS $$ plpy.execute(told) $$
"""


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT refill()", True),
        ("select public.refill_all( 3 )", True),
        ('SELECT "in_sql"()', True),
        ("SELECT refill(), in_sql()", True),
        ("SELECT makes()", False),
        ("SELECT makes_in_turn()", False),
        ("SELECT computes()", False),
        ("SELECT asks_others()", False),
        ("SELECT elsewhere()", False),
        ("SELECT refill(), create_hypertable('a', 'b')", False),
        ("SELECT unknown()", False),
        ("SELECT 1", False),
    ],
)
def test_a_call_is_followed_into_the_bodies(sql: str, expected: bool) -> None:
    catalog = PostgresCatalog(server_facts(Dialect.POSTGRESQL))
    catalog.execute(ROUTINES)
    assert calls_only_move_rows(catalog.others, sql) is expected
