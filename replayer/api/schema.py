"""The schema of a booted project: of its history, of its final state, or of its models."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from replayer.ddl.prelude import prelude_statements
from replayer.ddl.render import render_models
from replayer.ddl.selection import Selection, select
from replayer.ddl.tables import migrations_table_model, models_of_app, rendered_state_models
from replayer.dialects.connections import offline_connection
from replayer.errors import EmptySchemaError
from replayer.history.loader import load_history
from replayer.history.targets import plan_to, resolve_target
from replayer.model import Dialect
from replayer.replay.final import FinalState, replay_state
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.history.loader import History
    from replayer.model import MigrationKey, Statement
    from replayer.project.boot import Project


class SchemaKind(enum.Enum):
    """Which account of the schema is told."""

    HISTORY = "history"
    """What the migrations' database operations leave: what ``migrate`` leaves, names included."""
    STATE = "state"
    """The migrations' final ``ProjectState``."""
    MODELS = "models"
    """What ``models.py`` says now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRequest:
    """What is asked for."""

    kind: SchemaKind = SchemaKind.STATE
    at: tuple[str, ...] = ()
    """As ``--at``: ``app.0007``; empty for the whole history."""
    selection: Selection = field(default_factory=Selection)
    include_unmigrated: bool = False
    include_migrations_table: bool = False
    allow_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema as statements that load in one pass into an empty database."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()
    """What can't be shown and what was left out, one sentence each."""

    @property
    def sql(self) -> str:
        """The document: one statement after another, each ended by ``;`` and a new line."""
        return "".join(f"{statement.sql};\n" for statement in self.statements)


def render_schema(project: Project, request: SchemaRequest) -> Schema:
    """Return the schema that is asked for.

    Raises
    ------
    HistoryError
        When the migrations don't form a history, or an app has several leaf nodes.
    ReplayError
        When an operation fails.
    DialectError
        When the dialect cannot express a model.
    UsageError
        When an app or a migration that is named does not exist.
    EmptySchemaError
        When nothing is left to print and ``allow_empty`` is not set.
    """
    sources = Sources()
    history = load_history()
    history.raise_for_conflicts()
    plan = chosen_plan(history, request.at)
    notes = list(history.warnings)
    final = replay_state(history, plan, sources)
    connection = offline_connection(project.target.alias)
    if request.kind is SchemaKind.MODELS:
        models = [
            model
            for label in sorted(history.loader.migrated_apps)
            for model in models_of_app(label)
        ]
    else:
        models = rendered_state_models(final.state)
        notes.extend(_unshown_notes(final))
    models.extend(_unmigrated(history, request, notes))
    if request.include_migrations_table:
        models.append(migrations_table_model())
    request.selection.check({model._meta.app_label for model in models})  # noqa: SLF001 - public
    chosen, cut = select(models, request.selection)
    notes.extend(cut)
    prelude: tuple[Statement, ...] = ()
    if project.target.facts.dialect is Dialect.POSTGRESQL:
        prelude = prelude_statements(history, plan, connection)
    rendered = render_models(chosen, connection)
    notes.extend(rendered.notes)
    if not rendered.statements and not request.allow_empty:
        message = "the schema is empty: no model of a migrated app has a table"
        raise EmptySchemaError(message, hint="type --allow-empty if that is meant")
    return Schema(statements=(*prelude, *rendered.statements), notes=tuple(notes))


def chosen_plan(history: History, at: Sequence[str]) -> tuple[MigrationKey, ...]:
    """Return the plan up to what ``--at`` names, the whole plan where it names nothing.

    Raises
    ------
    UsageError
        When there is no such app or migration.
    """
    if not at:
        return history.plan
    return plan_to(history, [resolve_target(history, text) for text in at])


def _unshown_notes(final: FinalState) -> list[str]:
    if not final.unshown:
        return []
    kinds = Counter(unshown.kind for unshown in final.unshown)
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    count = len(final.unshown)
    noun = "operation" if count == 1 else "operations"
    return [f"{count} {noun} whose effect on the database a state may not show: {listed}"]


def _unmigrated(history: History, request: SchemaRequest, notes: list[str]) -> list[Any]:
    labels = history.unmigrated_apps
    if not labels:
        return []
    if not request.include_unmigrated:
        listed = ", ".join(labels)
        notes.append(
            f"apps without migrations, not printed: {listed} (--include-unmigrated prints them)"
        )
        return []
    return [model for label in labels for model in models_of_app(label)]
