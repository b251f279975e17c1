"""``replayer ledger``: what the operations that aren't plain gave the state and the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.cli.context import boot_project
from replayer.cli.options import add_common_options, add_project_options

if TYPE_CHECKING:
    import argparse

    from replayer.cli.console import Console

NAME = "ledger"
HELP = "tell what each operation that isn't plain gave the state, and what it gave the database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    add_project_options(parser)
    group = parser.add_argument_group("the ledger")
    group.add_argument(
        "--apps", metavar="APP", nargs="+", action="extend", help="only operations of these apps"
    )
    group.add_argument(
        "--at",
        metavar="APP[.MIGRATION]",
        action="append",
        help="stop at this migration, a prefix as for migrate; may be repeated",
    )
    group.add_argument(
        "--run-python",
        choices=("auto", "never", "all"),
        default="auto",
        help="which RunPython functions are run against the offline database: those whose code "
        "reaches the schema (the default), none, or all",
    )
    group.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people or for programs"
    )
    add_common_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the ledger.

    Returns
    -------
    int
        0: the ledger tells, it doesn't judge.
    """
    from replayer.api.ledger import build_ledger
    from replayer.ledger.report import as_json, as_text
    from replayer.replay.policy import RunPythonPolicy

    project = boot_project(options)
    entries = build_ledger(
        project,
        at=tuple(options.at or ()),
        apps=tuple(options.apps or ()),
        run_python=RunPythonPolicy(options.run_python),
    )
    written = as_json(entries) if options.format == "json" else as_text(entries)
    console.write(written, options.output)
    return 0
