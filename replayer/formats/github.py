"""A report as GitHub's workflow commands, which it shows as annotations on the changed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.findings import Severity
from replayer.formats import words
from replayer.formats.places import Base, main_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.findings import Finding, Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report) -> str:
    """Return a command for each finding, and the summary as a line that is none."""
    lines = [
        f"::error title=replayer could not decide::{escape_data(text)}"
        for text in words.undecided(report)
    ]
    lines += [_command(finding, report) for finding in report.findings]
    return words.without_surrogates("\n".join([*lines, words.summary(report)])) + "\n"


def escape_data(text: str) -> str:
    """Return what a command's message may hold.

    Notes
    -----
    Source: actions/toolkit, packages/core/src/command.ts, escapeData. The percent sign first.
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return what a command's property may hold.

    Notes
    -----
    Source: actions/toolkit, packages/core/src/command.ts, escapeProperty.
    """
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def _command(finding: Finding, report: Report) -> str:
    properties = ",".join(
        f"{name}={escape_property(str(value))}" for name, value in _properties(finding, report)
    )
    message = "\n".join(_message(finding, report))
    return f"::{_COMMANDS[finding.severity]} {properties}::{escape_data(message)}"


def _properties(finding: Finding, report: Report) -> Iterator[tuple[str, str | int]]:
    # In the order of actions/toolkit, packages/core/src/utils.ts, toCommandProperties.
    yield "title", words.title(finding)
    place = main_place(finding, report)
    if place is None or place.base is not Base.PROJECT:
        # GitHub knows the files of the repository alone.
        return
    yield "file", place.path
    yield "line", place.line
    if place.end_line is not None:
        yield "endLine", place.end_line
    # "Annotations only support start_column and end_column on the same line": docs.github.com,
    # REST API, create a check run.
    if place.is_on_one_line:
        yield "col", place.column
        if place.end_column is not None:
            yield "endColumn", place.end_column


def _message(finding: Finding, report: Report) -> Iterator[str]:
    yield words.one_line(finding.message)
    place = main_place(finding, report)
    if place is not None and place.base is not Base.PROJECT:
        yield f"at {words.one_line(str(place))}"
    yield from words.plain_block(finding, report)
