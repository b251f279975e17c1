"""Squashes on a fresh database."""

from __future__ import annotations

import pytest

from replayer.errors import HistoryError
from replayer.history.edges import EdgeKind
from replayer.history.loader import link
from tests.unit.history.drawing import draw, key, keys


def test_a_squash_stands_where_the_replaced_stood() -> None:
    """
    a.1 -> a.2 -> a.3        b.1 depends on a.2
    """
    history = link(draw("a.1 -> a.2 -> a.3\na.2 -> b.1\na.1_sq", replaces={"a.1_sq": "a.1 a.2"}))
    assert history.plan == keys("a.1_sq a.3 b.1")
    assert history.replaced == {key("a.1_sq"): keys("a.1 a.2")}
    assert {(str(e.dependency), str(e.dependent), e.kind) for e in history.edges} == {
        ("a.1_sq", "a.3", EdgeKind.REPLACED),
        ("a.1_sq", "b.1", EdgeKind.REPLACED),
    }
    assert set(history.on_disk) - set(history.migrations) == set(keys("a.1 a.2"))


def test_a_squash_whose_replaced_migrations_are_deleted() -> None:
    """Others still depend on the migration that is gone (#24529)."""
    history = link(draw("a.1_sq\na.2 -> b.1", replaces={"a.1_sq": "a.1 a.2"}, missing="a.2"))
    assert history.plan == keys("a.1_sq b.1")


def test_half_of_the_replaced_deleted() -> None:
    history = link(draw("a.1 -> a.2 -> a.3\na.1_sq", replaces={"a.1_sq": "a.1 a.2"}, missing="a.1"))
    assert history.plan == keys("a.1_sq a.3")


@pytest.mark.parametrize("outer", ["a.0_sq", "a.9_sq"])
def test_a_squash_of_a_squash_in_either_order_of_names(outer: str) -> None:
    history = link(
        draw(
            f"a.1 -> a.2 -> a.3\n{outer}\na.5_sq",
            replaces={"a.5_sq": "a.1 a.2", outer: "a.5_sq a.3"},
        )
    )
    assert history.plan == (key(outer),)


def test_a_squash_that_lists_itself_is_a_fault() -> None:
    with pytest.raises(HistoryError, match=r"a\.1_sq lists itself in its replaces"):
        link(draw("a.1 -> a.2\na.1_sq", replaces={"a.1_sq": "a.1 a.2 a.1_sq"}))


def test_squashes_that_replace_each_other_are_a_fault() -> None:
    with pytest.raises(HistoryError, match="which replaces it in turn"):
        link(draw("a.1\na.x\na.y", replaces={"a.x": "a.1 a.y", "a.y": "a.1 a.x"}))


def test_a_cycle_that_only_a_squash_makes_is_told_as_such() -> None:
    """
    a.1 -> b.1 -> a.2, and a squash of a.1 and a.2
    """
    disk = draw("a.1 -> b.1 -> a.2\na.1 -> a.2\na.s", replaces={"a.s": "a.1 a.2"})
    with pytest.raises(HistoryError, match=r"a\.s needs b\.1 \[replaced\]; b\.1 needs a\.s") as e:
        link(disk)
    assert len(e.value.faults) == 1


def test_a_dangling_dependency_that_a_replaced_migration_left() -> None:
    disk = draw("x.1 -> a.1 -> a.2\na.s", replaces={"a.s": "a.1"}, missing="x.1")
    with pytest.raises(HistoryError, match=r"a\.1, which a\.s replaces, depends on x\.1"):
        link(disk)


def test_without_replacements_the_replaced_are_nodes_again() -> None:
    history = link(draw("a.1 -> a.2 -> a.3\na.1_sq", replaces={"a.1_sq": "a.1 a.2"}))
    assert history.without_replacements().plan == keys("a.1_sq a.1 a.2 a.3")
