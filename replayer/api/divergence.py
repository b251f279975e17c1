"""The history's schema against its state's: both catalogues are made here and compared in drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.api.history_schema import empty_catalog, replay_history
from replayer.catalog.refusals import CatalogError
from replayer.ddl.prelude import prelude_statements, schema_statements
from replayer.ddl.render import render_models
from replayer.ddl.tables import rendered_state_models
from replayer.drift.divergence import Divergence, refused_step
from replayer.errors import DialectError, ReplayError
from replayer.findings import DriftClass, Finding
from replayer.model import Dialect, ModelKey
from replayer.rules import RULES_BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.history.loader import History
    from replayer.replay.state import ReplayState
    from replayer.sources import Sources


def divergence_findings(
    history: History,
    state: ReplayState,
    connection: Any,  # noqa: ANN401 - an offline wrapper
    sources: Sources,
    is_own: Callable[[str], bool],
) -> tuple[Finding, ...]:
    """Replay the history and return in what it leaves another schema than its state."""
    dialect = connection.facts.dialect
    models = rendered_state_models(state)
    rendered, refusal = _rendered(history, models, connection)
    try:
        replayed = replay_history(history, history.plan, connection, sources)
    except ReplayError as error:
        return (refused_step(error, dialect),)
    # What a server refuses of the history comes first: that is where it is mended.
    if isinstance(refusal, DialectError):
        raise refusal
    if refusal is not None:
        return (refusal,)
    owners: dict[str, tuple[ModelKey, str]] = {}
    for model in models:
        meta = model._meta  # noqa: SLF001 - Django's public name
        key = ModelKey(meta.app_label, meta.model_name)
        owners.setdefault(meta.db_table.strip('"'), (key, meta.object_name))
    divergence = Divergence(
        rendered,
        replayed.catalog,
        records=replayed.records,
        owners=owners,
        history=history,
        sources=sources,
        is_own=is_own,
    )
    return tuple(divergence.findings())


def _rendered(
    history: History,
    models: Sequence[Any],
    connection: Any,  # noqa: ANN401 - an offline wrapper
) -> tuple[Catalog, Finding | DialectError | None]:
    """Return the catalogue of a state's models, and why it isn't whole, if it isn't."""
    rendered = empty_catalog(connection.facts)
    try:
        statements = list(render_models(models, connection).statements)
    except DialectError as error:
        return rendered, error
    dialect = connection.facts.dialect
    if dialect is Dialect.POSTGRESQL:
        statements[:0] = prelude_statements(history, history.plan, connection)
        statements[:0] = schema_statements(models)
    loaded = None
    try:
        for loaded in statements:
            rendered.execute(loaded.sql)
    except CatalogError as error:
        return rendered, _unloadable(loaded.model if loaded else None, str(error), dialect)
    return rendered, None


def _unloadable(model: ModelKey | None, text: str, dialect: Dialect) -> Finding:
    rule = RULES_BY_ID["R301"]
    return Finding(
        rule_id="R301",
        drift_class=DriftClass.DIVERGENCE,
        severity=rule.severity,
        app_label=model.app_label if model else "",
        subject=str(model),
        message=f"the final state's own schema is refused by {dialect.value}: {text}",
        dialects=(dialect,),
        hint=rule.cure_for(app=model.app_label if model else "APP"),
    )
