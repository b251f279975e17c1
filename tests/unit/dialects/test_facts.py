from __future__ import annotations

import sqlite3

import pytest

from replayer.dialects.facts import DEFAULT_VERSIONS, server_facts
from replayer.errors import UsageError
from replayer.model import Dialect


@pytest.mark.parametrize("dialect", Dialect)
def test_a_dialect_has_a_default_server(dialect: Dialect) -> None:
    facts = server_facts(dialect)
    assert facts.dialect is dialect
    assert facts.version == DEFAULT_VERSIONS[dialect]


@pytest.mark.parametrize(
    ("dialect", "text", "version"),
    [
        (Dialect.POSTGRESQL, "15", (15,)),
        (Dialect.POSTGRESQL, "15.4 (Debian 15.4-1)", (15, 4)),
        (Dialect.MYSQL, "8.0.36", (8, 0, 36)),
        (Dialect.MYSQL, "8", (8, 0, 0)),
        (Dialect.MARIADB, "10.11.6-MariaDB", (10, 11, 6)),
        (Dialect.MARIADB, "v10.5", (10, 5, 0)),
        (Dialect.MSSQL, "2019", (15,)),
        (Dialect.MSSQL, "16", (16,)),
        (Dialect.SQLITE, sqlite3.sqlite_version, sqlite3.sqlite_version_info),
    ],
)
def test_a_version_is_read_as_servers_say_it(
    dialect: Dialect, text: str, version: tuple[int, ...]
) -> None:
    assert server_facts(dialect, text).version == version


@pytest.mark.parametrize("text", ["", "new", "-1", "latest 8"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a server version"):
        server_facts(Dialect.MYSQL, text)


def test_the_library_that_python_links_cannot_be_chosen() -> None:
    with pytest.raises(UsageError, match="leave out --server-version"):
        server_facts(Dialect.SQLITE, "2.8.17")
