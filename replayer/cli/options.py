"""Options that several commands share, and how ``[tool.replayer]`` gives them."""

from __future__ import annotations

import argparse
import difflib
import itertools
from typing import TYPE_CHECKING, Any, NoReturn

from replayer.errors import UsageError
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

DIALECTS = tuple(dialect.value for dialect in Dialect)


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are ours: one sentence, exit status 2."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage."""
        raise UsageError(message, hint=f"type: {self.prog} --help")

    def subparser(self, name: str) -> argparse.ArgumentParser:
        """Return the parser of a command."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - no public name
                parser: argparse.ArgumentParser = action.choices[name]
                return parser
        raise KeyError(name)


def add_project_options(
    parser: argparse.ArgumentParser, *, has_several_dialects: bool = False
) -> None:
    """Add the options that find and boot a project.

    Parameters
    ----------
    has_several_dialects
        Whether ``--dialect`` takes a list; its names are then checked by the command.
    """
    group = parser.add_argument_group("project")
    group.add_argument(
        "--settings",
        metavar="MODULE",
        help="the settings module; else DJANGO_SETTINGS_MODULE, else what ./manage.py names",
    )
    group.add_argument(
        "--pythonpath",
        metavar="DIR",
        action="append",
        help="a directory for the front of sys.path; may be repeated",
    )
    group.add_argument(
        "--database",
        metavar="ALIAS",
        default="default",
        help="the alias in settings.DATABASES whose tables are rendered (default: default)",
    )
    if has_several_dialects:
        group.add_argument(
            "--dialect",
            metavar="DIALECT[,...]",
            action="append",
            help=f"{', '.join(DIALECTS)}; several with commas, or repeated, the first one being "
            "that of the models; left out, that of the project's own database",
        )
    else:
        group.add_argument(
            "--dialect",
            choices=DIALECTS,
            help="the SQL to speak; left out, that of the project's own database",
        )
    group.add_argument(
        "--server-version",
        metavar="VERSION",
        help="the server to assume, as 15, 8.0.36 or 10.11 (default: PostgreSQL 16, MySQL 8.4, "
        "MariaDB 10.11, SQL Server 2022, the SQLite that Python links)",
    )


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command."""
    group = parser.add_argument_group("this run")
    group.add_argument(
        "--output", "-o", metavar="FILE", help="write the document to a file, whole or not at all"
    )
    group.add_argument("--quiet", "-q", action="store_true", help="no notes on stderr, only errors")
    group.add_argument(
        "--traceback", action="store_true", help="show the traceback behind an error"
    )


def add_selection_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose apps and a point of the history."""
    group = parser.add_argument_group("what is rendered")
    group.add_argument(
        "--apps",
        metavar="APP",
        nargs="+",
        action="extend",
        help="only the tables of these apps",
    )
    group.add_argument(
        "--exclude",
        metavar="APP",
        nargs="+",
        action="extend",
        help="not the tables of these apps",
    )
    group.add_argument(
        "--at",
        metavar="APP[.MIGRATION]",
        action="append",
        help="stop at this migration, a prefix as for migrate; may be repeated",
    )


def apply_config(
    parser: argparse.ArgumentParser,
    options: argparse.Namespace,
    config: Mapping[str, object],
    others: Sequence[argparse.ArgumentParser] = (),
    tables: Collection[str] = (),
) -> None:
    """Fill the options that were not typed from ``[tool.replayer]``.

    Parameters
    ----------
    parser
        The parser of the command that is run; options that it lacks belong to other commands.
    options
        What was typed; it is filled in place.
    config
        The table, keyed by option names without their dashes in front.
    others
        The parsers of the other commands: their options may stand in the table too.
    tables
        What may stand in the table and is no option.

    Raises
    ------
    UsageError
        When a name is unknown everywhere, a value has the wrong type, or a server's version stands
        there without its dialect while another way names one.
    """
    if not _is_version_meant(options, config):
        config = {name: value for name, value in config.items() if name not in _VERSION_NAMES}
    actions = _options(parser)
    foreign = [_options(other) for other in others]
    for name, value in config.items():
        key = name.replace("_", "-")
        if key in actions:
            action = actions[key]
            checked = _checked(name, value, action)
            if getattr(options, action.dest) == action.default:
                setattr(options, action.dest, checked)
            continue
        if key in tables:
            continue
        theirs = [known[key] for known in foreign if key in known]
        if not theirs:
            names = {*actions, *tables, *itertools.chain(*foreign)}
            near = difflib.get_close_matches(key, sorted(names), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "replayer --help lists the commands"
            message = f"[tool.replayer] has an unknown option {name!r}"
            raise UsageError(message, hint=hint)
        _checked_by_one(name, value, theirs)


def _options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Return the options that may stand in the table, by their names without dashes in front."""
    return {
        option.removeprefix("--"): action
        for action in parser._actions  # noqa: SLF001 - argparse offers no other way to list them
        for option in action.option_strings
        if option.startswith("--") and action.dest != "help"
    }


def _checked_by_one(name: str, value: object, actions: Sequence[argparse.Action]) -> None:
    """Check a value that is of other commands: one of them has to take it."""
    refusals = [_refusal(name, value, action) for action in actions]
    if None not in refusals:
        raise refusals[0]  # type: ignore[misc]  # mypy does not narrow the list


def _refusal(name: str, value: object, action: argparse.Action) -> UsageError | None:
    try:
        _checked(name, value, action)
    except UsageError as error:
        return error
    return None


_VERSION_NAMES = frozenset({"server-version", "server_version"})


def _is_version_meant(options: argparse.Namespace, config: Mapping[str, object]) -> bool:
    """Return whether the table's version is one of the dialect that is typed, if one is."""
    typed = getattr(options, "dialect", None)
    if typed is None or _VERSION_NAMES.isdisjoint(config):
        return True
    if getattr(options, "server_version", None) is not None:
        return False
    if "dialect" not in config:
        message = "[tool.replayer] server-version does not say which dialect it is of"
        raise UsageError(message, hint="write dialect beside it, or type --server-version")
    # Of several dialects, the version is the first one's.
    first, own = (
        (value[0] if isinstance(value, list) and value else value)
        for value in (typed, config["dialect"])
    )
    return str(first).partition(",")[0].strip() == str(own).partition(",")[0].strip()


def _checked(name: str, value: object, action: argparse.Action) -> object:
    is_flag = action.nargs == 0
    is_list = action.nargs in {"+", "*"} or type(action).__name__ == "_AppendAction"
    wanted: Any = bool if is_flag else list if is_list else str
    if is_list and isinstance(value, str):
        value = [value]
    if wanted is str and isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    kind = {bool: "true or false", list: "a list of strings", str: "a string"}[wanted]
    fits = isinstance(value, wanted) and (
        not isinstance(value, list) or all(isinstance(item, str) for item in value)
    )
    if not fits:
        message = f"[tool.replayer] {name} is {value!r}, but wants {kind}"
        raise UsageError(message)
    if action.choices is not None and value not in action.choices:
        choices = ", ".join(map(str, action.choices))
        message = f"[tool.replayer] {name} is {value!r}"
        raise UsageError(message, hint=f"choose from {choices}")
    return value
