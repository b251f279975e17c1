"""A report for GitLab's code quality widget, a subset of Code Climate's issues.

Source: docs.gitlab.com, "Code Quality report format": each issue needs ``description``,
``check_name``, ``fingerprint``, ``location.path``, ``location.lines.begin`` and ``severity``.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Literal, TypedDict

from replayer.findings import Severity
from replayer.formats import words
from replayer.formats.places import Base, main_place

if TYPE_CHECKING:
    from replayer.findings import Finding, Report

GitlabSeverity = Literal["info", "minor", "major", "critical", "blocker"]

_SEVERITIES: dict[Severity, GitlabSeverity] = {
    Severity.ERROR: "major",
    Severity.WARNING: "minor",
    Severity.NOTE: "info",
}
NO_PATH = "."
"""For a finding without a file in the repository: GitLab drops an issue that has no path."""


class LinesPayload(TypedDict):
    """The lines of an issue."""

    begin: int


class LocationPayload(TypedDict):
    """The place of an issue."""

    path: str
    lines: LinesPayload


class IssuePayload(TypedDict):
    """One issue."""

    description: str
    check_name: str
    fingerprint: str
    severity: GitlabSeverity
    location: LocationPayload


def render(report: Report) -> str:
    """Return a JSON array of issues, without the byte order mark that GitLab refuses."""
    seen: Counter[str] = Counter()
    issues = [_undecided(text) for text in words.undecided(report)]
    for finding in report.findings:
        issues.append(_issue(finding, report, seen[finding.fingerprint]))
        seen[finding.fingerprint] += 1
    return words.without_surrogates(json.dumps(issues, ensure_ascii=False, indent=2)) + "\n"


def _undecided(text: str) -> IssuePayload:
    return {
        "description": f"replayer could not decide: {text}",
        "check_name": "undecided",
        "fingerprint": hashlib.sha256(f"undecided\0{text}".encode()).hexdigest(),
        "severity": "critical",
        "location": {"path": NO_PATH, "lines": {"begin": 1}},
    }


def _issue(finding: Finding, report: Report, twins: int) -> IssuePayload:
    place = main_place(finding, report)
    description = words.one_line(finding.message)
    if place is None or place.base is not Base.PROJECT:
        if place is not None:
            description += f" (at {words.one_line(str(place))})"
        path, line = NO_PATH, 1
    else:
        path, line = place.path, place.line
    if finding.hint:
        description += f". {words.one_line(finding.hint)}"
    return {
        "description": description,
        "check_name": f"{finding.rule_id} {finding.rule.name}",
        "fingerprint": _unique(finding.fingerprint, twins),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": path, "lines": {"begin": line}},
    }


def _unique(fingerprint: str, twins: int) -> str:
    # GitLab shows one of several issues with one fingerprint.
    if not twins:
        return fingerprint
    return hashlib.sha256(f"{fingerprint}\0{twins}".encode()).hexdigest()
