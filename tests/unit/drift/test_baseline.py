from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from replayer.drift.baseline import apply_baseline, baseline_text, read_baseline
from replayer.errors import UsageError
from replayer.findings import Attribute, DriftClass, FailOn, Finding, Report, Severity
from replayer.model import Source

TITLE = Finding(
    rule_id="R105",
    drift_class=DriftClass.SCHEMA,
    severity=Severity.ERROR,
    app_label="polls",
    model="Question",
    field="title",
    message='länger: "200" % \\ ',
    changes=(Attribute("max_length", "100", "200"),),
    source=Source("/here/polls/models.py", 7),
)


def test_what_is_written_is_read_and_leaves_out_the_findings(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_text([TITLE]), encoding="utf-8")
    fresh, stale = apply_baseline([TITLE], read_baseline(path))
    assert (fresh, stale) == ((), ())


def test_an_empty_baseline_is_a_baseline(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_text([]), encoding="utf-8")
    assert read_baseline(path) == ()


def test_a_fingerprint_outlives_moves_values_and_wording() -> None:
    later = dataclasses.replace(
        TITLE,
        source=Source("/there/models.py", 99),
        message="otherwise",
        changes=(Attribute("max_length", "100", "300"),),
        severity=Severity.WARNING,
    )
    assert later.fingerprint == TITLE.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"rule_id": "R110"},
        {"app_label": "shop"},
        {"model": "Choice"},
        {"field": "body"},
        {"subject": "an_index"},
        {"changes": (Attribute("null", "True", None),)},
    ],
)
def test_a_fingerprint_tells_findings_apart(change: dict[str, object]) -> None:
    assert dataclasses.replace(TITLE, **change).fingerprint != TITLE.fingerprint  # type: ignore[arg-type]


def test_a_second_finding_of_one_fingerprint_is_new(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_text([TITLE]), encoding="utf-8")
    fresh, _ = apply_baseline([TITLE, TITLE], read_baseline(path))
    assert fresh == (TITLE,)


def test_entries_that_match_nothing_any_more_are_told(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline_text([TITLE]), encoding="utf-8")
    _, stale = apply_baseline([], read_baseline(path))
    assert [entry.fingerprint for entry in stale] == [TITLE.fingerprint]
    assert "polls.Question.title" in str(stale[0])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9, "findings": []}', "null"])
def test_what_is_no_baseline_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError):
        read_baseline(path)


def test_a_missing_baseline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_baseline(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("kind", "severity", "failing"),
    [
        (DriftClass.SCHEMA, Severity.ERROR, "schema state any"),
        (DriftClass.STATE_ONLY, Severity.WARNING, "state any"),
        (DriftClass.FLICKER, Severity.WARNING, "any"),
        (DriftClass.THIRD_PARTY, Severity.NOTE, "any"),
        (DriftClass.SWAPPABLE, Severity.NOTE, "any"),
        (DriftClass.DIVERGENCE, Severity.ERROR, "schema state any"),
        (DriftClass.DIVERGENCE, Severity.NOTE, "any"),
        (DriftClass.GRAPH, Severity.ERROR, "schema state any"),
        (DriftClass.GRAPH, Severity.WARNING, "any"),
    ],
)
def test_a_class_fails_where_it_should(kind: DriftClass, severity: Severity, failing: str) -> None:
    found = dataclasses.replace(TITLE, drift_class=kind, severity=severity)
    reports = [
        Report(findings=(found,), tool_version="1", django_version="5", fail_on=one)
        for one in FailOn
    ]
    assert [one.fail_on.value for one in reports if one.fails] == failing.split()
