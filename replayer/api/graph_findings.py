"""Findings of the project's own apps that need the whole graph, or all apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.findings import DriftClass, Finding
from replayer.rules import RULES_BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.drift.ownership import Ownership
    from replayer.history.loader import History
    from replayer.sources import Sources


def undeclared_findings(
    history: History, sources: Sources, ownership: Ownership
) -> Iterator[Finding]:
    """Yield a finding for each operation that needs what is not among its ancestors."""
    if not any(map(ownership.is_own, {key.app_label for key in history.plan})):
        # Only the user's own are told, and networkx costs a fifth of a second.
        return
    from replayer.graph.ancestors import index_ancestors
    from replayer.graph.build import build_digraph
    from replayer.graph.undeclared import undeclared_dependencies

    rule = RULES_BY_ID["R405"]
    for fault in undeclared_dependencies(history, index_ancestors(build_digraph(history))):
        key = fault.operation.migration
        if not ownership.is_own(key.app_label):
            continue
        place = sources.operation_source(history.on_disk[key], fault.operation.index)
        maker = fault.makers[0] if fault.makers else None
        by = f" ({maker} makes it)" if maker else ""
        hint = rule.cure_for(app=key.app_label, migration=key.name)
        if maker is not None:
            hint = f"Add to its `dependencies`: ({maker.app_label!r}, {maker.name!r})"
        yield Finding(
            rule_id=rule.id,
            drift_class=DriftClass.GRAPH,
            severity=rule.severity,
            app_label=key.app_label,
            subject=f"{key.name}: {fault.model}",
            message=f"{key} needs {fault.model}{by}, which is not among its dependencies",
            source=place,
            migration=key,
            migration_source=place,
            hint=hint,
        )


def unmigrated_findings(
    history: History, sources: Sources, ownership: Ownership
) -> Iterator[Finding]:
    """Yield a finding for each app that has models and no migrations."""
    from django.apps import apps

    rule = RULES_BY_ID["R112"]
    for label in history.unmigrated_apps:
        models = list(apps.get_app_config(label).get_models())
        if not ownership.is_own(label) or not models:
            continue
        names = ", ".join(sorted(str(model._meta.object_name) for model in models))  # noqa: SLF001
        yield Finding(
            rule_id=rule.id,
            drift_class=DriftClass.GRAPH,
            severity=rule.severity,
            app_label=label,
            message=f"app {label!r} has models and no migrations: {names}",
            source=sources.model_source(models[0]),
            hint=rule.cure_for(app=label),
        )
