"""One history, carried out twice: by Django on a real database, and by the replay without one."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.migrations.state import ProjectState
from django.db.utils import load_backend

from replayer.api.history_schema import ReplayedHistory, replay_history
from replayer.dialects.connections import OfflineEngines
from replayer.history.loader import History, link
from replayer.project.drivers import backend_imports
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.history.disk import Disk
    from replayer.model import ServerFacts

ENGINES = OfflineEngines(backend_imports)


@contextlib.contextmanager
def in_place(alias: str, connection: Any) -> Iterator[Any]:
    """Let ``django.db.connections`` give a connection for an alias."""
    connections[alias] = connection
    try:
        yield connection
    finally:
        with contextlib.suppress(Exception):
            connection.close()
        del connections[alias]


def settings_for(engine: str, **options: Any) -> dict[str, Any]:
    """Return the entry of ``DATABASES`` with all that Django fills in."""
    return {
        "ENGINE": engine,
        "NAME": "",
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "OPTIONS": {},
        "TIME_ZONE": None,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "TEST": {},
        **options,
    }


@contextlib.contextmanager
def real(engine: str, **options: Any) -> Iterator[Any]:
    """Yield a connection of Django's own."""
    wrapper: Any = load_backend(engine).DatabaseWrapper
    with in_place("real", wrapper(settings_for(engine, **options), "real")) as connection:
        try:
            yield connection
        finally:
            # Django's own close() leaves a database in memory open.
            if connection.connection is not None:
                connection.connection.close()


@contextlib.contextmanager
def offline(engine: str, facts: ServerFacts) -> Iterator[Any]:
    """Yield an offline connection of the same backend."""
    wrapper = ENGINES.offline(engine, facts)
    with in_place("offline", wrapper(settings_for(engine), "offline")) as connection:
        yield connection


def migrate(disk: Disk, connection: Any) -> ProjectState:
    """Apply the migrations in order, as ``migrate`` does."""
    state = ProjectState()
    disk = copy.deepcopy(disk)
    for key in link(disk).plan:
        migration = disk.migrations[key]
        with connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
    return state


def replayed(disk: Disk, connection: Any, *, is_eager: bool = False) -> ReplayedHistory:
    """Replay the same migrations offline."""
    history: History = link(copy.deepcopy(disk))
    return replay_history(history, history.plan, connection, Sources(), is_eager=is_eager)


def statements(history: ReplayedHistory) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Return what each migration executed."""
    return [
        (
            str(record.key),
            tuple(sql for step in record.steps for sql in step.statements),
            record.deferred,
        )
        for record in history.records
    ]
