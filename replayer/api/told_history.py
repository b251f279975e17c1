"""The schema that a project's history leaves, told as the request wants it.

It rests on the catalogue; who asks for the state alone does not import it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.api.history_schema import replay_history
from replayer.api.proof import first_refusal, prove
from replayer.api.request import Schema, SchemaRequest
from replayer.ddl.keyless import without_foreign_keys, without_references
from replayer.ddl.notes import (
    function_notes,
    handler_notes,
    has_opaque,
    history_notes,
    respelt_literals,
)
from replayer.ddl.omission import without
from replayer.ddl.owners import selected_statements, table_owners
from replayer.ddl.positions import PositionKind, model_positions
from replayer.ddl.render import is_rendered
from replayer.ddl.tables import migrations_table_model, models_of_app
from replayer.ddl.verbatim import verbatim
from replayer.errors import UsageError
from replayer.model import Dialect
from replayer.replay.handlers import schema_handlers
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.history.loader import History
    from replayer.model import MigrationKey, Source
    from replayer.replay.record import MigrationRecord


def tell_history(  # noqa: PLR0917 - what render_schema has at hand
    history: History,
    plan: Sequence[MigrationKey],
    connection: Any,  # noqa: ANN401 - an offline wrapper
    sources: Sources,
    request: SchemaRequest,
    labels: Sequence[str],
) -> Schema:
    """Return the history's schema: compact, or verbatim, with what the request leaves out and adds.

    Raises
    ------
    ReplayError
        When an operation fails, or a server would refuse one of its statements.
    UsageError
        When an app that is named does not exist, or what is left out is needed.
    """
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
        proof = prove(catalog, statements)
        differences = proof.differences
        notes.extend(function_notes(proof.functions))
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
