"""The order of ``migrate``, and how quickly it is found."""

from __future__ import annotations

import time

import pytest
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph

from replayer.errors import HistoryError
from replayer.history.loader import link
from replayer.history.plan import ancestors_in_order, full_plan, leaf_nodes
from tests.unit.history.drawing import draw, key, keys


def _django_plan(graph: MigrationGraph) -> tuple[tuple[str, str], ...]:
    executor = MigrationExecutor.__new__(MigrationExecutor)
    executor.loader = type("Loader", (), {"graph": graph, "replace_migrations": False})()
    plan = executor.migration_plan(graph.leaf_nodes(), clean_start=True)
    return tuple((migration.app_label, migration.name) for migration, _ in plan)


def test_plan_follows_the_leaf_nodes_and_puts_the_last_parent_first() -> None:
    """
    a.1 <------ a.2 <-- a.3
       \\        /
        b.1 <-- b.2
    """
    history = link(draw("a.1 -> a.2 -> a.3\na.1 -> b.1 -> b.2 -> a.2\nz.1 -> a.3"))
    assert history.plan == keys("z.1 a.1 b.1 b.2 a.2 a.3")
    assert history.plan == _django_plan(history.graph)
    assert history.leaf_nodes == keys("a.3 b.2 z.1")


def test_plan_of_one_target_is_its_ancestors() -> None:
    graph = link(draw("a.1 -> a.2 -> a.3\nb.1 -> a.2\nb.1 -> b.2\nc.1 -> b.2")).graph
    assert ancestors_in_order(graph, [key("a.2")]) == keys("b.1 a.1 a.2")
    assert list(ancestors_in_order(graph, [key("a.2")])) == graph.forwards_plan(key("a.2"))


def test_leaf_nodes_are_djangos() -> None:
    graph = link(draw("a.1 -> b.1 -> a.2\na.1 -> a.3\nc.1 -> b.1")).graph
    assert list(leaf_nodes(graph)) == graph.leaf_nodes() == list(keys("a.2 a.3 b.1 c.1"))


@pytest.mark.parametrize("picture", ["a.1 -> a.2 -> a.1", "a.1 -> b.1 -> a.1", "a.1 -> a.1"])
def test_a_circle_is_refused_and_not_walked_for_ever(picture: str) -> None:
    graph = MigrationGraph()
    for known, migration in draw(picture).migrations.items():
        graph.add_node(known, migration)
    for known, migration in draw(picture).migrations.items():
        for parent in migration.dependencies:
            graph.add_dependency(migration, known, parent)
    with pytest.raises(HistoryError):
        full_plan(graph)


def test_plan_of_an_empty_graph_is_empty() -> None:
    assert full_plan(MigrationGraph()) == ()


def test_ten_thousand_migrations_in_one_line_take_no_recursion_and_little_time() -> None:
    graph = MigrationGraph()
    for number in range(10_000):
        graph.add_node(("a", f"{number:05}"), None)
        if number:
            graph.add_dependency(
                None, ("a", f"{number:05}"), ("a", f"{number - 1:05}"), skip_validation=True
            )
    began = time.process_time()
    plan = full_plan(graph)
    assert time.process_time() - began < 1
    assert [known.name for known in plan] == [f"{number:05}" for number in range(10_000)]
