"""Hypothesis strategies for histories."""

from __future__ import annotations

from typing import NamedTuple

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


class Written(NamedTuple):
    """What the attributes of one migration say."""

    dependencies: tuple[tuple[str, str], ...]
    run_before: tuple[tuple[str, str], ...]
    replaces: tuple[MigrationKey, ...]


@st.composite
def written_histories(draw: st.DrawFn, max_size: int = 9) -> dict[MigrationKey, Written]:
    """Whole histories as files say them, most of them sound: special names, squashes, circles.

    A migration is replaced once at most, and no squash is squashed again: there Djangos differ.
    """
    keys = [
        MigrationKey(label, f"{number:02}")
        for label, number in draw(
            st.lists(
                st.tuples(st.sampled_from("abc"), st.integers(0, 20)),
                min_size=1,
                max_size=max_size,
                unique=True,
            )
        )
    ]
    special = st.tuples(st.sampled_from("abc"), st.sampled_from(["__first__", "__latest__"]))
    written = {}
    for index, key in enumerate(keys):
        earlier = st.sampled_from(keys[:index]) if index else st.nothing()
        later = st.sampled_from(keys[index + 1 :]) if index + 1 < len(keys) else st.nothing()
        some = st.lists(st.one_of(earlier, earlier, special), unique=True, max_size=3)
        written[key] = Written(
            dependencies=tuple(draw(some)),
            run_before=tuple(draw(st.lists(st.one_of(later, special), max_size=1)))
            if draw(st.booleans())
            else (),
            replaces=(),
        )
    if draw(st.booleans()):
        replaced = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3, unique=True))
        written[MigrationKey(replaced[0].app_label, "50_squash")] = Written(
            dependencies=(), run_before=(), replaces=tuple(replaced)
        )
    return dict(draw(st.permutations(list(written.items()))))
