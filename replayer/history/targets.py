"""Understand what ``--at`` names, and plan no further than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from django.apps import apps

from replayer.errors import UsageError
from replayer.history.faults import near_names
from replayer.history.plan import ancestors_in_order
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.history.loader import History

Target: TypeAlias = "MigrationKey | tuple[str, None]"
"""A migration, or an app of which nothing is applied."""


def resolve_target(history: History, text: str) -> Target:
    """Return the migration that ``app``, ``app.0007``, or ``app.zero`` names.

    Parameters
    ----------
    history
        The migrations.
    text
        ``app`` alone is its leaf node; after the dot stands a name, or the beginning of just one.

    Raises
    ------
    UsageError
        If there is no such app or migration, or if several begin so.

    Notes
    -----
    As ``migrate`` resolves its arguments, replaced migrations included, but for one thing: a name
    that is written in full is that migration, also when others begin with it, which ``migrate``
    calls ambiguous.

    References
    ----------
    ``django/core/management/commands/migrate.py``, ``handle``; ``django/db/migrations/loader.py``,
    ``get_migration_by_prefix``.
    """
    app_label, _, prefix = text.partition(".")
    _check_app(history, app_label, text)
    if prefix == "zero":
        return (app_label, None)
    if not prefix:
        return _leaf_node(history, app_label, text)
    names = sorted(key.name for key in history.on_disk if key.app_label == app_label)
    matching = [prefix] if prefix in names else [n for n in names if n.startswith(prefix)]
    if not matching:
        message = f"there is no migration {text!r}"
        short = {name.split("_", 1)[0]: name for name in names}
        near = near_names(prefix, names) or near_names(prefix, short)
        raise UsageError(message, hint=near or _range(names))
    if len(matching) > 1:
        message = f"{text!r} may be any of {', '.join(matching)}"
        raise UsageError(message, hint="type more of the name")
    return MigrationKey(app_label, matching[0])


def plan_to(history: History, targets: Iterable[Target]) -> tuple[MigrationKey, ...]:
    """Return the targets and all that they need, in the order of ``migrate``.

    Parameters
    ----------
    history
        The migrations.
    targets
        What `resolve_target` returned. The order in which they were typed plays no part.

    Returns
    -------
    For one target exactly what ``migrate app_label name`` applies to a fresh database: the target
    and its ancestors, nothing of apps that it does not need. For several, the union, as if
    ``migrate`` were called for each in sorted order and never went backwards. For all leaf nodes,
    `History.plan`. An app at zero adds nothing.

    Raises
    ------
    HistoryError
        If a target is a replaced migration and those that are replaced are no longer whole.

    Notes
    -----
    A target that a squash replaces makes Django plan without squashes; then the keys are found in
    `History.on_disk`, and not all in `History.migrations`.

    References
    ----------
    ``django/db/migrations/executor.py``, ``migration_plan``.
    """
    wanted = sorted({target for target in targets if target[1] is not None})
    graph = history.graph
    if any(target not in graph.node_map for target in wanted):
        graph = history.without_replacements().graph
    return ancestors_in_order(graph, wanted)


def _check_app(history: History, app_label: str, text: str) -> None:
    if app_label in history.loader.migrated_apps:
        return
    labels = [app_config.label for app_config in apps.get_app_configs()]
    if app_label in labels:
        message = f"app {app_label!r} has no migrations"
        raise UsageError(message)
    message = f"no app {app_label!r} is installed"
    if text != app_label:
        message += f" ({text!r})"
    raise UsageError(message, hint=near_names(app_label, labels) or None)


def _leaf_node(history: History, app_label: str, text: str) -> MigrationKey:
    leaves = [key for key in history.leaf_nodes if key.app_label == app_label]
    if len(leaves) == 1:
        return leaves[0]
    if leaves:
        message = f"{text!r} has several leaf nodes: {', '.join(key.name for key in leaves)}"
        raise UsageError(message, hint="type the name of one of them after a dot")
    message = f"app {app_label!r} has no migrations"
    raise UsageError(message)


def _range(names: list[str]) -> str | None:
    return f"its migrations go from {names[0]} to {names[-1]}" if names else None
