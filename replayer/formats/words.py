"""The sentences that several formats share, and what keeps a hostile name from breaking a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.findings import FailOn
from replayer.formats.places import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.findings import Finding, Report


def one_line(text: str) -> str:
    r"""Return a text with everything that is not printable written as Python's escapes.

    Notes
    -----
    Newlines too, as ``\n``; and terminal escapes and marks of direction, which could make a name
    in a report look like another (CVE-2021-42574).
    """
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def lines_of(text: str) -> list[str]:
    """Return a text's lines, each as `one_line` leaves it."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [one_line(line.expandtabs(4)) for line in lines]


def without_surrogates(text: str) -> str:
    r"""Return a text that can be written as UTF-8; half a surrogate pair becomes ``\udc80``.

    Notes
    -----
    Within JSON that is the escape for the very same character, so a document stays what it was.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def title(finding: Finding) -> str:
    """Return the rule and what it is about, on one line."""
    about = " ".join(part for part in (finding.label, finding.subject) if part)
    return one_line(f"{finding.rule_id} {finding.rule.name}" + (f": {about}" if about else ""))


def last_set_by(finding: Finding, report: Report) -> str:
    """Return which operation last set what differs, or nothing when none is known."""
    place = finding.migration_source and place_of(finding.migration_source, report.root)
    if finding.migration is None:
        return one_line(str(place)) if place else ""
    return one_line(f"{finding.migration} ({place})" if place else str(finding.migration))


def plain_block(finding: Finding, report: Report) -> Iterator[str]:
    """Yield the lines that explain a finding, for formats that take a body of plain text."""
    if finding.dialects and len(report.dialects) > 1:
        yield f"on: {', '.join(dialect.value for dialect in finding.dialects)}"
    yield from map(one_line, map(str, finding.changes))
    if finding.reason:
        yield f"why: {one_line(finding.reason)}"
    last = last_set_by(finding, report)
    if last:
        yield f"last set by: {last}"
    if finding.operations:
        yield "makemigrations would write:"
        for operation in finding.operations:
            yield from (f"    {line}" for line in lines_of(operation))
    for dialect, statements in finding.sql:
        yield f"SQL ({dialect.value}):" + ("" if statements else " none")
        for statement in statements:
            yield from (f"    {line}" for line in lines_of(f"{statement};"))
    for source in finding.related:
        yield f"see also: {one_line(str(place_of(source, report.root)))}"
    if finding.hint:
        first, *rest = lines_of(finding.hint)
        yield f"help: {first}"
        yield from (f"      {line}" for line in rest)


def undecided(report: Report) -> Iterator[str]:
    """Yield what could not be compared, a line each: an error in every format."""
    yield from map(one_line, report.undecided)


def summary(report: Report) -> str:
    """Return the outcome in one line."""
    total = len(report.findings)
    if total:
        kinds = ", ".join(f"{count} {kind.value}" for kind, count in report.counts.items())
        text = f"Found {total} {'difference' if total == 1 else 'differences'} ({kinds}); "
        failing = len(report.failing)
        option = f"--fail-on {report.fail_on.value}"
        if report.fail_on is FailOn.NEVER or not failing:
            text += f"none fails the check ({option})"
        else:
            text += f"{failing} {'fails' if failing == 1 else 'fail'} the check ({option})"
    elif report.undecided:
        text = "No drift found, but not all could be compared"
    else:
        text = "No drift: models and migrations agree"
    if total and report.undecided:
        text += "; not all could be compared"
    if report.dialects:
        text += "; schemas compared for " + ", ".join(name.value for name in report.dialects)
    if report.ignored:
        text += f"; {report.ignored} ignored"
    if report.in_baseline:
        text += f"; {report.in_baseline} in the baseline"
    return f"{text}."


def remarks(report: Report) -> Iterator[str]:
    """Yield what there is to say of the check itself, a line each."""
    yield from map(one_line, report.notes)
    for entry in report.unused_baseline:
        yield f"the baseline's entry matches nothing any more: {one_line(entry)}"
    for ignore in report.unused_ignores:
        yield f"the ignore matches nothing: {one_line(ignore)}"


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
