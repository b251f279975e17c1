"""Laws of the history, against Django's own answers and networkx's."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from django.db.migrations.exceptions import CircularDependencyError, NodeNotFoundError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from hypothesis import given
from hypothesis import strategies as st

from replayer.errors import HistoryError
from replayer.history.cycles import shortest_cycles
from replayer.history.disk import Disk
from replayer.history.loader import History, link
from replayer.history.plan import full_plan, leaf_nodes
from replayer.history.targets import plan_to
from replayer.model import MigrationKey
from tests.property.strategies import Written, acyclic_graphs, any_graphs, written_histories
from tests.unit.history.drawing import set_up_django

set_up_django()

Parents = dict[MigrationKey, tuple[MigrationKey, ...]]


def disk_of(parents: Parents) -> Disk:
    migrations: dict[MigrationKey, Any] = {
        key: Migration(key.name, key.app_label) for key in parents
    }
    for key, migration in migrations.items():
        migration.dependencies = list(parents[key])
    return Disk(
        migrations=migrations,
        paths={},
        migrated_apps=frozenset(key.app_label for key in parents),
        unmigrated_apps=frozenset(),
        failed=frozenset(),
        faults=(),
        warnings=(),
    )


def django_graph(parents: Parents) -> MigrationGraph:
    graph = MigrationGraph()
    for key, migration in disk_of(parents).migrations.items():
        graph.add_node(key, migration)
    for key, wanted in parents.items():
        for parent in wanted:
            graph.add_dependency(None, key, parent)
    return graph


def django_plan(graph: MigrationGraph, targets: list[tuple[str, str]]) -> list[tuple[str, str]]:
    executor = MigrationExecutor.__new__(MigrationExecutor)
    executor.loader = type("Loader", (), {"graph": graph, "replace_migrations": False})()
    plan = executor.migration_plan(targets, clean_start=True)
    return [(migration.app_label, migration.name) for migration, _ in plan]


@given(acyclic_graphs())
def test_the_plan_is_the_one_of_migrate(parents: Parents) -> None:
    graph = django_graph(parents)
    assert list(leaf_nodes(graph)) == graph.leaf_nodes()
    assert list(full_plan(graph)) == django_plan(graph, graph.leaf_nodes())


@given(acyclic_graphs(), st.data())
def test_the_plan_to_one_target_is_the_one_of_migrate(
    parents: Parents, data: st.DataObject
) -> None:
    if not parents:
        return
    target = data.draw(st.sampled_from(sorted(parents)))
    graph = django_graph(parents)
    assert list(plan_to(link(disk_of(parents)), [target])) == django_plan(graph, [target])


@given(acyclic_graphs())
def test_nodes_edges_and_conflicts_are_djangos(parents: Parents) -> None:
    graph = django_graph(parents)
    history: History = link(disk_of(parents))
    assert set(history.migrations) == set(graph.nodes)
    assert {(edge.dependent, edge.dependency) for edge in history.edges} == {
        (key, parent) for key in parents for parent in parents[key]
    }
    assert {
        label: [key.name for key in keys] for label, keys in history.conflicts.items()
    } == history.loader.detect_conflicts()


@given(any_graphs())
def test_each_knot_gives_one_of_its_shortest_cycles(parents: Parents) -> None:
    digraph: nx.DiGraph[MigrationKey] = nx.DiGraph()
    digraph.add_nodes_from(parents)
    digraph.add_edges_from((key, parent) for key in parents for parent in parents[key])
    knots = [knot for knot in nx.strongly_connected_components(digraph) if len(knot) > 1]
    cycles = shortest_cycles(parents)
    assert len(cycles) == len(knots)
    for cycle in cycles:
        (knot,) = [knot for knot in knots if cycle[0] in knot]
        assert set(cycle) <= knot
        assert all(
            digraph.has_edge(a, b) for a, b in zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        )
        assert len(cycle) == min(map(len, nx.simple_cycles(digraph.subgraph(knot))))
        assert cycle[0] == min(cycle)


@given(any_graphs())
def test_linking_refuses_exactly_the_graphs_with_a_circle(parents: Parents) -> None:
    digraph: nx.DiGraph[MigrationKey] = nx.DiGraph()
    digraph.add_edges_from((key, parent) for key in parents for parent in parents[key])
    if nx.is_directed_acyclic_graph(digraph):
        assert set(link(disk_of(parents)).plan) == set(parents)
    else:
        with pytest.raises(HistoryError, match=r"circle|faults"):
            link(disk_of(parents))


@given(written_histories())
def test_linking_is_djangos_linking(written: dict[MigrationKey, Written]) -> None:
    """Both read the same migrations in the same order, and refuse the same histories."""
    disk = disk_of(dict.fromkeys(written, ()))
    migrations: dict[MigrationKey, Any] = dict(disk.migrations)
    for key, (dependencies, run_before, replaces) in written.items():
        migrations[key].dependencies = list(dependencies)
        migrations[key].run_before = list(run_before)
        migrations[key].replaces = list(replaces)

    class Loader(MigrationLoader):
        def load_disk(self) -> None:
            self.disk_migrations: Any = dict(migrations)
            self.migrated_apps = set(disk.migrated_apps)
            self.unmigrated_apps = set()

    try:
        theirs: Any = Loader(None)
    except (CircularDependencyError, NodeNotFoundError, ValueError):
        with pytest.raises(HistoryError):
            link(disk)
        return
    ours = link(disk)
    assert dict(ours.migrations) == theirs.graph.nodes
    assert {(edge.dependency, edge.dependent) for edge in ours.edges} == {
        (parent.key, child)
        for child, node in theirs.graph.node_map.items()
        for parent in node.parents
    }
    leaves = theirs.graph.leaf_nodes()
    assert list(ours.plan) == django_plan(theirs.graph, leaves)
    assert list(ours.leaf_nodes) == leaves
