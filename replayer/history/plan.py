"""The order in which ``migrate`` applies the migrations to a fresh database, in linear time.

Django walks the ancestors of each leaf node anew, and looks each one up in what it has. One walk
that remembers where it has been gives the same order: what is already in the plan has all its
ancestors in the plan, so a walk that stops there loses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.errors import HistoryError
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.migrations.graph import MigrationGraph


def leaf_nodes(graph: MigrationGraph) -> tuple[MigrationKey, ...]:
    """Return the migrations upon which none of their own app depends, sorted.

    References
    ----------
    ``django/db/migrations/graph.py``, ``MigrationGraph.leaf_nodes``; equal to it, without a call of
    ``Node.__getitem__`` for each edge.
    """
    return tuple(
        sorted(
            MigrationKey(*key)
            for key, node in graph.node_map.items()
            if not any(child.key[0] == key[0] for child in node.children)
        )
    )


def full_plan(graph: MigrationGraph) -> tuple[MigrationKey, ...]:
    """Return every migration, in the order of ``migrate`` on a fresh database.

    Raises
    ------
    HistoryError
        If migrations depend on each other in a circle. Django would not come back.

    Notes
    -----
    Equal to ``MigrationExecutor.migration_plan(graph.leaf_nodes(), clean_start=True)``. In an
    acyclic graph each migration is an ancestor of a leaf node of its own app, so a plan that is
    too short tells of a circle without a leaf node.
    """
    plan = ancestors_in_order(graph, leaf_nodes(graph))
    if len(plan) != len(graph.node_map):
        message = "some migrations depend on each other in a circle"
        raise HistoryError(message)
    return plan


def ancestors_in_order(
    graph: MigrationGraph, targets: Iterable[tuple[str, str]]
) -> tuple[MigrationKey, ...]:
    """Return the targets and all that they need, each after what it needs.

    Raises
    ------
    HistoryError
        If an ancestor depends on itself through others.

    References
    ----------
    ``django/db/migrations/graph.py``, ``MigrationGraph.iterative_dfs``: parents sorted, the last
    one first, itself after them. Here one set of visited nodes serves all targets.
    """
    node_map: dict[Any, Any] = graph.node_map
    is_done: dict[tuple[str, str], bool] = {}
    plan: list[MigrationKey] = []
    for target in targets:
        stack = [(node_map[target], False)]
        while stack:
            node, has_parents = stack.pop()
            key = node.key
            if has_parents:
                is_done[key] = True
                plan.append(key if type(key) is MigrationKey else MigrationKey(*key))
                continue
            done = is_done.get(key)
            if done:
                continue
            if done is False:
                # It waits for its parents, and is a parent of one of them.
                message = f"{key[0]}.{key[1]} depends on itself through other migrations"
                raise HistoryError(message)
            is_done[key] = False
            stack.append((node, True))
            parents = node.parents
            if len(parents) > 1:
                stack += [(p, False) for p in sorted(parents, key=_key)]
            elif parents:
                stack += [(p, False) for p in parents]
    return tuple(plan)


def _key(node: Any) -> tuple[str, str]:  # noqa: ANN401 - Django's Node, which has no stubs
    key: tuple[str, str] = node.key
    return key
