"""The digraph has Django's nodes and edges, and says how each edge was written."""

from __future__ import annotations

from django.db.migrations.migration import swappable_dependency

from replayer.graph.build import ancestry, app_digraph, build_digraph, restrict_to_apps
from replayer.history.edges import EdgeKind
from replayer.history.loader import link
from tests.unit.history.drawing import draw, key, keys


def test_edges_run_from_dependency_to_dependent_with_their_kind() -> None:
    """
    a.1 -> a.2 -> b.1, c.1 swappable on a, d.1 before a.2
    """
    disk = draw(
        "a.1 -> a.2 -> b.1",
        dependencies={"c.1": [swappable_dependency("a.User")]},
        run_before={"d.1": [("a", "2")]},
    )
    history = link(disk)
    digraph = build_digraph(history)
    assert tuple(digraph) == history.plan
    assert {(a, b): data["kind"] for a, b, data in digraph.edges(data=True)} == {
        keys("a.1 a.2"): EdgeKind.DECLARED,
        keys("a.2 b.1"): EdgeKind.DECLARED,
        keys("a.1 c.1"): EdgeKind.SWAPPABLE,
        keys("d.1 a.2"): EdgeKind.RUN_BEFORE,
    }
    assert digraph.edges[key("d.1"), key("a.2")]["origin"] == key("d.1")


def test_an_edge_of_a_squash_remembers_who_wrote_it() -> None:
    history = link(
        draw("x.1 -> a.1 -> a.2 -> b.1\na.s", replaces={"a.s": "a.1 a.2"}),
    )
    digraph = build_digraph(history)
    assert digraph.edges[key("x.1"), key("a.s")] == {
        "kind": EdgeKind.REPLACED,
        "origin": key("a.1"),
    }
    assert digraph.edges[key("a.s"), key("b.1")]["kind"] is EdgeKind.REPLACED


def test_restricting_to_apps_keeps_the_edges_between_them() -> None:
    digraph = build_digraph(link(draw("a.1 -> b.1 -> c.1\na.1 -> c.1")))
    part = restrict_to_apps(digraph, {"a", "c"})
    assert list(part) == list(keys("a.1 c.1"))
    assert list(part.edges) == [keys("a.1 c.1")]
    assert part.edges[key("a.1"), key("c.1")]["kind"] is EdgeKind.DECLARED


def test_ancestry_leaves_out_what_is_not_needed() -> None:
    digraph = build_digraph(link(draw("a.1 -> b.1 -> c.1\na.1 -> d.1")))
    part = ancestry(digraph, key("b.1"))
    assert list(part) == list(keys("a.1 b.1"))
    assert list(part.edges) == [keys("a.1 b.1")]


def test_apps_count_the_dependencies_between_them() -> None:
    apps = app_digraph(
        build_digraph(link(draw("a.1 -> a.2 -> b.1 -> a.3\na.2 -> a.3\na.1 -> b.1")))
    )
    assert {(a, b): data["weight"] for a, b, data in apps.edges(data=True)} == {
        ("a", "b"): 2,
        ("b", "a"): 1,
    }
