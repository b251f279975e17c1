"""Run in a project: hold the operations that the check finds to its laws, and write them down.

The first argument is a dialect, the second a file for what was found to be wrong, the third says
whether the operations are written into the project as migrations, a chain of one per change of app.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from replayer.cli.context import boot_project


def write_migrations(history: Any, operations: Any) -> None:
    from django.apps import apps
    from django.db.migrations.migration import Migration
    from django.db.migrations.writer import MigrationWriter

    leaves = [tuple(key) for key in history.graph.leaf_nodes()]
    previous: list[tuple[str, str]] = []
    groups = groupby(operations, key=lambda found: found.app_label)
    for at, (label, found) in enumerate(groups):
        migration: Any = Migration(f"90{at:02}_drift", label)
        migration.operations = [one.operation for one in found]
        migration.dependencies = [*leaves, *previous]
        previous = [(label, migration.name)]
        directory = Path(apps.get_app_config(label).path) / "migrations"
        text = MigrationWriter(migration).as_string()
        (directory / f"{migration.name}.py").write_text(text, encoding="utf-8")


def main() -> None:
    dialect, answer, wants_files = sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3] == "write"
    options: Any = SimpleNamespace(
        settings=None, pythonpath=None, dialect=dialect, server_version=None, database="default"
    )
    project = boot_project(options, Path.cwd())
    from django.apps import apps

    from replayer.ddl.render import render_models
    from replayer.ddl.tables import rendered_state_models
    from replayer.dialects.connections import offline_connection
    from replayer.drift.classify import Judge
    from replayer.drift.columns import without_column_order
    from replayer.drift.detect import detect
    from replayer.drift.watch import watch
    from replayer.drift.written import operation_text
    from replayer.history.loader import load_history
    from replayer.model import ModelKey
    from replayer.sources import Sources

    def rendered(models: Any, connection: Any) -> frozenset[str]:
        return frozenset(
            without_column_order(statement.sql)
            for statement in render_models(models, connection).statements
        )

    connection = offline_connection(project.target.alias)
    history = load_history()
    state = watch(history, history.plan, Sources()).state
    detected = detect(history, state)
    live = {
        ModelKey(model._meta.app_label, str(model._meta.model_name)): model
        for model in apps.get_models(include_swapped=True)
    }
    judge = Judge(
        {connection.facts.dialect: connection}, rendered, live, set(history.loader.unmigrated_apps)
    )
    judged, _ = judge.judge(detected, state)
    wrong: list[str] = []
    kinds: list[bool] = []
    whole = rendered(rendered_state_models(state), connection)
    now = state
    for one in judged:
        now = now.clone()
        one.found.operation.state_forwards(one.found.app_label, now)
        before, whole = whole, rendered(rendered_state_models(now), connection)
        kinds.append(bool(one.dialects))
        if (before != whole) != bool(one.dialects):
            wrong.append(operation_text(one.found.operation))
    again = [operation_text(one.operation) for one in detect(history, now).operations]
    if wants_files:
        write_migrations(history, detected.operations)
    answers = {"wrong": wrong, "again": again, "schema": kinds}
    answer.write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
