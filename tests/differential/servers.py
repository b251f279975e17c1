"""The servers that the tests may use, as values, and how one connects to them.

A server is named by an environment variable (``.ci/servers env`` prints them); SQLite is always
there and keeps its databases as files of a directory.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES = {
    "postgresql": "REPLAYER_TEST_POSTGRESQL",
    "mariadb": "REPLAYER_TEST_MARIADB",
    "mysql": "REPLAYER_TEST_MYSQL",
}
DIALECTS = ("sqlite", *VARIABLES)
"""The dialects that can be compared; SQL Server has no server here."""


class ServerMissingError(LookupError):
    """A server is not there; the message names its variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that databases can be made on."""

    dialect: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    directory: Path | None = None
    """Where SQLite keeps its databases."""

    def path(self, database: str) -> Path:
        """Return the file of a SQLite database."""
        assert self.directory is not None
        return self.directory / f"{database}.sqlite3"


def find_server(dialect: str, directory: Path | None = None) -> Server:
    """Return the server of a dialect.

    Raises
    ------
    ServerMissingError
        If its environment variable is not set.
    """
    if dialect == "sqlite":
        return Server(dialect=dialect, directory=directory or Path.cwd())
    url = os.environ.get(VARIABLES[dialect], "")
    if not url:
        msg = (
            f"{VARIABLES[dialect]} is not set: no {dialect} server "
            '(.ci/servers start, then eval "$(.ci/servers env)")'
        )
        raise ServerMissingError(msg)
    parts = urlsplit(url)
    return Server(
        dialect=dialect,
        host=parts.hostname or "127.0.0.1",
        port=parts.port or {"postgresql": 5432}.get(dialect, 3306),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _driver(*names: str) -> Any:
    for name in names:
        with contextlib.suppress(ImportError):
            return importlib.import_module(name)
    msg = f"none of the drivers {', '.join(names)} is installed"
    raise ServerMissingError(msg)


@contextlib.contextmanager
def connect(server: Server, database: str | None = None) -> Iterator[Any]:
    """Open a connection of the DB-API in autocommit, and close it."""
    connection: Any
    if server.dialect == "sqlite":
        connection = sqlite3.connect(server.path(database or "default"), isolation_level=None)
    elif server.dialect == "postgresql":
        connection = _driver("psycopg", "psycopg2").connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password or None,
            dbname=database or "postgres",
        )
        connection.autocommit = True
    else:
        connection = _driver("MySQLdb", "pymysql").connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            charset="utf8mb4",
            **({"database": database} if database else {}),
        )
        connection.autocommit(True)  # noqa: FBT003 - the DB-API's drivers take no keyword
    try:
        yield connection
    finally:
        connection.close()


def execute(server: Server, database: str | None, *statements: str) -> None:
    """Run statements, each in a transaction of its own."""
    with connect(server, database) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()


def server_version(server: Server) -> str:
    """Return the server's version as ``--server-version`` takes it."""
    if server.dialect == "sqlite":
        return sqlite3.sqlite_version
    question = "SHOW server_version" if server.dialect == "postgresql" else "SELECT VERSION()"
    with connect(server) as connection:
        cursor = connection.cursor()
        cursor.execute(question)
        answer = str(cursor.fetchone()[0])
        cursor.close()
    return answer.split(" ", 1)[0].split("-", 1)[0]


def own_name(name: str) -> str:
    """Return the name of a database that no other worker of this run uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"{name}_{worker}" if worker else name


def create_database(server: Server, name: str) -> None:
    """Make an empty database, in place of one of that name."""
    drop_database(server, name)
    if server.dialect == "sqlite":
        server.path(name).touch()
    elif server.dialect == "postgresql":
        execute(server, None, f'CREATE DATABASE "{name}" TEMPLATE template0')
    else:
        execute(server, None, f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")


def drop_database(server: Server, name: str) -> None:
    """Drop a database if it is there."""
    if server.dialect == "sqlite":
        server.path(name).unlink(missing_ok=True)
    elif server.dialect == "postgresql":
        execute(server, None, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    else:
        with contextlib.suppress(Exception):  # "DROP ... IF EXISTS" warns where it is not there
            execute(server, None, f"DROP DATABASE `{name}`")
