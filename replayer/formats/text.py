"""A report to read: one block per finding, in the manner of rustc, and a last line that sums up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.findings import Severity
from replayer.formats import words
from replayer.formats.places import main_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from replayer.findings import Finding, Report

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
"""ECMA-48's red, yellow and cyan, which terminals let their users choose."""


def render(report: Report, *, colour: bool = False) -> str:
    """Return the report as text.

    Parameters
    ----------
    colour
        Whether to mark it up for a terminal; without it no byte of markup is written, not even
        one that a project's names hold.
    """
    paint = _paint if colour else _plain
    blocks = ["\n".join(_block(finding, report, paint)) for finding in report.findings]
    error = paint("error", "1;31")
    remarks = [f"{error}: could not decide: {text}" for text in words.undecided(report)]
    remarks += [f"{paint('note', '1')}: {remark}" for remark in words.remarks(report)]
    if remarks:
        blocks.append("\n".join(remarks))
    bold = "1;31" if report.fails or report.undecided else "1"
    blocks.append(paint(words.summary(report), bold))
    return words.without_surrogates("\n\n".join(blocks)) + "\n"


def _block(finding: Finding, report: Report, paint: Callable[[str, str], str]) -> Iterator[str]:
    heading = f"{finding.severity.value}[{finding.rule_id} {finding.rule.name}]"
    message = words.one_line(finding.message)
    yield f"{paint(heading, '1;' + _COLOURS[finding.severity])}: {paint(message, '1')}"
    place = main_place(finding, report)
    if place is not None:
        yield f"  {paint('-->', '34')} {words.one_line(str(place))}"
    about = " ".join(part for part in (finding.label, finding.subject) if part)
    if about and about not in finding.message:
        yield f"  {paint('=', '34')} in: {words.one_line(about)}"
    yield f"  {paint('=', '34')} class: {finding.drift_class.value}"
    for line in words.plain_block(finding, report):
        mark = " " if line.startswith("    ") else paint("=", "34")
        yield f"  {mark} {line}"


def _paint(text: str, codes: str) -> str:
    return f"\x1b[{codes}m{text}\x1b[0m"


def _plain(text: str, _codes: str) -> str:
    return text
