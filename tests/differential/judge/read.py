"""Read a database's snapshot with the reader of its dialect."""

from __future__ import annotations

from tests.differential.judge import mysql, postgresql, sqlite
from tests.differential.judge.facts import Snapshot
from tests.differential.servers import Server, connect

_READERS = {
    "sqlite": sqlite.read_facts,
    "postgresql": postgresql.read_facts,
    "mysql": mysql.read_facts,
    "mariadb": mysql.read_facts,
}


def read(server: Server, database: str, *, with_migrations_table: bool = False) -> Snapshot:
    """Return what a database holds.

    Parameters
    ----------
    with_migrations_table
        Whether ``django_migrations`` counts; ``migrate`` makes it and replayer's output lacks it.
    """
    with connect(server, database) as connection:
        snapshot = Snapshot.of(server.dialect, _READERS[server.dialect](connection))
    return snapshot if with_migrations_table else snapshot.without_tables("django_migrations")
