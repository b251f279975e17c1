from __future__ import annotations

import pytest

from replayer.drift.ignores import apply_ignores, parse_ignores
from replayer.errors import UsageError
from replayer.findings import DriftClass, Finding, Severity


def finding(rule_id: str, model: str = "Question", field: str = "title") -> Finding:
    return Finding(
        rule_id=rule_id,
        drift_class=DriftClass.SCHEMA,
        severity=Severity.ERROR,
        app_label="polls",
        model=model,
        field=field,
        message="it differs",
    )


TITLE, ORDER, CHOICE = finding("R105"), finding("R110", field="order"), finding("R105", "Choice")


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        (["R110"], [TITLE, CHOICE]),
        (["state-only-change"], [TITLE, CHOICE]),
        (["polls.Question"], [CHOICE]),
        (["polls.question.TITLE"], [ORDER, CHOICE]),
        (["R105:polls.Question"], [ORDER, CHOICE]),
        (["polls"], []),
        (["poll"], [TITLE, ORDER, CHOICE]),
        (["polls.Quest"], [TITLE, ORDER, CHOICE]),
    ],
)
def test_an_entry_covers_its_rule_and_what_is_below_its_label(
    entries: list[str], left: list[Finding]
) -> None:
    kept, _ = apply_ignores([TITLE, ORDER, CHOICE], parse_ignores(entries))
    assert list(kept) == left


def test_entries_that_match_nothing_are_told() -> None:
    _, unused = apply_ignores([TITLE], parse_ignores(["R105", "shop", "R404"]))
    assert unused == ("shop", "R404")


@pytest.mark.parametrize("entry", ["R999", "R105:a.b.c.d", "what is this", "a.b.c.d", ""])
def test_an_entry_that_can_mean_nothing_is_refused(entry: str) -> None:
    with pytest.raises(UsageError):
        parse_ignores([entry])
