"""Facts of drawn graphs."""

from __future__ import annotations

from replayer.graph.analyse import analyse
from replayer.history.loader import link
from tests.unit.history.drawing import draw, key, keys


def test_roots_sinks_generations_and_the_longest_chain() -> None:
    """
    a.1 -> a.2 -> b.2
              \\-> c.1
    b.1 --------> b.2
    """
    found = analyse(link(draw("a.1 -> a.2 -> b.2\na.2 -> c.1\nb.1 -> b.2")))
    assert found.roots == keys("a.1 b.1")
    assert found.sinks == keys("b.2 c.1")
    assert found.generations == (keys("a.1 b.1"), keys("a.2"), keys("b.2 c.1"))
    assert found.critical_path == keys("a.1 a.2 b.2")


def test_an_edge_that_another_implies_is_redundant() -> None:
    found = analyse(link(draw("a.1 -> a.2 -> b.1 -> b.2\na.1 -> b.2\na.2 -> b.2")))
    assert found.redundant_edges == (keys("a.1 b.2"), keys("a.2 b.2"))


def test_a_merge_joins_two_lines_and_a_shortcut_is_no_line() -> None:
    found = analyse(link(draw("a.1 -> a.2 -> a.4\na.1 -> a.3 -> a.4\na.4 -> a.5\na.1 -> a.5")))
    assert found.merges == keys("a.4")


def test_apps_that_need_each_other_are_a_knot() -> None:
    found = analyse(link(draw("a.1 -> b.1 -> a.2\na.1 -> a.2\nb.1 -> c.1")))
    assert found.app_knots == (("a", "b"),)


def test_squashes_whose_replaced_are_gone_may_lose_their_replaces() -> None:
    found = analyse(
        link(draw("a.1\na.s\nb.1 -> b.2\nb.s", replaces={"a.s": "a.1 a.2", "b.s": "b.1 b.2"}))
    )
    assert found.removable_squashes == ()
    found = analyse(link(draw("b.1\nb.s -> b.9\na.s", replaces={"b.s": "b.1"}, missing="b.1")))
    assert found.removable_squashes == keys("b.s")
    assert found.replaced == {key("b.s"): keys("b.1")}


def test_an_empty_graph_has_no_facts() -> None:
    found = analyse(link(draw("a.1", missing="a.1")))
    assert (found.roots, found.critical_path, found.generations) == ((), (), ())
