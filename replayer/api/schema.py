"""The schema of a booted project: of its history, of its final state, or of its models."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from replayer.api.request import Schema, SchemaKind, SchemaRequest
from replayer.ddl.document import write_document
from replayer.ddl.omission import without
from replayer.ddl.positions import PositionKind, model_positions, placed, state_positions
from replayer.ddl.prelude import fuzzy_collations, prelude_statements, schema_statements
from replayer.ddl.render import render_models
from replayer.ddl.selection import keys_within, select
from replayer.ddl.session import session_statements
from replayer.ddl.tables import migrations_table_model, models_of_app, rendered_state_models
from replayer.dialects.connections import offline_connection
from replayer.dialects.facts import note_of_age
from replayer.errors import EmptySchemaError, UsageError
from replayer.history.loader import load_history
from replayer.history.targets import plan_to, resolve_target
from replayer.model import Dialect
from replayer.replay.final import FinalState, replay_state
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from replayer.history.loader import History
    from replayer.model import MigrationKey, Source, Statement
    from replayer.project.boot import Project
    from replayer.replay.state import ReplayState


def render_schema(project: Project, request: SchemaRequest) -> Schema:
    """Return the schema that is asked for.

    Raises
    ------
    HistoryError
        When the migrations don't form a history, or an app has several leaf nodes.
    ReplayError
        When an operation fails, or a server would refuse one of its statements.
    DialectError
        When the dialect cannot express a model.
    UsageError
        When an app or a migration that is named does not exist, or what is left out is needed.
    EmptySchemaError
        When nothing is left to print and ``allow_empty`` is not set.
    """
    _refuse_contradictions(request)
    sources = Sources()
    history = load_history()
    history.raise_for_conflicts()
    plan = chosen_plan(history, request.at)
    notes = list(history.warnings)
    labels = _unmigrated_labels(history, request, notes)
    connection = offline_connection(project.target.alias)
    age = note_of_age(connection)
    if age is not None:
        notes.append(age)
    is_history = request.kind is SchemaKind.HISTORY
    if is_history and project.target.facts.dialect is Dialect.MSSQL:
        is_history = False
        notes.append(
            "the final state is printed, not the history: SQL Server names inline constraints at "
            "random, and its schema editor asks the server for them"
        )
    if is_history:
        from replayer.api.told_history import tell_history

        schema = tell_history(history, plan, connection, sources, request, labels)
    else:
        schema = _model_schema(project, history, plan, connection, sources, request, labels)
    if not schema.statements and not request.allow_empty:
        message = "the schema is empty: no model of a migrated app has a table"
        hint = "type --allow-empty if that is meant"
        if history.unmigrated_apps and not request.include_unmigrated:
            listed = ", ".join(history.unmigrated_apps)
            message = f"{message}, and these apps have no migrations: {listed}"
            hint = "type: python manage.py makemigrations, or --include-unmigrated"
        raise EmptySchemaError(message, hint=hint)
    session = session_statements(connection, schema.statements)
    schema = replace(schema, statements=(*session, *schema.statements))
    text = schema.text
    if text is not None:
        text = "".join(f"{statement.sql};\n" for statement in session) + text
    else:
        positions, more = placed(
            schema.places,
            schema.statements,
            str(project.location.root),
            is_wide=request.are_positions_wide,
        )
        notes.extend(more)
        text = write_document(schema.statements, project.target.facts.dialect, positions)
    drift = schema.drift
    if schema.state is not None:
        drift = _drift(project, history, schema.state, request)
    return replace(schema, notes=(*notes, *schema.notes), text=text, drift=drift)


def _drift(
    project: Project, history: History, state: ReplayState, request: SchemaRequest
) -> str | None:
    if request.at:
        return None
    from replayer.drift.line import drift_line

    return drift_line(history, state, [str(project.root)])


def _refuse_contradictions(request: SchemaRequest) -> None:
    is_declared = bool(request.serial) or request.known_names is not None
    if is_declared and (request.is_verbatim or request.kind is not SchemaKind.HISTORY):
        message = "--known-names and --serial change the history's compact schema only"
        raise UsageError(message, hint="leave out --verbatim and --schema")
    has_changes = bool(request.omit) or not request.has_foreign_keys
    if request.is_verbatim and (has_changes or request.positions is not PositionKind.NONE):
        message = (
            "--verbatim prints the history as it is, without --omit, --no-foreign-keys or --pos"
        )
        raise UsageError(message, hint="leave --verbatim out")


def _model_schema(  # noqa: PLR0917 - what render_schema has at hand
    project: Project,
    history: History,
    plan: Sequence[MigrationKey],
    connection: Any,  # noqa: ANN401 - an offline wrapper
    sources: Sources,
    request: SchemaRequest,
    labels: Sequence[str],
) -> Schema:
    drift: str | None = None
    notes: list[str] = []
    if request.kind is SchemaKind.MODELS:
        migrated = sorted(history.loader.migrated_apps)
        models = [model for label in migrated for model in models_of_app(label)]
    else:
        final = replay_state(history, plan, sources)
        # First, because rendering uses the state up.
        drift = _drift(project, history, final.state, request)
        models = rendered_state_models(final.state, is_spent=True)
        notes.extend(_unshown_notes(final))
    models.extend(model for label in labels for model in models_of_app(label))
    if request.include_migrations_table:
        models.append(migrations_table_model())
    request.selection.check({model._meta.app_label for model in models})  # noqa: SLF001 - public
    chosen, cut = select(models, request.selection)
    notes.extend(cut)
    if not request.has_foreign_keys:
        from replayer.ddl.keyless import drop_constraints

        drop_constraints(chosen)
    prelude: tuple[Statement, ...] = ()
    if connection.facts.dialect is Dialect.POSTGRESQL:
        prelude = prelude_statements(history, plan, connection)
        prelude = (*schema_statements(chosen), *prelude)
    with keys_within(chosen, connection.alias) as cut_outside:
        rendered = render_models(chosen, connection, fuzzy_collations(prelude))
    notes.extend((*cut_outside, *rendered.notes))
    statements = (*prelude, *rendered.statements) if rendered.statements else ()
    places: Mapping[str, Source] = {}
    if request.positions is PositionKind.MODEL:
        places = model_positions(sources)
    elif request.positions is PositionKind.MIGRATION:
        places = state_positions(history, plan, chosen, sources)
    return Schema(
        statements=without(statements, request.omit),
        notes=tuple(notes),
        places=places,
        drift=drift,
    )


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


def _unmigrated_labels(
    history: History, request: SchemaRequest, notes: list[str]
) -> tuple[str, ...]:
    labels = history.unmigrated_apps
    if labels and not request.include_unmigrated:
        listed = ", ".join(labels)
        notes.append(
            f"apps without migrations, not printed: {listed} (--include-unmigrated prints them)"
        )
        return ()
    return labels
