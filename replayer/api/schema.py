"""The schema of a booted project: of its history, of its final state, or of its models."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from replayer.ddl.document import write_document
from replayer.ddl.omission import Omission, without
from replayer.ddl.positions import PositionKind, model_positions, placed, state_positions
from replayer.ddl.prelude import fuzzy_collations, prelude_statements, schema_statements
from replayer.ddl.render import is_rendered, render_models
from replayer.ddl.selection import Selection, keys_within, select
from replayer.ddl.session import session_statements
from replayer.ddl.tables import migrations_table_model, models_of_app, rendered_state_models
from replayer.dialects.connections import offline_connection
from replayer.dialects.facts import note_of_age
from replayer.errors import EmptySchemaError, UsageError
from replayer.history.loader import load_history
from replayer.history.targets import plan_to, resolve_target
from replayer.model import Dialect
from replayer.replay.final import FinalState, replay_state
from replayer.replay.policy import RunPythonPolicy
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.ddl.names_file import KnownNames
    from replayer.history.loader import History
    from replayer.model import MigrationKey, Source, Statement
    from replayer.project.boot import Project
    from replayer.replay.record import MigrationRecord
    from replayer.replay.state import ReplayState


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

    kind: SchemaKind = SchemaKind.HISTORY
    at: tuple[str, ...] = ()
    """As ``--at``: ``app.0007``; empty for the whole history."""
    selection: Selection = field(default_factory=Selection)
    include_unmigrated: bool = False
    include_migrations_table: bool = False
    allow_empty: bool = False
    run_python: RunPythonPolicy = RunPythonPolicy.AUTO
    is_verbatim: bool = False
    """Print the history's own statements, migration by migration."""
    known_names: KnownNames | None = None
    """Of a real database, whose names and numberings the schema shall bear."""
    serial: tuple[str, ...] = ()
    """``table.column`` patterns of columns that are numbered by ``serial``, not as identity."""
    signals: bool = False
    """Whether ``pre_migrate`` and ``post_migrate`` handlers that make schema objects are run."""
    omit: frozenset[Omission] = frozenset()
    """Kinds of objects that are left out."""
    has_foreign_keys: bool = True
    positions: PositionKind = PositionKind.NONE
    """What the ``atlas:pos`` lines above the statements point at."""
    are_positions_wide: bool = False
    """Whether they name files outside the project too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema as statements that load in one pass into an empty database."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()
    """What can't be shown and what was left out, one sentence each."""
    differences: tuple[str, ...] = ()
    """What the printed schema lacks of the one it tells; empty when it is proven equal."""
    is_doubtful: bool = False
    """Whether an operation is opaque or the printed schema is not proven equal."""
    text: str | None = None
    """The document where it is more than its statements: with comments, verbatim, positions."""
    places: Mapping[str, Source] = field(default_factory=dict)
    """Where each table is written, by its unquoted name; empty unless it was asked for."""
    state: ReplayState | None = field(default=None, repr=False)
    """The migrations' final state, which the models are still to be compared with."""
    drift: str | None = None
    """A line on how the models differ from the migrations, or None where they don't."""

    @property
    def sql(self) -> str:
        """The document: one statement after another, each ended by ``;`` and a new line."""
        if self.text is not None:
            return self.text
        return "".join(f"{statement.sql};\n" for statement in self.statements)


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
        schema = _history_schema(history, plan, connection, sources, request, labels)
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


def _history_schema(  # noqa: PLR0917 - what render_schema has at hand
    history: History,
    plan: Sequence[MigrationKey],
    connection: Any,  # noqa: ANN401 - an offline wrapper
    sources: Sources,
    request: SchemaRequest,
    labels: Sequence[str],
) -> Schema:
    # Imported here: who asks for the state alone does not pay for the catalogue.
    from replayer.api.history_schema import replay_history
    from replayer.api.proof import differences_of, first_refusal
    from replayer.ddl.keyless import without_foreign_keys, without_references
    from replayer.ddl.notes import handler_notes, has_opaque, history_notes, respelt_literals
    from replayer.ddl.owners import selected_statements, table_owners
    from replayer.ddl.verbatim import verbatim
    from replayer.replay.handlers import schema_handlers

    handlers = schema_handlers()
    extra = [model for label in labels for model in models_of_app(label)]
    replayed = replay_history(
        history,
        plan,
        connection,
        sources,
        run_python=request.run_python,
        handlers=handlers if request.signals else (),
        first=[migrations_table_model()] if request.include_migrations_table else [],
        last=[model for model in extra if is_rendered(model, connection.alias)],
    )
    notes = list(history_notes(replayed.records))
    notes += handler_notes(() if request.signals else handlers, replayed.handled)
    is_opaque = has_opaque(replayed.records, replayed.handled)
    if request.is_verbatim:
        text, statements = verbatim(replayed.records, replayed.catalog.dialect, replayed.handled)
        respelt = respelt_literals(replayed.records, statements)
        return Schema(
            statements=statements,
            notes=tuple(notes),
            differences=respelt,
            text=text,
            is_doubtful=is_opaque or bool(respelt),
            state=replayed.state,
        )
    catalog = replayed.catalog
    if request.serial or request.known_names is not None:
        catalog, more = _declared(catalog, request)
        notes.extend(more)
    if not request.has_foreign_keys:
        catalog = without_foreign_keys(catalog)
    statements = catalog.statements()
    differences: tuple[str, ...] = ()
    if request.selection.is_whole:
        differences = differences_of(catalog, statements)
    else:
        owners = table_owners(replayed.records, replayed.state)
        request.selection.check({*owners.values(), *history.loader.migrated_apps, *labels})
        statements, cut = selected_statements(catalog, owners, request.selection)
        notes.extend(cut)
    if not request.has_foreign_keys and catalog.dialect is Dialect.SQLITE:
        statements = without_references(statements)
    if request.omit:
        statements = without(statements, request.omit)
        refusal = first_refusal(catalog.facts, statements)
        if refusal is not None:
            message = f"what --omit leaves out is needed: {refusal}"
            raise UsageError(message, hint="leave out what needs it too")
    differences += respelt_literals(replayed.records, statements)
    return Schema(
        statements=statements,
        notes=tuple(notes),
        differences=differences,
        is_doubtful=is_opaque or bool(differences),
        places=_history_places(replayed.records, history, sources, request.positions),
        state=replayed.state,
    )


def _declared(catalog: Catalog, request: SchemaRequest) -> tuple[Catalog, list[str]]:
    """Give the catalogue what no migration tells: a real database's names, old numberings."""
    from replayer.ddl.known_names import with_known_names, with_serials

    notes: list[str] = []
    if request.serial:
        catalog, more = with_serials(catalog, request.serial)
        notes.extend(more)
    if request.known_names is not None:
        catalog, more = with_known_names(catalog, request.known_names)
        notes.extend(more)
    return catalog, notes


def _history_places(
    records: Sequence[MigrationRecord], history: History, sources: Sources, kind: PositionKind
) -> Mapping[str, Source]:
    from replayer.ddl.positions import record_positions

    if kind is PositionKind.MODEL:
        return model_positions(sources)
    if kind is PositionKind.MIGRATION:
        return record_positions(records, history, sources)
    return {}


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
