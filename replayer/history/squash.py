"""Carry out the squashes on a fresh database, where nothing is applied and so every one is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.history.written import place_of_reference
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.migrations.graph import MigrationGraph
    from django.db.migrations.migration import Migration


def carry_out_squashes(
    graph: MigrationGraph,
    replacements: Mapping[MigrationKey, Migration],
    paths: Mapping[MigrationKey, str],
) -> tuple[dict[MigrationKey, MigrationKey], list[str]]:
    """Put every squash in the place of what it replaces; return what became what, and the faults.

    Returns
    -------
    For each replaced migration the squash that now stands for it, and a sentence for each squash
    that replaces itself, or that others which it replaces replace.

    Notes
    -----
    A squash which another squash replaces is carried out before it, as Django does from 6.0. Older
    Djangos follow the order of a set, and fail when it is the other one. A squash that lists
    itself removes its own tables before 6.0 without a word, and is an error from then on.

    References
    ----------
    ``django/db/migrations/loader.py``, ``build_graph`` and ``replace_migration`` (6.0; #24529).
    """
    moved: dict[MigrationKey, MigrationKey] = {}
    broken: list[str] = []
    is_done: dict[MigrationKey, bool] = {}
    for root in replacements:
        stack = [(root, False)]
        while stack:
            key, has_inner = stack.pop()
            replaces = [MigrationKey(*replaced) for replaced in replacements[key].replaces]
            if has_inner:
                is_done[key] = True
                # One that a circle of squashes has removed already is no node any more.
                if key in graph.node_map:
                    graph.remove_replaced_nodes(key, [r for r in replaces if r != key])
                    moved.update((replaced, key) for replaced in replaces if replaced != key)
                continue
            if key in is_done:
                continue
            is_done[key] = False
            stack.append((key, True))
            for inner in sorted(set(replaces) & replacements.keys()):
                if inner == key or is_done.get(inner) is False:
                    place = place_of_reference(paths.get(key), "replaces", inner)
                    which = "itself" if inner == key else f"{inner}, which replaces it in turn,"
                    broken.append(f"{key} lists {which} in its replaces" + _in(place))
                elif inner not in is_done:
                    stack.append((inner, False))
    return {key: _final(moved, key) for key in moved}, broken


def _final(moved: Mapping[MigrationKey, MigrationKey], key: MigrationKey) -> MigrationKey:
    seen = {key}
    while key in moved and moved[key] not in seen:
        key = moved[key]
        seen.add(key)
    return key


def _in(place: str) -> str:
    return f" ({place})" if place else ""
