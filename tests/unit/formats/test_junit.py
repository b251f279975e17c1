from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from replayer.findings import FailOn, Report
from replayer.formats import junit
from tests.samples import TRAPS, empty_report, finding, report_of, sample_report

# After junit-10.xsd of Jenkins' xunit plugin: children and attributes (those required first).
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
}
REQUIRED = {
    "testsuite": {"name", "tests", "failures", "errors"},
    "testcase": {"name"},
    "property": {"name", "value"},
}
ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "group", "time", "skipped", "id"},
    "testcase": {"name", "time", "classname", "group"},
    "property": {"name", "value"},
    "failure": {"type", "message"},
    "skipped": {"type", "message"},
    "error": {"type", "message"},
}


def read(report: Report) -> ET.Element:
    root = ET.fromstring(junit.render(report).encode("utf-8"))
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert set(element.attrib) >= REQUIRED.get(element.tag, set())
        assert set(element.attrib) <= ALLOWED.get(element.tag, set())
    (suite,) = root
    cases = suite.findall("testcase")
    assert suite.get("tests") == root.get("tests") == str(len(cases))
    assert suite.get("failures") == root.get("failures") == str(len(suite.findall(".//failure")))
    assert suite.get("errors") == root.get("errors") == str(len(suite.findall(".//error")))
    assert suite.get("skipped") == str(len(suite.findall(".//skipped")))
    return root


@pytest.mark.parametrize("fail_on", FailOn)
def test_what_fails_the_check_fails_and_the_rest_is_skipped(fail_on: FailOn) -> None:
    report = sample_report(fail_on)
    root = read(report)
    assert len(root.findall(".//testcase")) == len(report.findings) + 1
    assert len(root.findall(".//error")) == len(report.undecided) == 1
    assert len(root.findall(".//failure")) == len(report.failing)


def test_what_xml_can_hold_is_read_back() -> None:
    root = read(report_of(*(finding(f"says {trap}") for trap in TRAPS)))
    messages = [failure.get("message") for failure in root.iter("failure")]
    for trap, message in zip(TRAPS, messages, strict=True):
        if trap.isprintable():
            assert message == f"says {trap}"


def test_characters_that_xml_cannot_hold_are_not_there() -> None:
    document = junit.render(report_of(finding("m", app_label="a\x00\x1b\ufffe\udc80b")))
    assert 'classname="replayer.ab"' in document
    assert not set("\x00\x1b\ufffe\udc80") & set(document)


def test_the_empty_report_is_one_passed_test() -> None:
    root = read(empty_report())
    (case,) = root.iter("testcase")
    assert list(case) == []
    assert root.get("failures") == "0"
