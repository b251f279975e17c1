from __future__ import annotations

from typing import Any

import pytest

from replayer.model import ModelKey
from replayer.replay.models import ModelStates

A, B, C = (ModelKey("shop", name) for name in "abc")


class State:
    """As much of a ``ModelState`` as the mapping looks at."""

    def __init__(self, text: str) -> None:
        self.text = text

    def clone(self) -> State:
        return State(self.text)


def base() -> dict[ModelKey, Any]:
    return {A: State("a"), B: State("b")}


def test_looking_copies_nothing() -> None:
    beneath = base()
    states = ModelStates(beneath)
    assert states.peek(A) is beneath[A]
    assert states.peek(C) is None
    assert A in states
    assert C not in states
    assert states.keys_only() == [A, B]
    assert states.touched == set()
    assert states.changed() == {}


def test_reaching_copies_once_and_leaves_the_base_alone() -> None:
    beneath = base()
    states = ModelStates(beneath)
    states[A].text = "changed"
    assert states[A] is states[A]
    assert beneath[A].text == "a"
    assert states.touched == {A}
    assert list(states.changed()) == [A]
    assert states.frozen()[B] is beneath[B]


def test_a_model_that_is_gone_can_come_back() -> None:
    states = ModelStates(base())
    del states[A]
    assert A not in states
    assert list(states) == [B]
    assert len(states) == 1
    assert states.changed() == {A: None}
    with pytest.raises(KeyError):
        states[A]
    with pytest.raises(KeyError):
        del states[A]
    states[A] = State("new")
    assert states.peek(A).text == "new"
    assert set(states) == {A, B}
    assert len(states) == 2


def test_a_new_model_leaves_no_trace_when_it_goes() -> None:
    states = ModelStates(base())
    states[C] = State("c")
    assert list(states) == [A, B, C]
    del states[C]
    assert list(states) == [A, B]
    assert states.changed() == {}


def test_a_scope_narrows_iteration_alone() -> None:
    states = ModelStates(base())
    states.scope = frozenset((B, C))
    assert list(states) == [B]
    assert A in states
    assert len(states) == 2
