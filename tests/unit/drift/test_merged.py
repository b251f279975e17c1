from __future__ import annotations

from dataclasses import replace

from replayer.drift.merged import merged
from replayer.findings import Finding
from replayer.model import Dialect
from tests.samples import finding

ONE = finding("one", rule_id="R303")
ASKED = (Dialect.MYSQL, Dialect.SQLITE, Dialect.POSTGRESQL)


def on(dialect: Dialect, found: Finding = ONE) -> Finding:
    return replace(found, dialects=(dialect,))


def test_what_dialects_have_in_common_is_one_finding() -> None:
    found = merged([on(Dialect.POSTGRESQL), on(Dialect.MYSQL)], ASKED)
    assert found == [replace(ONE, dialects=(Dialect.MYSQL, Dialect.POSTGRESQL))]


def test_what_differs_in_its_words_stays_apart() -> None:
    other = replace(ONE, message="another")
    found = merged([on(Dialect.SQLITE), on(Dialect.MYSQL, other)], ASKED)
    assert found == [on(Dialect.SQLITE), on(Dialect.MYSQL, other)]


def test_what_is_of_no_dialect_stays_so() -> None:
    assert merged([ONE], ASKED) == [ONE]
