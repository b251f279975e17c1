"""Link the migrations into Django's graph, carry out the squashes, and hold the result.

``MigrationLoader`` does the same with a connection at hand; here there is none, nothing counts as
applied, and every fault is collected before one exception tells them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import SwappableTuple

from replayer.errors import HistoryError
from replayer.history import faults
from replayer.history.disk import Disk, read_disk
from replayer.history.edges import Edge, EdgeKind
from replayer.history.plan import full_plan, leaf_nodes
from replayer.history.squash import carry_out_squashes
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.migrations.migration import Migration


class OfflineLoader(MigrationLoader):
    """Django's loader over migrations that were read before, quick and without a connection.

    ``graph``, ``disk_migrations``, ``replacements``, ``migrated_apps`` and ``unmigrated_apps`` are
    what Django's own would be, so the autodetector takes it. What could not be linked is in
    ``wanted`` and ``broken``, for `replayer.history.faults`.

    Notes
    -----
    Django looks for an app's root nodes among all nodes at each ``__first__``: 12 s of the loading
    of 10,000 migrations, against 0.1 s for all the rest. They are remembered here.
    """

    def __init__(self, disk: Disk, *, replace_migrations: bool = True) -> None:
        self.disk = disk
        self.written: list[Edge] = []
        self.broken: list[str] = []
        self.is_squashed = replace_migrations
        self._ends: dict[str, dict[str, Any]] = {}
        super().__init__(None, load=True, replace_migrations=replace_migrations)

    def load_disk(self) -> None:
        """Take what was read, in its deterministic order."""
        self.disk_migrations: Any = dict(self.disk.migrations)
        self.migrated_apps = set(self.disk.migrated_apps)
        self.unmigrated_apps = set(self.disk.unmigrated_apps)

    def build_graph(self) -> None:
        """Link what was read; what Django would raise for is collected."""
        self.load_disk()
        self.applied_migrations = {}
        self.written.clear()
        self.broken.clear()
        self._ends.clear()
        self.graph = MigrationGraph()
        self.replacements: Any = {}
        self.moved: dict[MigrationKey, MigrationKey] = {}
        migrations: dict[MigrationKey, Any] = self.disk_migrations
        for key, migration in migrations.items():
            self.graph.add_node(key, migration)
            if migration.replaces:
                self.replacements[key] = migration
        for key, migration in migrations.items():
            self._link_own_app(key, migration)
        for key, migration in migrations.items():
            self._link_other_apps(key, migration)
        if self.is_squashed:
            self.moved, broken = carry_out_squashes(self.graph, self.replacements, self.disk.paths)
            self.broken += broken

    def _link_own_app(self, key: MigrationKey, migration: Migration) -> None:
        """Link within the app first, so that its root node is known when another app asks."""
        for parent in self._references(key, migration, "dependencies"):
            if parent[0] == key.app_label and parent[1] != "__first__":
                self._link(migration, key, parent, EdgeKind.DECLARED, key)

    def _link_other_apps(self, key: MigrationKey, migration: Migration) -> None:
        for parent in self._references(key, migration, "dependencies"):
            if parent[0] != key.app_label:
                found = self._resolve(key, parent, "dependencies")
                if found is not None:
                    self._link(migration, key, found, _kind(parent, EdgeKind.DECLARED), key)
        for child in self._references(key, migration, "run_before"):
            found = self._resolve(key, child, "run_before")
            if found is not None:
                self._link(migration, found, key, _kind(child, EdgeKind.RUN_BEFORE), key)

    def _references(
        self, key: MigrationKey, migration: Migration, attribute: str
    ) -> list[tuple[str, str]]:
        references: list[tuple[str, str]] = getattr(migration, attribute)
        for reference in references:
            if not _is_pair(reference):
                sentence = faults.malformed(key, attribute, reference, self.disk.paths.get(key))
                if sentence not in self.broken:
                    self.broken.append(sentence)
                return [good for good in references if _is_pair(good)]
        return references

    def _link(
        self,
        migration: Migration,
        child: tuple[str, str],
        parent: tuple[str, str],
        kind: EdgeKind,
        origin: MigrationKey,
    ) -> None:
        self.graph.add_dependency(migration, child, parent, skip_validation=True)
        self.written.append(Edge(MigrationKey(*parent), MigrationKey(*child), kind, origin))
        if child[0] == parent[0] and self._ends:
            # A run_before within an app may give it another root or leaf node.
            self._ends.clear()

    def _resolve(
        self, origin: MigrationKey, key: tuple[str, str], attribute: str
    ) -> tuple[str, str] | None:
        """Do as ``check_key``: tell which migration a ``__first__`` or ``__latest__`` means."""
        app_label, name = key
        if name not in {"__first__", "__latest__"} or key in self.graph.nodes:
            return key
        if app_label == origin.app_label or app_label in self.unmigrated_apps:
            return None
        if app_label in self.migrated_apps:
            if not self._ends:
                self._ends = _ends(self.graph)
            end: MigrationKey | None = self._ends[name].get(app_label)
            if end is not None:
                return end
            if any(failed.app_label == app_label for failed in self.disk.failed):
                return None
        path = self.disk.paths.get(origin)
        is_known = app_label in self.migrated_apps
        self.broken.append(faults.no_such_end(origin, key, attribute, path, is_known=is_known))
        return None


def _is_pair(reference: object) -> bool:
    return (
        isinstance(reference, tuple)
        and len(reference) == 2
        and isinstance(reference[0], str)
        and isinstance(reference[1], str)
    )


def _kind(reference: tuple[str, str], otherwise: EdgeKind) -> EdgeKind:
    if isinstance(reference, SwappableTuple):
        return EdgeKind.SWAPPABLE
    return {"__first__": EdgeKind.FIRST, "__latest__": EdgeKind.LATEST}.get(reference[1], otherwise)


def _ends(graph: MigrationGraph) -> dict[str, dict[str, MigrationKey]]:
    """Return the first root node and the first leaf node of each app, as Django sorts them."""
    first: dict[str, MigrationKey] = {}
    latest: dict[str, MigrationKey] = {}
    nodes: Any = graph.node_map
    for key, node in sorted(nodes.items(), reverse=True):
        if graph.nodes[key] is None:
            continue
        label = key[0]
        if not any(parent.key[0] == label for parent in node.parents):
            first[label] = key
        if not any(child.key[0] == label for child in node.children):
            latest[label] = key
    return {"__first__": first, "__latest__": latest}


@dataclass(frozen=True, kw_only=True)
class History:
    """The migrations of a project, linked, with their squashes carried out.

    Without slots, because what few callers ask for is computed once, when it is asked for.
    """

    loader: Any
    """An `OfflineLoader`, which is Django's ``MigrationLoader`` without a connection."""
    graph: MigrationGraph
    plan: tuple[MigrationKey, ...]
    """All of `migrations`, in the order of ``migrate`` on a fresh database."""
    leaf_nodes: tuple[MigrationKey, ...]
    unmigrated_apps: tuple[str, ...]
    """Labels of the apps with models but without migrations, sorted."""
    replaced: Mapping[MigrationKey, tuple[MigrationKey, ...]]
    """What each squash replaces, as it is written in it, whether or not that still exists."""
    conflicts: Mapping[str, tuple[MigrationKey, ...]]
    """The leaf nodes of each app that has several."""
    warnings: tuple[str, ...]
    """Sentences on what Django accepts in silence, such as a ``.pyc`` file without its source."""

    @property
    def migrations(self) -> Mapping[MigrationKey, Migration]:
        """The migrations of the graph: squashes, not what they replace."""
        graph: Any = self.graph
        nodes: Mapping[MigrationKey, Migration] = graph.nodes
        return nodes

    @property
    def on_disk(self) -> Mapping[MigrationKey, Migration]:
        """All migrations that were read, replaced ones too."""
        on_disk: Mapping[MigrationKey, Migration] = self.loader.disk_migrations
        return on_disk

    @property
    def paths(self) -> Mapping[MigrationKey, str]:
        """The file of each migration of `on_disk`."""
        paths: Mapping[MigrationKey, str] = self.loader.disk.paths
        return paths

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every edge of the graph once, sorted, with how it was written."""
        return faults.edges_of(self.graph, self.loader.written, self.loader.moved)

    def raise_for_conflicts(self) -> None:
        """Refuse a history that ``migrate`` would refuse for its several leaf nodes.

        Raises
        ------
        HistoryError
            If an app has several leaf nodes.
        """
        if self.conflicts:
            raise faults.error_of(faults.conflict_sentences(self.conflicts), is_conflict=True)

    def without_replacements(self) -> History:
        """Return the same migrations with no squash carried out, and `conflicts` left empty.

        Raises
        ------
        HistoryError
            If the replaced migrations are no longer whole.

        References
        ----------
        ``django/db/migrations/executor.py``, ``migration_plan``: ``migrate`` does so when its
        target is a replaced migration.
        """
        return link(self.loader.disk, replace_migrations=False)


def load_history(*, app_labels_unmigrated_ok: bool = True) -> History:
    """Import and link the migrations of all installed apps.

    Parameters
    ----------
    app_labels_unmigrated_ok
        Whether an app may have models and no migrations; if not, each such app is a fault.

    Raises
    ------
    HistoryError
        If anything keeps the history from being replayed; every fault found is in it. Several leaf
        nodes of an app are told among them, but are no error when they are alone: see
        `History.conflicts`.

    Notes
    -----
    Runs the project's code. Django is set up before, and stdout held off, by the caller.
    """
    return link(read_disk(), is_unmigrated_ok=app_labels_unmigrated_ok)


def link(disk: Disk, *, replace_migrations: bool = True, is_unmigrated_ok: bool = True) -> History:
    """Link migrations that were read; the part of `load_history` that imports nothing.

    Raises
    ------
    HistoryError
        As `load_history`.
    """
    loader = OfflineLoader(disk, replace_migrations=replace_migrations)
    graph: MigrationGraph = loader.graph
    unmigrated = tuple(
        sorted(
            label
            for label in disk.unmigrated_apps
            # GeoDjango's app has models of the tables that PostGIS makes.
            if any(model._meta.managed for model in apps.get_app_config(label).get_models())  # noqa: SLF001 - public
        )
    )
    sentences = [*disk.faults, *loader.broken]
    if None in graph.nodes.values():
        sentences += faults.missing_sentences(graph, loader.written, disk, loader.moved)
    if not is_unmigrated_ok:
        sentences += [f"app {label!r} has models but no migrations" for label in unmigrated]
    plan: tuple[MigrationKey, ...] = ()
    try:
        plan = full_plan(graph)
    except HistoryError:
        edges = faults.edges_of(graph, loader.written, loader.moved)
        sentences += faults.cycle_sentences(edges, disk.paths)
    leaves = leaf_nodes(graph)
    # A module that failed, and that others depend on, may join what only seem to be leaf nodes.
    incomplete = {key.app_label for key in disk.failed if key in graph.nodes}
    conflicts = {
        label: keys
        for label, keys in _conflicts(graph, leaves).items()
        # A squash beside what it replaces is no conflict.
        if replace_migrations and label not in incomplete
    }
    if sentences:
        told = faults.conflict_sentences(conflicts, disk.failed)
        raise faults.error_of([*sentences, *told])
    return History(
        loader=loader,
        graph=graph,
        plan=plan,
        leaf_nodes=leaves,
        unmigrated_apps=unmigrated,
        replaced={
            key: tuple(MigrationKey(*replaced) for replaced in migration.replaces)
            for key, migration in loader.replacements.items()
        },
        conflicts=conflicts,
        warnings=disk.warnings,
    )


def _conflicts(
    graph: MigrationGraph, leaves: tuple[MigrationKey, ...]
) -> dict[str, tuple[MigrationKey, ...]]:
    by_app: dict[str, list[MigrationKey]] = {}
    for key in leaves:
        if graph.nodes[key] is not None:
            by_app.setdefault(key.app_label, []).append(key)
    return {label: tuple(keys) for label, keys in by_app.items() if len(keys) > 1}
