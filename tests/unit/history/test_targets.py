"""What ``--at`` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from replayer.errors import HistoryError, UsageError
from replayer.history.loader import link
from replayer.history.targets import plan_to, resolve_target
from tests.unit.history.drawing import draw, key, keys

if TYPE_CHECKING:
    from replayer.history.loader import History


@pytest.fixture
def history() -> History:
    """
    shop.0001_initial -> shop.0002_a -> shop.0003_b     shop.0002_a also needs user.0001_x
    """
    return link(
        draw(
            "shop.0001_initial -> shop.0002_a -> shop.0003_b -> shop.0030_c\n"
            "user.0001_x -> shop.0002_a\nuser.0001_x -> user.0002_y"
        )
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("shop", "shop.0030_c"),
        ("shop.0002", "shop.0002_a"),
        ("shop.0002_a", "shop.0002_a"),
        ("shop.0003", "shop.0003_b"),
        ("shop.", "shop.0030_c"),
    ],
)
def test_names_and_their_beginnings(history: History, text: str, found: str) -> None:
    assert resolve_target(history, text) == key(found)


def test_zero(history: History) -> None:
    assert resolve_target(history, "shop.zero") == ("shop", None)
    assert plan_to(history, [("shop", None)]) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shop.000", "may be any of 0001_initial, 0002_a, 0003_b; type more"),
        ("shop.0009", "there is no migration 'shop.0009'"),
        ("shop.0001_inital", "did you mean 0001_initial"),
        ("shp.0001", r"no app 'shp' is installed \('shp.0001'\)"),
        ("", "no app ''"),
    ],
)
def test_what_cannot_be_found_is_a_usage_error(history: History, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        resolve_target(history, text)


def test_a_name_in_full_wins_over_longer_ones() -> None:
    history = link(draw("a.0001 -> a.0001_more"))
    assert resolve_target(history, "a.0001") == key("a.0001")


def test_an_app_with_several_leaf_nodes_is_no_target() -> None:
    with pytest.raises(UsageError, match="several leaf nodes: 2, 3"):
        resolve_target(link(draw("a.1 -> a.2\na.1 -> a.3")), "a")


def test_plan_to_holds_the_ancestors_alone(history: History) -> None:
    assert plan_to(history, [key("shop.0002_a")]) == keys(
        "user.0001_x shop.0001_initial shop.0002_a"
    )
    assert list(plan_to(history, [key("shop.0003_b")])) == history.graph.forwards_plan(
        key("shop.0003_b")
    )


def test_plan_to_is_a_union_whatever_the_order(history: History) -> None:
    wanted = keys("user.0002_y shop.0001_initial")
    assert plan_to(history, wanted) == keys("shop.0001_initial user.0001_x user.0002_y")
    assert plan_to(history, reversed(wanted)) == plan_to(history, wanted)


def test_plan_to_all_leaf_nodes_is_the_full_plan(history: History) -> None:
    assert plan_to(history, history.leaf_nodes) == history.plan


def test_a_replaced_target_is_planned_without_squashes() -> None:
    """``migrate a 1`` undoes the squash."""
    history = link(draw("a.1 -> a.2 -> a.3\na.s", replaces={"a.s": "a.1 a.2"}))
    target = resolve_target(history, "a.1")
    assert target == key("a.1")
    assert plan_to(history, [target]) == keys("a.1")
    assert set(plan_to(history, [target])) <= history.on_disk.keys()


def test_a_replaced_target_of_which_half_is_gone() -> None:
    history = link(draw("a.1 -> a.2\na.s", replaces={"a.s": "a.1 a.2"}, missing="a.1"))
    with pytest.raises(HistoryError, match=r"a\.2 depends on a\.1"):
        plan_to(history, [key("a.2")])
