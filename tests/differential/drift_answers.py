"""Run in a project: write down what Django's autodetector says, and what `replayer.drift` says.

Both without a database, in one process. Django's side is that of ``makemigrations``: its own
loader, all models against all, and the questioner that answers no.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from replayer.cli.context import boot_project


def texts(changes: Any) -> list[str]:
    from replayer.drift.written import operation_text

    return sorted(f"{label}: {operation_text(operation)}" for label, operation in changes)


def main() -> None:
    options: Any = SimpleNamespace(
        settings=None, pythonpath=None, dialect="sqlite", server_version=None, database="default"
    )
    sys.argv[1] = str(Path(sys.argv[1]).resolve())
    boot_project(options, Path.cwd())
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState
    from django.utils import translation

    from replayer.drift.detect import detect
    from replayer.drift.questioner import SilentQuestioner
    from replayer.drift.watch import watch
    from replayer.history.loader import load_history
    from replayer.sources import Sources

    with translation.override(None):
        loader = MigrationLoader(None, ignore_no_migrations=True)
        detector = MigrationAutodetector(
            loader.project_state(), ProjectState.from_apps(apps), SilentQuestioner()
        )
        changes = detector.changes(graph=loader.graph)
    django = [
        (label, operation)
        for label, migrations in changes.items()
        for migration in migrations
        for operation in migration.operations
    ]
    history = load_history()
    detected = detect(history, watch(history, history.plan, Sources()).state)
    ours = [(found.app_label, found.operation) for found in detected.operations]
    answers = json.dumps({"django": texts(django), "ours": texts(ours)})
    Path(sys.argv[1]).write_text(answers, encoding="utf-8")


if __name__ == "__main__":
    main()
