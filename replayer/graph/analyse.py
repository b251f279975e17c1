"""Facts of a migration graph that no reading of single files shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from replayer.graph.ancestors import index_ancestors
from replayer.graph.build import app_digraph, build_digraph
from replayer.graph.undeclared import UndeclaredDependency, undeclared_dependencies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from replayer.graph.ancestors import Ancestors
    from replayer.history.loader import History
    from replayer.model import MigrationKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that `analyse` finds; every tuple is sorted but `generations` and `critical_path`."""

    digraph: nx.DiGraph[MigrationKey]
    roots: tuple[MigrationKey, ...]
    sinks: tuple[MigrationKey, ...]
    generations: tuple[tuple[MigrationKey, ...], ...]
    critical_path: tuple[MigrationKey, ...]
    merges: tuple[MigrationKey, ...]
    redundant_edges: tuple[tuple[MigrationKey, MigrationKey], ...]
    undeclared_dependencies: tuple[UndeclaredDependency, ...]
    app_knots: tuple[tuple[str, ...], ...]
    replaced: Mapping[MigrationKey, tuple[MigrationKey, ...]]
    """What each squash replaces."""
    removable_squashes: tuple[MigrationKey, ...]
    """Squashes whose ``replaces`` names nothing that still exists, so that it may be deleted."""


def analyse(history: History) -> Analysis:
    """Return every fact that this module knows of."""
    digraph = build_digraph(history)
    ancestors = index_ancestors(digraph)
    return Analysis(
        digraph=digraph,
        roots=roots(digraph),
        sinks=sinks(digraph),
        generations=tuple(generations(digraph)),
        critical_path=critical_path(digraph),
        merges=merges(digraph),
        redundant_edges=redundant_edges(digraph, ancestors),
        undeclared_dependencies=undeclared_dependencies(history, ancestors),
        app_knots=app_knots(digraph),
        replaced=history.replaced,
        removable_squashes=tuple(
            sorted(
                key
                for key, replaced in history.replaced.items()
                if key in history.migrations and not history.on_disk.keys() & set(replaced)
            )
        ),
    )


def roots(digraph: nx.DiGraph[MigrationKey]) -> tuple[MigrationKey, ...]:
    """Return the migrations that need no other, sorted."""
    return tuple(sorted(key for key, degree in digraph.in_degree() if degree == 0))


def sinks(digraph: nx.DiGraph[MigrationKey]) -> tuple[MigrationKey, ...]:
    """Return the migrations that no other needs, sorted.

    Notes
    -----
    Not Django's leaf nodes, which look at their own app alone.
    """
    return tuple(sorted(key for key, degree in digraph.out_degree() if degree == 0))


def generations(digraph: nx.DiGraph[MigrationKey]) -> Iterator[tuple[MigrationKey, ...]]:
    """Yield the migrations which may be applied side by side, earliest first, each sorted.

    Raises
    ------
    networkx.NetworkXUnfeasible
        While iterating, if the digraph has a cycle.
    """
    for generation in nx.topological_generations(digraph):
        yield tuple(sorted(generation))


def critical_path(digraph: nx.DiGraph[MigrationKey]) -> tuple[MigrationKey, ...]:
    """Return a longest chain of dependencies, from a root to a sink.

    Raises
    ------
    networkx.NetworkXUnfeasible
        If the digraph has a cycle.

    Notes
    -----
    Of several longest chains always the same, whatever the order of nodes and edges: the one whose
    last migration sorts first, and before it again.
    """
    length: dict[MigrationKey, int] = {}
    before: dict[MigrationKey, MigrationKey | None] = {}
    for key in nx.topological_sort(digraph):
        best = min(
            digraph.predecessors(key), key=lambda parent: (-length[parent], parent), default=None
        )
        before[key] = best
        length[key] = 1 if best is None else length[best] + 1
    step = min(length, key=lambda key: (-length[key], key), default=None)
    path: list[MigrationKey] = []
    while step is not None:
        path.append(step)
        step = before[step]
    return tuple(reversed(path))


def merges(digraph: nx.DiGraph[MigrationKey]) -> tuple[MigrationKey, ...]:
    """Return the migrations that join several lines of their own app, sorted.

    Notes
    -----
    Two parents of which one needs the other are one line.
    """
    found = []
    for key in digraph:
        own = [p for p in digraph.predecessors(key) if p.app_label == key.app_label]
        if len(own) > 1 and len(_last_of(digraph, own)) > 1:
            found.append(key)
    return tuple(sorted(found))


def redundant_edges(
    digraph: nx.DiGraph[MigrationKey], ancestors: Ancestors
) -> tuple[tuple[MigrationKey, MigrationKey], ...]:
    """Return the edges, sorted, whose dependency another dependency of the dependent needs anyway.

    Notes
    -----
    They are the edges that a transitive reduction leaves out. Harmless, and often meant: a
    migration may well name all the apps whose models it points at.
    """
    found = []
    for key in digraph:
        parents = list(digraph.predecessors(key))
        if len(parents) > 1:
            found += [
                (parent, key)
                for parent in parents
                if any(ancestors.is_before(parent, other) for other in parents)
            ]
    return tuple(sorted(found))


def app_knots(digraph: nx.DiGraph[MigrationKey]) -> tuple[tuple[str, ...], ...]:
    """Return the sets of apps that need each other, each sorted, so none can be installed alone."""
    knots = nx.strongly_connected_components(app_digraph(digraph))
    return tuple(sorted(tuple(sorted(knot)) for knot in knots if len(knot) > 1))


def _last_of(digraph: nx.DiGraph[MigrationKey], keys: list[MigrationKey]) -> list[MigrationKey]:
    return [
        key
        for key in keys
        if not any(other != key and nx.has_path(digraph, key, other) for other in keys)
    ]
