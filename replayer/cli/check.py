"""``replayer check``: drift, divergence and the graph's faults, as findings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from replayer.cli.beside import beside
from replayer.cli.context import boot_project
from replayer.cli.options import DIALECTS, add_common_options, add_project_options
from replayer.errors import UsageError
from replayer.formats import FORMATS, json_schema, parse_format_option, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.cli.console import Console
    from replayer.findings import Report

NAME = "check"
HELP = "compare models, migrations and the schema that they leave; exit with 1 on drift"
FAIL_ON = ("schema", "state", "any", "never")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    add_project_options(parser, has_several_dialects=True)
    group = parser.add_argument_group("what is checked")
    group.add_argument(
        "--apps", metavar="APP", nargs="+", action="extend", help="only findings of these apps"
    )
    group.add_argument(
        "--divergence",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="replay the history too, and compare the schema that it leaves with its state "
        "(default: where the project's own migrations have RunSQL, SeparateDatabaseAndState, a "
        "RunPython that reaches the schema, or a custom operation)",
    )
    group.add_argument(
        "--sql",
        action="store_true",
        help="show the DDL of each finding, as migrate would run it after the history",
    )
    group.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="state",
        help="exit with 1 on findings of the schema; of those and the state (the default: both of "
        "the project's own apps); on any; or never",
    )
    group.add_argument(
        "--ignore",
        metavar="RULE|LABEL",
        action="append",
        help="leave out a rule, an app, app.Model or app.Model.field, or R110:app.Model; may be "
        "repeated",
    )
    group.add_argument(
        "--baseline", metavar="FILE", help="leave out the findings of this file; tell stale entries"
    )
    group.add_argument(
        "--write-baseline", metavar="FILE", help="write the findings to a file and exit with 0"
    )
    group = parser.add_argument_group("the report")
    group.add_argument(
        "--format",
        metavar="FORMAT[=FILE]",
        action="append",
        help=f"{', '.join(FORMATS)}; to a file, if one is named; may be repeated (default: text)",
    )
    group.add_argument(
        "--json-schema",
        action="store_true",
        help="print the JSON Schema of --format json, and check nothing",
    )
    add_common_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Check the project.

    Returns
    -------
    int
        0 when nothing is at or above ``--fail-on``, 1 on findings, 2 when a fault of the history
        kept the models from being compared and nothing else was found.
    """
    if options.json_schema:
        console.write(json_schema(), options.output)
        return 0
    outputs = _outputs(options.format or ["text"], options.output)
    names = _dialect_names(options.dialect or [])
    options.dialect = names[0] if names else None

    from replayer.drift.baseline import baseline_text, read_baseline
    from replayer.drift.ignores import parse_ignores

    ignores = parse_ignores(options.ignore or [])
    entries = read_baseline(Path(options.baseline)) if options.baseline else ()
    # A project's settings may change the directory before it is written.
    new_baseline = os.path.abspath(options.write_baseline) if options.write_baseline else ""  # noqa: PTH100 - a link stays a link
    further = () if options.divergence is False else names[1:]
    # Their processes begin before the project is imported here.
    with beside(options, further) as others:
        project = boot_project(options)

        from replayer.api.check import CheckRequest, check
        from replayer.findings import FailOn
        from replayer.model import Dialect

        report = check(
            project,
            CheckRequest(
                dialects=tuple(Dialect(name) for name in names),
                fail_on=FailOn(options.fail_on),
                apps=tuple(options.apps or ()),
                has_sql=options.sql,
                has_divergence=options.divergence,
                beside=others.collect,
                ignores=ignores,
                baseline=() if options.write_baseline else entries,
            ),
        )
    if new_baseline:
        console.write(baseline_text(report.findings), new_baseline)
        console.note(f"{len(report.findings)} findings written to {options.write_baseline}")
        for text in report.undecided:
            console.error(text)
        return 2 if report.undecided else 0
    for name, output in outputs:
        is_seen = output in {None, "-"} and console.is_terminal
        colour = is_seen and not os.environ.get("NO_COLOR")
        console.write(render(report, name, colour=colour), output)
    if not {("text", None), ("text", "-")} & set(outputs):
        _tell(report, console)
    if report.fails:
        return 1
    return 2 if report.undecided else 0


def _tell(report: Report, console: Console) -> None:
    """Say on stderr what a text on stdout has in it."""
    console.notes(report.notes)
    for entry in report.unused_baseline:
        console.note(f"the baseline has an entry that matches nothing any more: {entry}")
    for ignore in report.unused_ignores:
        console.note(f"ignore {ignore!r} matches nothing")
    for text in report.undecided:
        console.error(text)


def _dialect_names(words: Sequence[str]) -> list[str]:
    names = [name.strip() for word in words for name in word.split(",")]
    for name in names:
        if name not in DIALECTS:
            message = f"there is no dialect {name!r}"
            raise UsageError(message, hint=f"choose from {', '.join(DIALECTS)}")
    return list(dict.fromkeys(names))


def _outputs(words: Sequence[str], output: str | None) -> list[tuple[str, str | None]]:
    """Return each format and where it goes; only one may go to stdout or ``--output``."""
    asked = [parse_format_option(word) for word in words]
    bare = [option.name for option in asked if option.file is None]
    if len(bare) > 1:
        message = f"{len(bare)} formats want the same place: {', '.join(bare)}"
        raise UsageError(message, hint=f"name a file for the others: --format {bare[1]}=FILE")
    # A project's settings may change the directory before they are written.
    return [
        (option.name, os.path.abspath(option.file) if option.file else output)  # noqa: PTH100
        for option in asked
    ]
