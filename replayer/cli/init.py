"""``replayer init``: an ``atlas.hcl`` for the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from replayer.cli.context import boot_project
from replayer.cli.options import add_common_options, add_project_options
from replayer.errors import OutputError

if TYPE_CHECKING:
    import argparse

    from replayer.cli.console import Console

NAME = "init"
HELP = "print an atlas.hcl, with which Atlas plans migrations from this project's history"
FILE = "atlas.hcl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    add_project_options(parser)
    group = parser.add_argument_group("atlas.hcl")
    group.add_argument(
        "--build",
        choices=("external", "file"),
        default="external",
        help="which Atlas reads it: one that runs programs (the official build, and the open ones "
        "until January 2025; the default), or one that reads files only (newer open builds)",
    )
    group.add_argument(
        "--dev-url",
        metavar="URL",
        help="the empty database that Atlas works on (default: one in memory for SQLite, one that "
        "Docker starts for a server)",
    )
    group.add_argument(
        "--migrations",
        metavar="DIR",
        default="migrations",
        help="where Atlas keeps its migrations (default: migrations)",
    )
    group.add_argument(
        "--write",
        action="store_true",
        help=f"write ./{FILE} instead of printing it; one that is there is left as it is",
    )
    add_common_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Print or write the file.

    Returns
    -------
    int
        The exit status.

    Raises
    ------
    OutputError
        When the file is there already.
    """
    from replayer.ddl.configuration import AtlasBuild, AtlasConfiguration, write_configuration

    directory = Path.cwd()
    facts = boot_project(options).target.facts
    configuration = AtlasConfiguration(
        facts=facts,
        build=AtlasBuild(options.build),
        directory=options.migrations,
        dev_url=options.dev_url,
        arguments=_arguments(options),
    )
    text = write_configuration(configuration)
    output = options.output
    if options.write:
        output = output or str(directory / FILE)
        if Path(output).exists():
            message = f"{output!r} is there already"
            raise OutputError(message, hint="take it away, or leave --write out to see the new one")
    console.write(text, output)
    if options.write:
        console.note(f"wrote {output}; next: atlas migrate diff --env django")
    return 0


def _arguments(options: argparse.Namespace) -> tuple[str, ...]:
    """Return what the program needs beside the dialect to find the project as it was found now."""
    found: list[str] = []
    if options.settings:
        found += ["--settings", options.settings]
    for entry in options.pythonpath or ():
        found += ["--pythonpath", entry]
    if options.database != "default":
        found += ["--database", options.database]
    if options.server_version:
        found += ["--server-version", options.server_version]
    return tuple(found)
