"""A report as SARIF 2.1.0, for GitHub's code scanning and for editors.

Paths are relative to ``%SRCROOT%``, whose own uri is left out: the consumer knows where its
checkout is, and the same project gives the same bytes everywhere (SARIF 2.1.0, sections 3.14.14
and appendix F, "Producing deterministic SARIF log files").
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import quote

from replayer.findings import Severity
from replayer.formats import words
from replayer.formats.places import Base, Place, main_place, place_of
from replayer.rules import Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.findings import Finding, Report
    from replayer.rules import Rule

SCHEMA_URI = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "replayer/v1"
_BASE_IDS = {Base.PROJECT: "%SRCROOT%", Base.INSTALLED: "%SITEPACKAGES%"}
_BASE_TEXTS = {
    Base.PROJECT: "The directory of the project.",
    Base.INSTALLED: "The directory that Python packages are installed into.",
}
_PROBLEM_SEVERITIES = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "recommendation",
}
_LINK = re.compile(r"(\\*)\[(?=[^\[\]]*\]\()")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")


class MessagePayload(TypedDict):
    """A text."""

    text: str


Payload = dict[str, Any]
"""An object of SARIF; the official schema holds it in the tests, a type would say it again."""


def render(report: Report) -> str:
    """Return the report as a log of one run."""
    document = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [_run(report)]}
    return words.without_surrogates(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _run(report: Report) -> Payload:
    rules = {finding.rule_id: finding.rule for finding in report.findings}
    indexes = {rule_id: index for index, rule_id in enumerate(sorted(rules))}
    return {
        "tool": {
            "driver": {
                "name": "replayer",
                "version": report.tool_version,
                "rules": [_rule(rules[rule_id]) for rule_id in indexes],
                "properties": {"django": report.django_version},
            }
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {
            _BASE_IDS[base]: {"description": _message(text)} for base, text in _BASE_TEXTS.items()
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, report, indexes[finding.rule_id]) for finding in report.findings
        ],
        "properties": {
            "dialects": [dialect.value for dialect in report.dialects],
            "failOn": report.fail_on.value,
            "fails": report.fails,
            "ignored": report.ignored,
            "inBaseline": report.in_baseline,
        },
    }


def _invocation(report: Report) -> Payload:
    # A check that found something was carried out well.
    invocation: Payload = {"executionSuccessful": not report.undecided}
    notifications = [
        {"level": "error", "message": _message(text)} for text in words.undecided(report)
    ]
    notifications += [
        {"level": "note", "message": _message(remark)} for remark in words.remarks(report)
    ]
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    return invocation


def _rule(rule: Rule) -> Payload:
    help_text = f"{rule.problem}\n\nExample:\n{rule.example}\n\nCure: {rule.cure}"
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", rule.example)), 0)
    markdown = (
        f"{rule.problem}\n\n**Example**\n\n{fence}python\n{rule.example}\n{fence}\n\n"
        f"**Cure**: {rule.cure}"
    )
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": rule.problem},
        "help": {"text": help_text, "markdown": markdown},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "tags": ["django", "migrations", _family_word(rule.family)],
            "problem.severity": _PROBLEM_SEVERITIES[rule.severity],
        },
    }


def _family_word(family: Family) -> str:
    return family.name.lower()


def _result(finding: Finding, report: Report, rule_index: int) -> Payload:
    result: Payload = {
        "ruleId": finding.rule_id,
        "ruleIndex": rule_index,
        "level": finding.severity.value,
        "message": _message(_text(finding)),
        "locations": [_location(finding, report)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": _properties(finding, report),
    }
    related = list(_related(finding, report))
    if related:
        result["relatedLocations"] = related
    return result


def _text(finding: Finding) -> str:
    lines = [words.one_line(finding.message), *map(words.one_line, map(str, finding.changes))]
    if finding.reason:
        lines.append(f"Why: {words.one_line(finding.reason)}")
    if finding.hint:
        lines.append(f"Help: {words.one_line(finding.hint)}")
    return "\n".join(lines)


def _properties(finding: Finding, report: Report) -> Payload:
    properties: Payload = {
        "class": finding.drift_class.value,
        "fails": report.fail_on.includes(finding),
    }
    if finding.dialects:
        properties["dialects"] = [dialect.value for dialect in finding.dialects]
    if finding.changes:
        properties["changes"] = [change._asdict() for change in finding.changes]
    if finding.migration is not None:
        properties["migration"] = str(finding.migration)
    if finding.operations:
        properties["operations"] = list(finding.operations)
    if finding.sql:
        properties["sql"] = {dialect.value: list(statements) for dialect, statements in finding.sql}
    return properties


def _location(finding: Finding, report: Report) -> Payload:
    location: Payload = {}
    place = main_place(finding, report)
    if place is not None:
        location["physicalLocation"] = _physical(place)
    name = finding.field or finding.model or finding.subject or finding.app_label
    if name:
        location["logicalLocations"] = [
            {
                "name": name,
                "fullyQualifiedName": finding.label or name,
                "kind": _kind(finding),
            }
        ]
    return location


def _kind(finding: Finding) -> str:
    if finding.field:
        return "member"
    if finding.model:
        return "type"
    # Section 3.33.7 allows words of one's own where none of its own fits.
    return "object" if finding.subject and not finding.label else "module"


def _related(finding: Finding, report: Report) -> Iterator[Payload]:
    index = 0
    if finding.migration_source is not None and finding.source is not None:
        operation = finding.migration or "a migration"
        yield {
            "id": index,
            "physicalLocation": _physical(place_of(finding.migration_source, report.root)),
            "message": _message(f"Last set by {words.one_line(str(operation))}"),
        }
        index += 1
    for source in finding.related:
        yield {
            "id": index,
            "physicalLocation": _physical(place_of(source, report.root)),
            "message": _message("Takes part in it"),
        }
        index += 1


def _physical(place: Place) -> Payload:
    region = {"startLine": place.line, "startColumn": place.column}
    if place.end_line is not None:
        region["endLine"] = place.end_line
    if place.end_column is not None:
        region["endColumn"] = place.end_column
    return {"artifactLocation": _artifact(place), "region": region}


def _artifact(place: Place) -> Payload:
    # Half a surrogate pair stands for a byte of a file's name that is no UTF-8.
    path = quote(place.path, safe="/", errors="surrogatepass")
    if place.base is not Base.ABSOLUTE:
        return {"uri": path, "uriBaseId": _BASE_IDS[place.base]}
    if path.startswith("//"):  # a Windows share: its host is the uri's
        return {"uri": f"file:{path}"}
    drive = re.sub(r"^([A-Za-z])%3A/", r"/\1:/", path)
    return {"uri": f"file://{drive}"}


def _message(text: str) -> MessagePayload:
    r"""Return a text in which nothing is taken for a link or a placeholder.

    Notes
    -----
    Sections 3.11.5 and 3.11.6: ``{0}`` is a placeholder and ``[text](1)`` a link, and
    ``{{`` and ``\[`` are the signs themselves. Only what would be taken for one is escaped, since
    many viewers show the text as it is.
    """
    text = _PLACEHOLDER.sub(r"{{\1}}", text)
    return {"text": _LINK.sub(r"\1\\[", text)}
