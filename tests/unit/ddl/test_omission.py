from __future__ import annotations

import pytest

from replayer.ddl.omission import Omission, kind_of, without
from replayer.model import Statement


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ('CREATE EXTENSION IF NOT EXISTS "citext"', Omission.EXTENSIONS),
        ("COMMENT ON EXTENSION hstore IS 'x'", Omission.EXTENSIONS),
        ("CREATE TYPE mood AS ENUM ('a')", Omission.TYPES),
        ("ALTER TYPE mood ADD VALUE 'b'", Omission.TYPES),
        ("CREATE DOMAIN d AS int", Omission.TYPES),
        ("CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ $$", Omission.FUNCTIONS),
        ("CREATE AGGREGATE a (int) (sfunc = f)", Omission.FUNCTIONS),
        ("CREATE DEFINER=`root`@`localhost` PROCEDURE p() SELECT 1", Omission.FUNCTIONS),
        (
            "CREATE ALGORITHM=UNDEFINED DEFINER=root@localhost SQL SECURITY INVOKER VIEW v AS x",
            Omission.VIEWS,
        ),
        ("create materialized view v as select 1", Omission.VIEWS),
        ("-- why\nCREATE TEMPORARY VIEW v AS SELECT 1", Omission.VIEWS),
        ("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON x", Omission.TRIGGERS),
        ("CREATE EVENT TRIGGER t ON ddl_command_start", Omission.TRIGGERS),
        ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1", Omission.EVENTS),
        ("CREATE VIRTUAL TABLE v USING fts5(a)", Omission.VIRTUAL_TABLES),
        ("CREATE TEXT SEARCH CONFIGURATION c (COPY = simple)", Omission.TEXT_SEARCH),
        ("CREATE COLLATION \"c\" (locale = 'x')", Omission.COLLATIONS),
        ("CREATE SEQUENCE s", Omission.SEQUENCES),
        ("CREATE POLICY p ON t", Omission.POLICIES),
        ('CREATE TABLE "view" ("trigger" int)', None),
        ('CREATE INDEX "function" ON t (a)', None),
        ('CREATE UNIQUE INDEX "view" ON t (a)', None),
        ("COMMENT ON TABLE t IS 'VIEW'", None),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", None),
    ],
)
def test_a_statement_s_kind_stands_in_its_first_words(sql: str, kind: Omission | None) -> None:
    assert kind_of(sql) is kind


def test_what_belongs_to_an_object_goes_with_it() -> None:
    texts = [
        "CREATE TABLE t (a int)",
        'CREATE MATERIALIZED VIEW "totals" AS SELECT a FROM t',
        "CREATE UNIQUE INDEX i ON totals (a)",
        "CREATE INDEX j ON t (a)",
    ]
    kept = without([Statement(sql=text) for text in texts], {Omission.VIEWS})
    assert [statement.sql for statement in kept] == [texts[0], texts[3]]


def test_nothing_is_left_out_unasked() -> None:
    statements = (Statement(sql="CREATE VIEW v AS SELECT 1"),)
    assert without(statements, set()) == statements
    assert without(statements, {Omission.TRIGGERS}) == statements
