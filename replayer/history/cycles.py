"""Find the circles in a graph, a shortest one for each knot.

``history`` stands below ``graph`` and so cannot use networkx; a cycle must be told before there is
a history to analyse.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from replayer.model import MigrationKey

_PATIENCE = 1_000_000


def shortest_cycles(
    parents: Mapping[MigrationKey, Sequence[MigrationKey]],
) -> tuple[tuple[MigrationKey, ...], ...]:
    """Return one shortest cycle of every strongly connected component, sorted.

    Parameters
    ----------
    parents
        For each node, what it depends on.

    Notes
    -----
    A cycle starts at its smallest node; each node depends on the one after it, and the last on the
    first. Of several shortest ones the one which a breadth-first walk over sorted parents from the
    smallest node finds first is taken, so the answer does not follow the hash seed. In a knot of
    more than a thousand migrations not every node is tried as a start.
    """
    found = []
    for component in _components(parents):
        inside = set(component)
        best: tuple[MigrationKey, ...] | None = None
        if len(component) == 1 and component[0] not in parents.get(component[0], ()):
            continue
        for start in sorted(component)[: max(1, _PATIENCE // len(component))]:
            limit = None if best is None else len(best) - 1
            cycle = _cycle_through(start, parents, inside, limit)
            if cycle is not None:
                best = cycle
                if len(cycle) <= 2:
                    break
        if best is not None:
            smallest = best.index(min(best))
            found.append(best[smallest:] + best[:smallest])
    return tuple(sorted(found))


def _cycle_through(
    start: MigrationKey,
    parents: Mapping[MigrationKey, Sequence[MigrationKey]],
    inside: set[MigrationKey],
    limit: int | None,
) -> tuple[MigrationKey, ...] | None:
    came_from: dict[MigrationKey, MigrationKey | None] = {start: None}
    queue = deque([(start, 1)])
    while queue:
        node, length = queue.popleft()
        if limit is not None and length > limit:
            return None
        for parent in sorted(parents.get(node, ())):
            if parent == start:
                cycle: list[MigrationKey] = []
                step: MigrationKey | None = node
                while step is not None:
                    cycle.append(step)
                    step = came_from[step]
                return tuple(reversed(cycle))
            if parent in inside and parent not in came_from:
                came_from[parent] = node
                queue.append((parent, length + 1))
    return None


def _components(
    parents: Mapping[MigrationKey, Sequence[MigrationKey]],
) -> Iterator[tuple[MigrationKey, ...]]:
    """Yield the strongly connected components (Tarjan, without recursion)."""
    index: dict[MigrationKey, int] = {}
    low: dict[MigrationKey, int] = {}
    on_stack: set[MigrationKey] = set()
    stack: list[MigrationKey] = []
    for root in sorted(parents):
        if root in index:
            continue
        work = [(root, iter(sorted(parents[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for parent in rest:
                if parent not in index:
                    index[parent] = low[parent] = len(index)
                    stack.append(parent)
                    on_stack.add(parent)
                    work.append((parent, iter(sorted(parents.get(parent, ())))))
                    break
                if parent in on_stack:
                    low[node] = min(low[node], index[parent])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == index[node]:
                    component = tuple(stack[_last_index(stack, node) :])
                    del stack[-len(component) :]
                    on_stack.difference_update(component)
                    yield component


def _last_index(stack: list[MigrationKey], node: MigrationKey) -> int:
    """Search from the end, where a component is, so that all searches together are linear."""
    position = len(stack) - 1
    while stack[position] != node:
        position -= 1
    return position
