from __future__ import annotations

import re

import pytest

from replayer.formats import github
from replayer.model import Source
from replayer.rules import Severity
from tests.samples import INSTALLED, ROOT, TRAPS, empty_report, finding, report_of, sample_report


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner does: actions/runner, ActionCommand.TryParseV2."""
    assert line.startswith("::")
    head, message = line[2:].split("::", 1)
    command, _, told = head.partition(" ")
    properties = {}
    for part in told.split(","):
        name, _, value = part.partition("=")
        for code, char in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}.items():
            value = value.replace(code, char)
        properties[name] = value
    for code, char in {"%0D": "\r", "%0A": "\n", "%25": "%"}.items():
        message = message.replace(code, char)
    return command, properties, message


def test_each_finding_is_one_command_and_nothing_else_is() -> None:
    report = sample_report()
    undecided, *commands, summary = github.render(report).split("\n")[:-1]
    assert len(commands) == len(report.findings)
    for line, one in zip(commands, report.findings, strict=True):
        command, properties, message = read(line)
        names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
        assert command == names[one.severity]
        assert properties["title"].startswith(f"{one.rule_id} {one.rule.name}: ")
        assert message.startswith("the ")
    assert undecided.startswith("::error title=replayer could not decide::app 'broken' ")
    assert undecided.endswith("100%25 of it,\\n::is unreadable")
    assert summary.startswith("Found ")


def test_what_was_escaped_is_read_back() -> None:
    report = report_of(*(finding(f"says {trap}", subject=trap) for trap in TRAPS))
    *commands, _ = github.render(report).split("\n")[:-1]
    for line, trap in zip(commands, TRAPS, strict=True):
        _, properties, message = read(line)
        if trap.isprintable():
            assert message == f"says {trap}"
            assert properties["title"].endswith(f": polls {trap}")


@pytest.mark.parametrize(
    ("text", "data", "prop"),
    [
        ("100%", "100%25", "100%25"),
        ("%0A", "%250A", "%250A"),
        ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
        ("a::b,c", "a::b,c", "a%3A%3Ab%2Cc"),
        ("];=", "];=", "];="),
    ],
)
def test_data_and_properties_are_escaped_as_the_toolkit_does(
    text: str, data: str, prop: str
) -> None:
    assert github.escape_data(text) == data
    assert github.escape_property(text) == prop


def test_columns_are_told_on_one_line_only() -> None:
    path = f"{ROOT}/a,b/models.py"
    short = github.render(report_of(finding(source=Source(path, 3, 5, 3, 9))))
    long = github.render(report_of(finding(source=Source(path, 3, 5, 4, 9))))
    assert ",file=a%2Cb/models.py,line=3,endLine=3,col=5,endColumn=9::" in short
    assert ",file=a%2Cb/models.py,line=3,endLine=4::" in long


def test_a_file_outside_the_repository_is_told_in_the_message() -> None:
    command, properties, message = read(
        github.render(report_of(finding("m", source=Source(INSTALLED, 3)))).splitlines()[0]
    )
    assert command
    assert set(properties) == {"title"}
    assert message == "m\nat site-packages/taggit/models.py:3:1"


def test_the_empty_report_has_no_command() -> None:
    document = github.render(empty_report())
    assert not re.search("^::", document, re.MULTILINE)
    assert document == "No drift: models and migrations agree.\n"
