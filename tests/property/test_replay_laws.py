"""Laws of the replay, against Django's own state and a real ``migrate``, on random histories."""

from __future__ import annotations

import copy
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError
from django.db.migrations.state import ProjectState
from hypothesis import HealthCheck, assume, given, settings

from replayer.catalog.sqlite.catalog import SqliteCatalog
from replayer.dialects.facts import server_facts
from replayer.errors import ReplayError
from replayer.history.loader import link
from replayer.model import Dialect
from replayer.replay.final import replay_state
from replayer.sources import Sources
from tests.differential.judge.compare import compare
from tests.differential.judge.read import read
from tests.differential.servers import (
    ServerMissingError,
    create_database,
    drop_database,
    execute,
    find_server,
    own_name,
    server_version,
)
from tests.property.operations import disk_of, operation_lists
from tests.property.replaying import migrate, offline, real, replayed, statements
from tests.unit.history.drawing import set_up_django

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.differential.servers import Server

set_up_django()

SQLITE = "django.db.backends.sqlite3"
ENGINES = {
    "sqlite": SQLITE,
    "postgresql": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
    "mariadb": "django.db.backends.mysql",
}
Written = list[tuple[str, Any]]
calm = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)


@calm
@given(operation_lists())
def test_the_state_is_djangos(written: Written) -> None:
    disk = disk_of(written)
    theirs = ProjectState()
    for key in link(copy.deepcopy(disk)).plan:
        theirs = copy.deepcopy(disk.migrations[key]).mutate_state(theirs)
    history = link(copy.deepcopy(disk))
    ours = replay_state(history, history.plan, Sources()).state
    assert dict(ours.models.items()) == theirs.models
    assert ours == theirs


@calm
@given(operation_lists())
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql"])
def test_lazy_rendering_says_what_eager_rendering_says(dialect: str, written: Written) -> None:
    disk = disk_of(written)
    facts = server_facts(Dialect(dialect))
    with offline(ENGINES[dialect], facts) as connection:
        try:
            eager = statements(replayed(disk, connection, is_eager=True))
        except ReplayError:
            assume(False)  # noqa: FBT003 - Hypothesis's own way
            raise
        assert statements(replayed(disk, connection)) == eager


def master(connection: sqlite3.Connection) -> list[Any]:
    """Return what SQLite holds, its own tables aside.

    Sorted: many-to-many tables follow a key in the order in which models were registered.
    """
    return sorted(SqliteCatalog(server_facts(Dialect.SQLITE), connection=connection).rows())


@pytest.mark.database
@calm
@given(operation_lists())
def test_the_history_is_what_migrate_leaves_in_sqlite(written: Written) -> None:
    disk = disk_of(written)
    failure: Exception | None = None
    wanted: list[Any] = []
    with real(SQLITE, NAME=":memory:") as connection:
        try:
            migrate(disk, connection)
        except Exception as error:  # noqa: BLE001 - whatever migrate says of a bad history
            failure = error
        else:
            wanted = master(connection.connection)
    with offline(SQLITE, server_facts(Dialect.SQLITE)) as connection:
        if failure is not None:
            if isinstance(failure, DatabaseError):
                with pytest.raises(ReplayError):
                    replayed(disk, connection)
            return
        catalog = replayed(disk, connection).catalog
        assert isinstance(catalog, SqliteCatalog)
        assert master(catalog.connection) == wanted
        text, tables = catalog.statements(), dict(catalog.tables)
    other = SqliteCatalog(server_facts(Dialect.SQLITE))
    for statement in text:
        other.execute(statement.sql)
    assert dict(other.tables) == tables
    other.close()


DATABASES = (own_name("replayer_laws_migrated"), own_name("replayer_laws_loaded"))


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    try:
        server = find_server("postgresql")
    except ServerMissingError as error:
        pytest.skip(str(error))
    for name in DATABASES:
        create_database(server, name)
    yield server
    for name in DATABASES:
        drop_database(server, name)


@pytest.mark.server
@pytest.mark.slow
@settings(calm, max_examples=25)
@given(operation_lists())
def test_the_history_is_what_migrate_leaves_in_postgresql(
    postgresql: Server, written: Written
) -> None:
    disk = disk_of(written)
    for name in DATABASES:
        execute(postgresql, name, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    engine = ENGINES["postgresql"]
    where: dict[str, Any] = {
        "HOST": postgresql.host,
        "PORT": postgresql.port,
        "USER": postgresql.user,
        "PASSWORD": postgresql.password,
        "NAME": DATABASES[0],
    }
    failure: Exception | None = None
    with real(engine, **where) as connection:
        try:
            migrate(disk, connection)
        except Exception as error:  # noqa: BLE001 - whatever migrate says of a bad history
            failure = error
    facts = server_facts(Dialect.POSTGRESQL, server_version(postgresql))
    with offline(engine, facts) as connection:
        if failure is not None:
            if isinstance(failure, DatabaseError):
                with pytest.raises(ReplayError):
                    replayed(disk, connection)
            return
        text = replayed(disk, connection).catalog.statements()
    execute(postgresql, DATABASES[1], *(statement.sql for statement in text))
    migrated, loaded = (read(postgresql, name) for name in DATABASES)
    assert compare(migrated, loaded) == ()
