"""What is printed is loaded, also where it names functions that only Django's connections have."""

from __future__ import annotations

from replayer.api.proof import first_refusal, prove
from replayer.catalog.sqlite.catalog import SqliteCatalog
from replayer.ddl.notes import function_notes
from replayer.model import Dialect, ServerFacts

FACTS = ServerFacts(dialect=Dialect.SQLITE, version=(3, 40))
COURSE = (
    'CREATE TABLE "course" ("code" text, CONSTRAINT "is_code" CHECK ("code" REGEXP \'^[a-z]+$\'))'
)


def history(*statements: str) -> SqliteCatalog:
    catalog = SqliteCatalog(FACTS)
    catalog.define("REGEXP")
    for sql in statements:
        catalog.execute(sql)
    return catalog


def test_a_check_with_a_function_of_djangos_is_proven_and_told() -> None:
    found = history(COURSE)
    proof = prove(found, found.statements())
    assert (proof.differences, proof.functions) == ((), ("REGEXP",))
    assert (
        "REGEXP, which SQLite has on Django's connections alone" in function_notes(("REGEXP",))[0]
    )
    assert first_refusal(FACTS, found.statements()) is None


def test_a_schema_that_calls_no_such_function_has_no_note() -> None:
    found = history('CREATE TABLE "course" ("code" text CHECK (length("code") > 1))')
    proof = prove(found, found.statements())
    assert (proof.differences, proof.functions) == ((), ())
    assert function_notes(proof.functions) == ()


def test_what_is_refused_for_another_reason_is_still_told() -> None:
    found = history(COURSE)
    again = found.statements() * 2
    assert "already exists" in prove(found, again).differences[0]
