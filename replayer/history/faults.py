"""Say what is wrong with the migrations, each fault in one sentence with its file and line."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from replayer.errors import HistoryError
from replayer.history.cycles import shortest_cycles
from replayer.history.edges import Edge, EdgeKind
from replayer.history.written import place_of_reference
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.migrations.graph import MigrationGraph

    from replayer.history.disk import Disk

_ATTRIBUTES = {EdgeKind.RUN_BEFORE: "run_before"}
_MERGE = "run python manage.py makemigrations --merge"


def error_of(sentences: Iterable[str], *, is_conflict: bool = False) -> HistoryError:
    """Return one exception that tells all the faults."""
    faults = sorted(set(sentences))
    if len(faults) == 1:
        return HistoryError(faults[0], faults=faults, hint=_MERGE if is_conflict else None)
    message = f"the migrations have {len(faults)} faults"
    return HistoryError(message, faults=faults, hint=_MERGE if is_conflict else None)


def malformed(key: MigrationKey, attribute: str, reference: object, path: str | None) -> str:
    """Return the sentence for an entry that is not a pair of app label and name."""
    place = place_of_reference(path, attribute, ("", ""))
    return (
        f"{key} has {_repr(reference)} in its {attribute}, where a tuple "
        f"of app label and migration name belongs{_in(place)}"
    )


def no_such_end(
    key: MigrationKey,
    reference: tuple[str, str],
    attribute: str,
    path: str | None,
    *,
    is_known: bool,
) -> str:
    """Return the sentence for a ``__first__`` or ``__latest__`` of an app that has none."""
    place = place_of_reference(path, attribute, reference)
    reason = "has no migrations" if is_known else "is not installed"
    end = f"{reference[1]} of app {reference[0]!r}"
    return f"{key} {_says(attribute)} {end}, which {reason}{_in(place)}"


def conflict_sentences(
    conflicts: Mapping[str, Sequence[MigrationKey]], failed: Iterable[MigrationKey] = ()
) -> list[str]:
    """Return a sentence for each app that has several leaf nodes.

    Parameters
    ----------
    conflicts
        The leaf nodes of each such app.
    failed
        The migrations that could not be read: one of them may be the merge of the leaf nodes.
    """
    sentences = []
    for label, keys in conflicts.items():
        merges = sorted(key.name for key in failed if key.app_label == label and key.name)
        unless = f" (unless {' or '.join(merges)} is their merge)" if merges else ""
        names = ", ".join(key.name for key in keys)
        sentences.append(f"app {label!r} has {len(keys)} leaf nodes: {names}{unless}")
    return sentences


def missing_sentences(
    graph: MigrationGraph,
    written: Iterable[Edge],
    disk: Disk,
    moved: Mapping[MigrationKey, MigrationKey],
) -> list[str]:
    """Return a sentence for each reference to a migration that does not exist.

    Notes
    -----
    One that exists and could not be imported is a fault already, and not told again.
    """
    missing = {MigrationKey(*key) for key, migration in graph.nodes.items() if migration is None}
    broken_apps = {key.app_label for key in disk.failed if not key.name}
    missing = {key for key in missing - disk.failed if key.app_label not in broken_apps}
    sentences = []
    for edge in written:
        for key in {edge.dependency, edge.dependent} & missing:
            if key == edge.origin:
                continue
            is_child = key == edge.dependent
            attribute = "run_before" if is_child else "dependencies"
            place = place_of_reference(disk.paths.get(edge.origin), attribute, key)
            standing = moved.get(edge.origin)
            by = f", which {standing} replaces," if standing else ""
            sentences.append(
                f"{edge.origin}{by} {_says(attribute)} {key}, {_why_missing(key, disk)}"
                f"{_in(place)}{_near(key, disk)}"
            )
    return sentences


def cycle_sentences(edges: Iterable[Edge], paths: Mapping[MigrationKey, str]) -> list[str]:
    """Return a sentence for one shortest cycle of each knot, every step with its file and line."""
    by_ends = {(edge.dependent, edge.dependency): edge for edge in edges}
    parents: dict[MigrationKey, list[MigrationKey]] = {}
    for dependent, dependency in by_ends:
        parents.setdefault(dependent, []).append(dependency)
        parents.setdefault(dependency, [])
    sentences = []
    for cycle in shortest_cycles(parents):
        steps = [
            _step(by_ends[dependent, dependency], paths)
            for dependent, dependency in zip(cycle, (*cycle[1:], cycle[0]), strict=True)
        ]
        sentences.append(f"migrations depend on each other in a circle: {'; '.join(steps)}")
    return sentences


def edges_of(
    graph: MigrationGraph,
    written: Iterable[Edge],
    moved: Mapping[MigrationKey, MigrationKey],
) -> tuple[Edge, ...]:
    """Return each edge of the graph once, sorted, with the best account of how it was written."""
    best: dict[tuple[MigrationKey, MigrationKey], Edge] = {}
    for edge in written:
        dependency = moved.get(edge.dependency, edge.dependency)
        dependent = moved.get(edge.dependent, edge.dependent)
        kind = edge.kind
        if (dependency, dependent) != (edge.dependency, edge.dependent) and kind in {
            EdgeKind.DECLARED,
            EdgeKind.RUN_BEFORE,
        }:
            kind = EdgeKind.REPLACED
        ends = (dependency, dependent)
        known = best.get(ends)
        if known is None or (kind is EdgeKind.DECLARED and known.kind is not EdgeKind.DECLARED):
            best[ends] = Edge(dependency, dependent, kind, edge.origin)
    edges = []
    for key, node in graph.node_map.items():
        dependent = MigrationKey(*key)
        for parent in node.parents:
            dependency = MigrationKey(*parent.key)
            edges.append(
                best.get((dependency, dependent))
                or Edge(dependency, dependent, EdgeKind.REPLACED, dependent)
            )
    return tuple(sorted(edges, key=lambda edge: edge[:2]))


def near_names(name: str, names: Iterable[str]) -> str:
    """Return ``; did you mean a or b?``, or "" when nothing is near."""
    near = difflib.get_close_matches(name, sorted(set(names)), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else ""


def _step(edge: Edge, paths: Mapping[MigrationKey, str]) -> str:
    path = paths.get(edge.origin)
    target = edge.dependent if edge.kind is EdgeKind.RUN_BEFORE else edge.dependency
    place = place_of_reference(path, _ATTRIBUTES.get(edge.kind, "dependencies"), target)
    how = "" if edge.kind is EdgeKind.DECLARED else f" [{edge.kind.value}]"
    return f"{edge.dependent} needs {edge.dependency}{how}{_in(place)}"


def _says(attribute: str) -> str:
    return "wants to run before" if attribute == "run_before" else "depends on"


def _why_missing(key: MigrationKey, disk: Disk) -> str:
    if key.app_label in disk.migrated_apps:
        return "which does not exist"
    if key.app_label in disk.unmigrated_apps:
        return f"but app {key.app_label!r} has no migrations"
    return f"but app {key.app_label!r} is not installed"


def _near(key: MigrationKey, disk: Disk) -> str:
    if key.app_label in disk.migrated_apps:
        names = [known.name for known in disk.migrations if known.app_label == key.app_label]
        near = near_names(key.name, names)
    else:
        near = near_names(key.app_label, disk.migrated_apps)
    return f"; {near}" if near else ""


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - whatever a user's __repr__ raises
        return f"a {type(value).__name__}"


def _in(place: str) -> str:
    return f" ({place})" if place else ""
