"""The order in which tables load: one that a foreign key points at before the one that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def loading_order(targets: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the keys of ``targets``, each after those it points at, as far as that goes.

    Parameters
    ----------
    targets
        A table, and the tables that its foreign keys point at; others than the keys count for
        nothing.

    Notes
    -----
    The order depends on the names alone: tables by name, each preceded by what it needs. In a
    cycle the table that is met first comes last, so that its foreign keys find their targets.
    No recursion: a chain of foreign keys may be long.
    """
    order: dict[str, None] = {}
    seen: set[str] = set()
    for root in sorted(targets):
        stack = [(root, iter(sorted(set(targets[root]))))] if root not in seen else []
        seen.add(root)
        while stack:
            name, rest = stack[-1]
            child = next((item for item in rest if item in targets and item not in seen), None)
            if child is None:
                order[name] = None
                stack.pop()
            else:
                seen.add(child)
                stack.append((child, iter(sorted(set(targets[child])))))
    return tuple(order)
