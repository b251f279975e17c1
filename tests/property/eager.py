"""Replay a project's history twice, lazily and eagerly, and tell what the first did otherwise.

A script of its own, run in the project's directory: ``eager.py DIALECT``.
"""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path
from typing import Any

IN_ANY_ORDER = {"RenameModel", "AlterField"}


def main() -> int:
    """Print the difference; the status is 0 where there is none, 3 where the history is refused."""
    from replayer.api.history_schema import replay_history
    from replayer.dialects.connections import OfflineEngines, offline_connection
    from replayer.errors import ReplayerError
    from replayer.history.loader import load_history
    from replayer.model import Dialect
    from replayer.project.boot import boot
    from replayer.project.drivers import backend_imports
    from replayer.project.locate import locate
    from replayer.sources import Sources

    project = boot(
        locate(directory=Path.cwd()),
        OfflineEngines(backend_imports),
        dialect=Dialect(sys.argv[1]),
    )
    history = load_history()
    connection: Any = offline_connection(project.target.alias)
    texts = []
    for is_eager in (False, True):
        try:
            replayed = replay_history(
                history, history.plan, connection, Sources(), is_eager=is_eager
            )
        except ReplayerError as error:
            texts.append([f"refused: {error}"])
            continue
        lines: list[str] = []
        for record in replayed.records:
            executed = [sql for step in record.steps for sql in step.statements]
            executed += record.deferred
            # Django takes the models that point at a renamed one from a set, and SQLite's editor
            # those that follow a key whose type changes (`related_models`), in any order.
            if any(type(step.operation).__name__ in IN_ANY_ORDER for step in record.steps):
                executed.sort()
            lines += [str(record.key), *executed]
        texts.append(lines)
    lazy, eager = texts
    sys.stdout.write(f"{len(lazy)}\n")
    sys.stdout.write(
        "\n".join(difflib.unified_diff(eager, lazy, "eager", "lazy", lineterm="", n=1))
    )
    return 3 if lazy[0].startswith("refused") else int(lazy != eager)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
