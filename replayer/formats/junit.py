"""A report as JUnit's XML, which most CI servers show as test results.

A finding that fails the check is a failed test; one that does not is a skipped one, so that it can
be seen. A report without findings holds one passed test, for Jenkins takes an empty file for an
error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET  # only written here, never parsed

from replayer.formats import words
from replayer.formats.places import main_place

if TYPE_CHECKING:
    from replayer.findings import Finding, Report

SUITE = "replayer check"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What an XML 1.0 document cannot hold, not even escaped (section 2.2, Char)."""


def render(report: Report) -> str:
    """Return the report as an XML document of one suite."""
    failures = len(report.failing)
    skipped = len(report.findings) - failures
    errors = len(report.undecided)
    tests = max(len(report.findings) + errors, 1)
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    root = ET.Element("testsuites", {"name": SUITE, **counts})
    suite = ET.SubElement(
        root, "testsuite", {"name": SUITE, **counts, "skipped": str(skipped), "id": "0"}
    )
    _properties(suite, report)
    for text in words.undecided(report):
        case = ET.SubElement(suite, "testcase", {"classname": "replayer", "name": "undecided"})
        ET.SubElement(case, "error", {"type": "undecided", "message": _clean(text)})
    for finding in report.findings:
        _case(suite, finding, report)
    if not (report.findings or errors):
        ET.SubElement(suite, "testcase", {"classname": "replayer", "name": "no drift"})
    remarks = "\n".join([*words.remarks(report), words.summary(report)])
    ET.SubElement(suite, "system-out").text = _clean(remarks)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _properties(suite: ET.Element, report: Report) -> None:
    facts = {
        "replayer": report.tool_version,
        "django": report.django_version,
        "dialects": " ".join(dialect.value for dialect in report.dialects),
        "fail-on": report.fail_on.value,
    }
    properties = ET.SubElement(suite, "properties")
    for name, value in facts.items():
        ET.SubElement(properties, "property", {"name": name, "value": _clean(value)})


def _case(suite: ET.Element, finding: Finding, report: Report) -> None:
    app_label = _clean(finding.app_label)
    classname = f"replayer.{app_label}" if app_label else "replayer"
    case = ET.SubElement(
        suite, "testcase", {"classname": classname, "name": _clean(words.title(finding))}
    )
    message = _clean(words.one_line(finding.message))
    if report.fail_on.includes(finding):
        rule = f"{finding.rule_id} {finding.rule.name}"
        outcome = ET.SubElement(case, "failure", {"type": rule, "message": message})
    else:
        outcome = ET.SubElement(case, "skipped", {"message": message})
    lines = [words.one_line(finding.message)]
    place = main_place(finding, report)
    if place is not None:
        lines.append(f"at {words.one_line(str(place))}")
    lines += words.plain_block(finding, report)
    outcome.text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
