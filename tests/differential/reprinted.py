"""Print a project's history verbatim and compact, load both into empty catalogues, and compare.

A script of its own, run in the project's directory: ``reprinted.py DIALECT [--signals]``. What it
finds goes to stderr; the status is 0 where both leave the catalogue of the history.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> int:
    """Tell in what each of the two differs from the history."""
    from replayer.api.history_schema import replay_history
    from replayer.api.proof import prove
    from replayer.ddl.verbatim import verbatim
    from replayer.dialects.connections import OfflineEngines, offline_connection
    from replayer.history.loader import load_history
    from replayer.model import Dialect, Statement
    from replayer.project.boot import boot
    from replayer.project.drivers import backend_imports
    from replayer.project.locate import locate
    from replayer.replay.handlers import schema_handlers
    from replayer.sources import Sources

    project = boot(
        locate(directory=Path.cwd()),
        OfflineEngines(backend_imports),
        dialect=Dialect(sys.argv[1]),
    )
    history = load_history()
    replayed = replay_history(
        history,
        history.plan,
        offline_connection(project.target.alias),
        Sources(),
        handlers=schema_handlers() if "--signals" in sys.argv else (),
    )
    catalog = replayed.catalog
    # As Django's schema editor does before its first statement: Django 4.2 remakes a table that
    # points twice at a renamed one while one of its foreign keys has the old name still.
    # Source: django/db/backends/sqlite3/schema.py, DatabaseSchemaEditor.__enter__.
    unchecked = Statement(sql="PRAGMA foreign_keys = OFF")
    session = (unchecked,) if catalog.dialect is Dialect.SQLITE else ()
    told = verbatim(replayed.records, catalog.dialect, replayed.handled)[1]
    printed = {"verbatim": (*session, *told), "compact": catalog.statements()}
    found = [
        f"{name}: {difference}\n"
        for name, statements in printed.items()
        for difference in prove(catalog, statements).differences
    ]
    sys.stderr.write("".join(found))
    return int(bool(found) or not told or not printed["compact"])


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
