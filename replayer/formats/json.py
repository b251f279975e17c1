"""A report for programs: versioned, and held to the JSON Schema that stands beside this file.

A key may be added without a new ``schema_version``; one that goes or changes its meaning makes one.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Literal, TypedDict

from replayer.formats.places import place_of
from replayer.formats.words import without_surrogates

if TYPE_CHECKING:
    from replayer.findings import Finding, Report
    from replayer.model import Source

SCHEMA_VERSION: Literal[1] = 1


class LocationPayload(TypedDict):
    """A place in a file."""

    path: str
    base: str
    line: int
    column: int
    end_line: int | None
    end_column: int | None


class AttributePayload(TypedDict):
    """An attribute that differs."""

    name: str
    old: str | None
    new: str | None


class MigrationPayload(TypedDict):
    """A migration and the operation in it."""

    app_label: str
    name: str


class SqlPayload(TypedDict):
    """The statements for one dialect."""

    dialect: str
    statements: list[str]


# "class" is a keyword, so this one is written as a call.
FindingPayload = TypedDict(
    "FindingPayload",
    {
        "rule_id": str,
        "rule_name": str,
        "class": str,
        "severity": str,
        "fails": bool,
        "label": str,
        "app_label": str,
        "model": str,
        "field": str,
        "subject": str,
        "message": str,
        "dialects": list[str],
        "reason": str,
        "changes": list[AttributePayload],
        "location": "LocationPayload | None",
        "migration": "MigrationPayload | None",
        "migration_location": "LocationPayload | None",
        "operations": list[str],
        "sql": list[SqlPayload],
        "hint": str,
        "related": list[LocationPayload],
        "fingerprint": str,
    },
)


class ToolPayload(TypedDict):
    """What made the report."""

    name: str
    version: str
    django_version: str


class ReportPayload(TypedDict):
    """The whole document."""

    schema_version: Literal[1]
    tool: ToolPayload
    dialects: list[str]
    fail_on: str
    fails: bool
    counts: dict[str, int]
    findings: list[FindingPayload]
    ignored: int
    in_baseline: int
    unused_baseline: list[str]
    unused_ignores: list[str]
    notes: list[str]
    undecided: list[str]


def render(report: Report) -> str:
    """Return the report as JSON, indented, keys in the order of the schema."""
    return without_surrogates(json.dumps(payload(report), ensure_ascii=False, indent=2)) + "\n"


def schema() -> str:
    """Return the JSON Schema (2020-12) of what `render` returns."""
    return (resources.files("replayer.formats") / "report.schema.json").read_text(encoding="utf-8")


def payload(report: Report) -> ReportPayload:
    """Return the report as what ``json.dumps`` takes."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {
            "name": "replayer",
            "version": report.tool_version,
            "django_version": report.django_version,
        },
        "dialects": [dialect.value for dialect in report.dialects],
        "fail_on": report.fail_on.value,
        "fails": report.fails,
        "counts": {kind.value: count for kind, count in report.counts.items()},
        "findings": [_finding(finding, report) for finding in report.findings],
        "ignored": report.ignored,
        "in_baseline": report.in_baseline,
        "unused_baseline": list(report.unused_baseline),
        "unused_ignores": list(report.unused_ignores),
        "notes": list(report.notes),
        "undecided": list(report.undecided),
    }


def _finding(finding: Finding, report: Report) -> FindingPayload:
    migration = finding.migration
    return {
        "rule_id": finding.rule_id,
        "rule_name": finding.rule.name,
        "class": finding.drift_class.value,
        "severity": finding.severity.value,
        "fails": report.fail_on.includes(finding),
        "label": finding.label,
        "app_label": finding.app_label,
        "model": finding.model,
        "field": finding.field,
        "subject": finding.subject,
        "message": finding.message,
        "dialects": [dialect.value for dialect in finding.dialects],
        "reason": finding.reason,
        "changes": [
            {"name": change.name, "old": change.old, "new": change.new}
            for change in finding.changes
        ],
        "location": _location(finding.source, report),
        "migration": migration and {"app_label": migration.app_label, "name": migration.name},
        "migration_location": _location(finding.migration_source, report),
        "operations": list(finding.operations),
        "sql": [
            {"dialect": dialect.value, "statements": list(statements)}
            for dialect, statements in finding.sql
        ],
        "hint": finding.hint,
        "related": [_place(source, report) for source in finding.related],
        "fingerprint": finding.fingerprint,
    }


def _location(source: Source | None, report: Report) -> LocationPayload | None:
    return None if source is None else _place(source, report)


def _place(source: Source, report: Report) -> LocationPayload:
    place = place_of(source, report.root)
    return {
        "path": place.path,
        "base": place.base.value,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }
