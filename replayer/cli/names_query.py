"""``replayer names-query``: the SQL that reads a real database's names for ``--known-names``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.cli.options import DIALECTS, add_common_options

if TYPE_CHECKING:
    import argparse

    from replayer.cli.console import Console

NAME = "names-query"
HELP = "print the SQL that reads a database's names, to run there, for --known-names"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this command."""
    parser.add_argument(
        "--dialect", choices=DIALECTS, default="postgresql", help="of the database that is asked"
    )
    add_common_options(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """Print the query.

    Returns
    -------
    int
        0.
    """
    from replayer.ddl.names_query import names_query
    from replayer.model import Dialect

    console.write(names_query(Dialect(options.dialect)), options.output)
    return 0
