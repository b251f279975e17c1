"""Make a networkx digraph of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Collection

    from replayer.history.loader import History
    from replayer.model import MigrationKey


def build_digraph(history: History) -> nx.DiGraph[MigrationKey]:
    """Return the nodes and edges of Django's graph.

    Notes
    -----
    Nodes are added in the order of the plan, edges sorted. Each edge has ``kind``, an
    `replayer.history.edges.EdgeKind`, and ``origin``, the migration in whose file it is written,
    which is not a node where a squash replaces it.
    """
    digraph: nx.DiGraph[MigrationKey] = nx.DiGraph()
    digraph.add_nodes_from(history.plan)
    digraph.add_edges_from(
        (edge.dependency, edge.dependent, {"kind": edge.kind, "origin": edge.origin})
        for edge in history.edges
    )
    return digraph


def restrict_to_apps(
    digraph: nx.DiGraph[MigrationKey], app_labels: Collection[str]
) -> nx.DiGraph[MigrationKey]:
    """Return the migrations of some apps, and the edges between them.

    Notes
    -----
    A copy, with the nodes and edges in the order of the whole.
    """
    part: nx.DiGraph[MigrationKey] = nx.DiGraph()
    part.add_nodes_from(key for key in digraph if key.app_label in app_labels)
    part.add_edges_from(
        (before, after, data)
        for before, after, data in digraph.edges(data=True)
        if before in part and after in part
    )
    return part


def ancestry(digraph: nx.DiGraph[MigrationKey], target: MigrationKey) -> nx.DiGraph[MigrationKey]:
    """Return a migration, all that it needs, and the edges between them, as a copy."""
    wanted = nx.ancestors(digraph, target) | {target}
    part: nx.DiGraph[MigrationKey] = nx.DiGraph()
    part.add_nodes_from(key for key in digraph if key in wanted)
    part.add_edges_from(
        (before, after, data) for before, after, data in digraph.edges(data=True) if after in wanted
    )
    return part


def app_digraph(digraph: nx.DiGraph[MigrationKey]) -> nx.DiGraph[str]:
    """Return which apps need which: an edge runs from an app to one that depends on it.

    Notes
    -----
    Each edge has ``weight``, the number of dependencies between migrations behind it. There may be
    circles: two apps may need each other without any two migrations doing so.
    """
    apps: nx.DiGraph[str] = nx.DiGraph()
    apps.add_nodes_from(sorted({key.app_label for key in digraph}))
    weights: dict[tuple[str, str], int] = {}
    for before, after in digraph.edges:
        if before.app_label != after.app_label:
            ends = (before.app_label, after.app_label)
            weights[ends] = weights.get(ends, 0) + 1
    for (before_app, after_app), weight in sorted(weights.items()):
        apps.add_edge(before_app, after_app, weight=weight)
    return apps
