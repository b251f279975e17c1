"""The state's account of the tables that an operation touched, where its own way is barred.

A model that moves to another app is created in the state over a table that stands already: as
plain operations the state's side would be refused. What it says of the tables can be compared all
the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import router

from replayer.ledger.scratch import Snapshot, scratch
from replayer.ledger.sides import changed_keys
from replayer.model import Dialect, ModelKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replayer.replay.history_state import HistoryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What the state says of some tables."""

    schema: Snapshot
    tables: frozenset[str]
    """The tables that it speaks of; the rest of the schema is the database's own."""


def account_of(
    connection: Any,  # noqa: ANN401 - an offline wrapper
    editor: Any,  # noqa: ANN401 - a schema editor
    before: HistoryState,
    after: HistoryState,
) -> Account:
    """Make the tables of the models that differ between two states anew, on a copy.

    Notes
    -----
    It tells of whole tables, so what earlier operations left unequal in them is told again.

    Raises
    ------
    Exception
        The driver's, when the server would refuse the tables.
    """
    keys = changed_keys(before, after)
    models = list(_models(after, keys, connection))
    tables = {table for model in models for table in _tables(model)}
    gone = {_table_name(before, key) for key in keys if after.models.peek(key) is None}
    gone -= {_table_name(after, ModelKey(*key)) for key in after.models.keys_only()}
    quote = connection.ops.quote_name
    with scratch(connection) as catalog:
        catalog.execute_all(str(statement) for statement in editor.deferred_sql)
        if connection.facts.dialect.is_mysql_like:
            catalog.execute("SET foreign_key_checks = 0")
        cascade = " CASCADE" if connection.facts.dialect is Dialect.POSTGRESQL else ""
        for table in sorted(tables | gone):
            catalog.execute(f"DROP TABLE IF EXISTS {quote(table)}{cascade}")
        own = type(editor)(connection, atomic=False)
        own.deferred_sql = []
        for model in models:
            own.create_model(model)
        for statement in own.deferred_sql:
            own.execute(statement, None)
        schema = Snapshot(connection.backing.catalog)
    return Account(schema=schema, tables=frozenset(tables | gone))


def _models(
    state: HistoryState,
    keys: Sequence[ModelKey],
    connection: Any,  # noqa: ANN401 - an offline wrapper
) -> Iterator[Any]:
    alive = [key for key in keys if state.models.peek(key) is not None]
    state.roots = frozenset(alive)
    for key in alive:
        model = state.apps.get_model(*key)
        meta = model._meta  # noqa: SLF001 - Django's public name
        if meta.proxy or not meta.managed or meta.swapped:
            continue
        if router.allow_migrate_model(connection.alias, model):
            yield model


def _tables(model: Any) -> Iterator[str]:  # noqa: ANN401 - a model class
    meta = model._meta  # noqa: SLF001 - Django's public name
    yield meta.db_table
    for field in meta.local_many_to_many:
        through = field.remote_field.through._meta  # noqa: SLF001 - Django's public name
        if through.auto_created:
            yield through.db_table


def _table_name(state: HistoryState, key: ModelKey) -> str:
    model = state.models.peek(key)
    options = {} if model is None else model.options
    return str(options.get("db_table") or f"{key.app_label}_{key.model_name}")
