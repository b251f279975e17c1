"""``replayer sql``: the schema, on stdout."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from replayer.cli.context import boot_project
from replayer.cli.options import add_common_options, add_project_options, add_selection_options
from replayer.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from replayer.cli.console import Console
    from replayer.ddl.names_file import KnownNames
    from replayer.ddl.omission import Omission

NAME = "sql"
HELP = "print the schema as DDL (what is done when no command is typed)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    add_project_options(parser)
    add_selection_options(parser)
    group = parser.add_argument_group("the schema")
    group.add_argument(
        "--schema",
        choices=("history", "state", "models"),
        default="history",
        help="which account is printed: what the migrations' database operations leave "
        "(the default), their final state, or models.py",
    )
    group.add_argument(
        "--outside-keys",
        choices=("drop", "include"),
        default="drop",
        help="foreign keys that leave --apps: print the column without the constraint (the "
        "default), or print the tables that they need too",
    )
    group.add_argument(
        "--include-unmigrated", action="store_true", help="print apps without migrations too"
    )
    group.add_argument(
        "--include-migrations-table",
        action="store_true",
        help="print django_migrations too, Django's record of what is applied",
    )
    group.add_argument(
        "--run-python",
        choices=("auto", "never", "all"),
        default="auto",
        help="which RunPython functions are run against the offline database: those whose code "
        "reaches the schema (the default), none, or all",
    )
    group.add_argument(
        "--signals",
        action="store_true",
        help="run the pre_migrate and post_migrate handlers that make schema objects too",
    )
    group.add_argument(
        "--verbatim",
        action="store_true",
        help="print the history's own statements, migration by migration",
    )
    group.add_argument(
        "--strict",
        action="store_true",
        help="exit with 1 when an operation is opaque or the printed schema is not proven equal",
    )
    group.add_argument(
        "--omit",
        metavar="KIND",
        nargs="+",
        action="extend",
        help="leave out objects that a reader can't take: collations, events, extensions, "
        "functions, policies, sequences, text-search, triggers, types, views, virtual-tables",
    )
    group.add_argument(
        "--no-foreign-keys",
        action="store_true",
        help="print the columns of relations without their constraints, for Vitess and the like",
    )
    group.add_argument(
        "--pos",
        choices=("none", "model", "migration"),
        default="none",
        help="above the statements, tell Atlas where each table comes from: its model, or the "
        "operation that made it or changed it last (default: none)",
    )
    group.add_argument(
        "--pos-outside",
        action="store_true",
        help="with --pos, name files outside the project too: those of installed packages",
    )
    group.add_argument(
        "--known-names",
        metavar="FILE",
        help="bear the names of a real database where content matches: what the query of "
        "`replayer names-query` returned there",
    )
    group.add_argument(
        "--serial",
        metavar="TABLE.COLUMN",
        action="append",
        help="PostgreSQL: columns (with wildcards, * for all) that are numbered by serial, as in "
        "databases older than Django 4.1, not as identity; may be repeated",
    )
    group.add_argument(
        "--fail-on-drift",
        action="store_true",
        help="exit with 1 when the models have left the migrations behind",
    )
    group.add_argument("--allow-empty", action="store_true", help="an empty schema is no error")
    add_common_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the schema.

    Returns
    -------
    int
        The exit status.
    """
    from replayer.api.request import SchemaKind, SchemaRequest
    from replayer.api.schema import render_schema
    from replayer.ddl.positions import PositionKind
    from replayer.ddl.selection import OutsideKeys, Selection
    from replayer.replay.policy import RunPythonPolicy

    project = boot_project(options)
    request = SchemaRequest(
        kind=SchemaKind(options.schema),
        at=tuple(options.at or ()),
        selection=Selection(
            apps=tuple(options.apps or ()),
            exclude=tuple(options.exclude or ()),
            outside_keys=OutsideKeys(options.outside_keys),
        ),
        include_unmigrated=options.include_unmigrated,
        include_migrations_table=options.include_migrations_table,
        allow_empty=options.allow_empty,
        run_python=RunPythonPolicy(options.run_python),
        is_verbatim=options.verbatim,
        known_names=_known_names(options.known_names),
        signals=options.signals,
        serial=tuple(options.serial or ()),
        omit=_omissions(options.omit or ()),
        has_foreign_keys=not options.no_foreign_keys,
        positions=PositionKind(options.pos),
        are_positions_wide=options.pos_outside,
    )
    schema = render_schema(project, request)
    console.write(schema.sql, options.output)
    console.notes(schema.notes)
    for difference in schema.differences:
        console.error(f"the printed schema differs from the history's: {difference}")
    if schema.drift is not None:
        console.note(schema.drift)
    is_wanting = options.strict and schema.is_doubtful
    return 1 if is_wanting or (options.fail_on_drift and schema.drift is not None) else 0


def _known_names(path: str | None) -> KnownNames | None:
    if path is None:
        return None
    from replayer.ddl.names_file import read_known_names

    return read_known_names(Path(path))


def _omissions(words: Iterable[str]) -> frozenset[Omission]:
    from replayer.ddl.omission import Omission

    known = {kind.value: kind for kind in Omission}
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            message = f"--omit knows no objects {word!r}"
            raise UsageError(message, hint=hint)
    return frozenset(known[word] for word in words)
