"""Parse the command line, run the command, and turn every outcome into an exit status."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replayer import __version__
from replayer.cli.console import Console
from replayer.cli.options import Parser, apply_config
from replayer.errors import HistoryError, ReplayerError, UsageError
from replayer.project.config import find_pyproject, read_config

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from replayer.cli.console import Document

COMMANDS = ("sql", "check", "explain", "init", "ledger", "names-query")
_OURS = Path(__file__).parents[1]
EXIT_BUG = 70
"""sysexits.h's EX_SOFTWARE."""
EXIT_PIPE = 141
"""What a shell shows for a program that SIGPIPE ended: the reader went away."""
EXIT_INTERRUPT = 130


def build_parser(*, all_commands: bool = True, only: str | None = None) -> Parser:
    """Return the parser, with every command or, because they cost time, with one."""
    parser = Parser(
        prog="replayer",
        description="Replay a Django project's migrations offline: print their schema as DDL, "
        "report their drift. Without a command, the schema is printed.",
        epilog="exit status: 0 nothing found, 1 findings, 2 could not decide, 70 a bug of ours",
    )
    parser.add_argument("--version", action="version", version=f"replayer {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name in COMMANDS if all_commands else (only or "sql",):
        module = _command(name)
        subparser = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(subparser)
    return parser


def main(argv: Sequence[str], document: Document) -> int:
    """Run the tool.

    Parameters
    ----------
    argv
        The arguments, without the program's name.
    document
        Where the document goes; stdout is expected to be held off already.

    Returns
    -------
    int
        The exit status; nothing is raised.
    """
    console = Console(document)
    is_traced = "--traceback" in argv
    try:
        options = _parse(_with_command(list(argv)), document)
        console.quiet = options.quiet
        is_traced = options.traceback
        return int(_command(options.command).run(options, console))
    except ReplayerError as error:
        if is_traced:
            traceback.print_exc(file=sys.stderr)
        _tell(console, error)
        return error.exit_code
    except BrokenPipeError:
        return EXIT_PIPE
    except KeyboardInterrupt:
        return EXIT_INTERRUPT
    except SystemExit as stop:
        # argparse's --help and --version; a project's own sys.exit has been caught where it can be.
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 2
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is our bug
        if is_traced:
            traceback.print_exc(file=sys.stderr)
        console.error(_bug(error, is_traced=is_traced))
        return EXIT_BUG


def _parse(argv: list[str], document: Document) -> argparse.Namespace:
    wants_help = not argv or argv[0] in {"-h", "--help", "--version"}
    if wants_help or argv[0] not in COMMANDS:
        parser = build_parser()
        command: argparse.ArgumentParser = parser
    else:
        parser = build_parser(all_commands=False, only=argv[0])
        command = parser.subparser(argv[0])
    stdout, sys.stdout = sys.stdout, _TextDocument(document)
    try:
        options = parser.parse_args(argv)
    finally:
        sys.stdout = stdout
    table = read_config(Path.cwd())
    try:
        apply_config(command, options, table, _others(table, command), TABLES)
    except UsageError as error:
        raise UsageError(f"{_written_in()}{error.message}", hint=error.hint) from error
    if getattr(options, "output", None) not in {None, "-"}:
        # A project's settings may change the directory before it is written.
        options.output = os.path.abspath(options.output)  # noqa: PTH100 - a link stays a link
    return options


def _others(
    config: Mapping[str, object], command: argparse.ArgumentParser
) -> list[argparse.ArgumentParser]:
    """Return the parsers of the other commands, made only if the table needs them."""
    own = set(command._option_string_actions)  # noqa: SLF001 - argparse has no public list
    if all(f"--{name.replace('_', '-')}" in own for name in config):
        return []
    parser = build_parser()
    return [parser.subparser(name) for name in COMMANDS]


def _written_in() -> str:
    path = find_pyproject(Path.cwd())
    return "" if path is None else f"{os.path.relpath(path)}: "


TABLES = frozenset({"ignore"})
"""What may stand in ``[tool.replayer]`` and is no option."""


def _with_command(argv: list[str]) -> list[str]:
    """Put ``sql`` in front where no command is typed: ``replayer --dialect sqlite``."""
    if argv and argv[0] in {"-h", "--help", "--version"}:
        return argv
    if argv and not argv[0].startswith("-"):
        return argv
    return ["sql", *argv]


def _command(name: str) -> Any:  # noqa: ANN401 - a module with HELP, add_arguments and run
    return importlib.import_module(f"replayer.cli.{name.replace('-', '_')}")


def _bug(error: BaseException, *, is_traced: bool) -> str:
    """Return the sentence on a bug of ours, which asks for the report."""
    from replayer.project.blame import text_of

    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_OURS):
            place = f" at {path.relative_to(_OURS.parent).as_posix()}:{line}"
    how = (
        "report it with the traceback above"
        if is_traced
        else "type the command again with --traceback, and report what it shows"
    )
    return f"this is a bug in replayer {__version__} ({text_of(error)}{place}); please {how}"


def _tell(console: Console, error: ReplayerError) -> None:
    console.error(str(error))
    if isinstance(error, HistoryError) and len(error.faults) > 1:
        for fault in error.faults:
            console.error(f"  {fault}")


class _TextDocument:
    """The document as a text stream, for argparse's help."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def write(self, text: str) -> int:
        self._document.write(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: nothing is kept."""

    def isatty(self) -> bool:
        return self._document.isatty() and not os.environ.get("NO_COLOR")
