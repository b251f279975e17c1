"""Who comes before whom, asked often: each migration's ancestors as the bits of one integer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from replayer.model import MigrationKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Ancestors:
    """An index that answers `is_before` at once; for 10,000 migrations it takes about 12 MB."""

    positions: Mapping[MigrationKey, int]
    bits: Mapping[MigrationKey, int]

    def is_before(self, key: MigrationKey, other: MigrationKey) -> bool:
        """Tell whether ``other`` depends on ``key``, through whatever many others."""
        return bool(self.bits[other] >> self.positions[key] & 1)

    def is_any_before(self, mask: int, other: MigrationKey) -> bool:
        """Tell whether ``other`` depends on any of those in a mask."""
        return bool(self.bits[other] & mask)

    def mask(self, keys: Iterable[MigrationKey]) -> int:
        """Return a set of migrations as `is_any_before` takes it."""
        mask = 0
        for key in keys:
            mask |= 1 << self.positions[key]
        return mask


def index_ancestors(digraph: nx.DiGraph[MigrationKey]) -> Ancestors:
    """Index an acyclic digraph.

    Raises
    ------
    networkx.NetworkXUnfeasible
        If the digraph has a cycle.
    """
    order = list(nx.topological_sort(digraph))
    positions = {key: position for position, key in enumerate(order)}
    bits: dict[MigrationKey, int] = {}
    for key in order:
        mask = 0
        for parent in digraph.predecessors(key):
            mask |= bits[parent] | 1 << positions[parent]
        bits[key] = mask
    return Ancestors(positions=positions, bits=bits)
