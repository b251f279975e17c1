"""The server that is assumed, as a value."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from django import get_version

from replayer.errors import UsageError
from replayer.model import Dialect, ServerFacts

DEFAULT_VERSIONS: dict[Dialect, tuple[int, ...]] = {
    Dialect.SQLITE: sqlite3.sqlite_version_info,
    Dialect.POSTGRESQL: (16,),
    Dialect.MYSQL: (8, 4, 0),
    Dialect.MARIADB: (10, 11, 0),
    Dialect.MSSQL: (16,),
}
"""SQL Server's major version 16 is SQL Server 2022. SQLite's is the library that Python links."""

MSSQL_YEARS = {11: 2012, 12: 2014, 13: 2016, 14: 2017, 15: 2019, 16: 2022, 17: 2025}


def server_facts(dialect: Dialect, version: str | None = None) -> ServerFacts:
    """Return the facts of the server that the user names, or of the default one.

    Parameters
    ----------
    version
        As the server says it: ``15``, ``8.0.36``, ``10.11.6-MariaDB``; for SQL Server its major
        version or its year.

    Raises
    ------
    UsageError
        When the version cannot be read, or is asked of SQLite, whose library is the linked one.
    """
    if version is None:
        return ServerFacts(dialect=dialect, version=DEFAULT_VERSIONS[dialect])
    match = re.match(r"v?(\d+(?:\.\d+){0,3})", version.strip())
    if match is None:
        message = f"{version!r} is not a server version"
        raise UsageError(message, hint="type it as 15, 8.0.36 or 10.11")
    numbers = tuple(int(part) for part in match[1].split("."))
    if dialect is Dialect.SQLITE and numbers != sqlite3.sqlite_version_info[: len(numbers)]:
        message = (
            f"SQLite {version} cannot be assumed: the library that Python links, "
            f"{sqlite3.sqlite_version}, is the one that decides"
        )
        raise UsageError(message, hint="leave out --server-version")
    if dialect is Dialect.SQLITE:
        numbers = sqlite3.sqlite_version_info
    elif dialect is Dialect.MSSQL:
        years = {year: major for major, year in MSSQL_YEARS.items()}
        numbers = (years.get(numbers[0], numbers[0]), *numbers[1:])
    elif dialect.is_mysql_like:
        numbers = (*numbers, 0, 0)[:3]
    return ServerFacts(dialect=dialect, version=numbers)


def note_of_age(connection: Any) -> str | None:  # noqa: ANN401 - an offline wrapper
    """Return what is said of a server that the installed Django no longer takes, or None.

    Notes
    -----
    Source: ``check_database_version_supported`` (django/db/backends/base/base.py), by which
    ``migrate`` refuses to connect; a feature may be asked of no version that Django has dropped.
    """
    facts: ServerFacts = connection.facts
    minimum = getattr(connection.features, "minimum_database_version", None)
    if minimum is None or facts.version >= tuple(minimum):
        return None
    oldest, assumed = (".".join(map(str, version)) for version in (minimum, facts.version))
    return (
        f"Django {get_version()} takes {connection.display_name} {oldest} or later: "
        f"its migrate would refuse the version that is assumed, {assumed}"
    )
