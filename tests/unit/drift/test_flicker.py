from __future__ import annotations

import ast
import functools
import sys
from typing import Any

import pytest
from django.core.validators import MinValueValidator

from replayer.drift.flicker import flicker_of

WORDS = {"red", "green", "blue"}
SORTED = sorted(WORDS)


class Bare:
    pass


class Equal:
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equal)

    def __hash__(self) -> int:
        return 0


class Model:
    OWN = frozenset({"a", "b"})


def named() -> str:
    return ""


def inner() -> Any:
    def function() -> str:
        return ""

    return function


def rule(old: object, new: object, source: str | None = None) -> str | None:
    Model.__module__ = __name__
    sys.modules.setdefault(__name__, sys.modules[Model.__module__])
    expression = ast.parse(source, mode="eval").body if source else None
    found = flicker_of(old, new, model=Model, expression=expression)
    return found.rule_id if found else None


@pytest.mark.parametrize(
    "value", [lambda: 1, functools.partial(lambda: 1), [inner()], {"key": inner()}]
)
def test_r203_a_function_made_at_every_run_flickers(value: object) -> None:
    assert rule(None, value) == "R203"


@pytest.mark.parametrize("value", [Bare(), [Bare()], (1, [Bare()])])
def test_r202_an_object_without_eq_flickers(value: object) -> None:
    assert rule(None, value) == "R202"


@pytest.mark.parametrize(
    "value", [Equal(), named, str, len, MinValueValidator(3), "text", [1, ("a", None)], Bare]
)
def test_what_can_be_compared_does_not_flicker(value: object) -> None:
    assert rule(None, value) is None


@pytest.mark.parametrize(
    "source",
    ["[(w, w) for w in WORDS]", "[(w, w) for w in {'a', 'b'}]", "list(set(SORTED))", "list(OWN)"],
)
def test_r201_another_order_out_of_a_set_flickers(source: str) -> None:
    assert rule([("a", "a"), ("b", "b")], [("b", "b"), ("a", "a")], source) == "R201"


@pytest.mark.parametrize("source", ["[(w, w) for w in sorted(WORDS)]", "[('b', 'b')]", "SORTED"])
def test_another_order_that_somebody_wrote_is_a_change(source: str) -> None:
    assert rule([("a", "a"), ("b", "b")], [("b", "b"), ("a", "a")], source) is None


def test_other_items_out_of_a_set_are_a_change() -> None:
    assert rule(["a"], ["b"], "list(WORDS)") is None
