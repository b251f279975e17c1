"""Hypothesis strategies for histories."""

from __future__ import annotations

from hypothesis import strategies as st

from replayer.model import MigrationKey


@st.composite
def acyclic_graphs(
    draw: st.DrawFn, max_size: int = 14
) -> dict[MigrationKey, tuple[MigrationKey, ...]]:
    """For each migration its dependencies, no circle among them; names in no helpful order."""
    labels = "abcd"
    found = draw(
        st.lists(
            st.tuples(st.sampled_from(labels), st.integers(0, 40)), max_size=max_size, unique=True
        )
    )
    order = [MigrationKey(label, f"{number:04}") for label, number in found]
    return {
        key: tuple(draw(st.lists(st.sampled_from(order[:index]), unique=True, max_size=4)))
        if index
        else ()
        for index, key in enumerate(order)
    }


@st.composite
def any_graphs(draw: st.DrawFn, max_size: int = 9) -> dict[MigrationKey, tuple[MigrationKey, ...]]:
    """For each migration its dependencies, in circles too, but none upon itself."""
    size = draw(st.integers(0, max_size))
    order = [MigrationKey("ab"[number % 2], f"{number:04}") for number in range(size)]
    return {
        key: tuple(
            draw(st.lists(st.sampled_from(others), unique=True, max_size=3)) if others else ()
        )
        for key in order
        for others in [[other for other in order if other != key]]
    }
