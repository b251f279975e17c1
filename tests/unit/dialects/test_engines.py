from __future__ import annotations

from typing import Any

import django
import pytest
from django.db import OperationalError

from replayer.dialects.connections import OfflineEngines
from replayer.dialects.facts import note_of_age, server_facts
from replayer.dialects.offline import REFUSAL, OfflineConnection, OfflineCursor
from replayer.errors import DialectError
from replayer.model import Dialect
from replayer.project.drivers import backend_imports
from tests.property.replaying import offline
from tests.unit.history.drawing import set_up_django

set_up_django()
ENGINES = OfflineEngines(backend_imports)


@pytest.mark.parametrize(
    ("engine", "vendor", "dialect"),
    [
        ("django.db.backends.sqlite3", "sqlite", Dialect.SQLITE),
        ("django.db.backends.postgresql", "postgresql", Dialect.POSTGRESQL),
        ("django.db.backends.postgresql_psycopg2", "postgresql", Dialect.POSTGRESQL),
        ("django.db.backends.mysql", "mysql", Dialect.MYSQL),
    ],
)
def test_an_engine_is_known_by_its_vendor(engine: str, vendor: str, dialect: Dialect) -> None:
    assert ENGINES.vendor(engine) == vendor
    assert ENGINES.dialect(engine) is dialect


def test_an_engine_that_cannot_be_imported_is_named() -> None:
    with pytest.raises(DialectError, match=r"'nobody\.backend' cannot be imported"):
        ENGINES.base("nobody.backend")


def test_an_engine_without_a_dialect_is_named() -> None:
    with pytest.raises(DialectError, match="speaks no known dialect"):
        ENGINES.dialect("django.db.backends.dummy")


def test_a_class_is_made_once_for_each_server() -> None:
    facts = server_facts(Dialect.POSTGRESQL, "15")
    engine = "django.db.backends.postgresql"
    assert ENGINES.offline(engine, facts) is ENGINES.offline(engine, facts)
    other = server_facts(Dialect.POSTGRESQL, "16")
    assert ENGINES.offline(engine, facts) is not ENGINES.offline(engine, other)
    assert issubclass(ENGINES.offline(engine, facts), ENGINES.base(engine))


@pytest.mark.parametrize(
    ("dialect", "engine"),
    [
        (Dialect.SQLITE, "django.db.backends.sqlite3"),
        (Dialect.POSTGRESQL, "django.db.backends.postgresql"),
        (Dialect.MYSQL, "django.db.backends.mysql"),
        (Dialect.MARIADB, "django.db.backends.mysql"),
    ],
)
def test_nothing_is_asked_of_a_server_that_is_not_there(dialect: Dialect, engine: str) -> None:
    with offline(engine, server_facts(dialect)) as connection:
        for ask in (
            connection.ensure_connection,
            connection.cursor,
            connection.introspection.table_names,
        ):
            with pytest.raises(OperationalError, match=REFUSAL):
                ask()
        # Django derives its features from the facts alone.
        assert isinstance(connection.features.supports_transactions, bool)


@pytest.mark.parametrize(
    ("dialect", "version", "expected"),
    [
        (Dialect.MYSQL, "8.0.36", (False, True)),
        # Django 6.1 knows no MySQL so old any more, and asks no version.
        (Dialect.MYSQL, "5.7", (False, django.VERSION >= (6, 1))),
        (Dialect.MARIADB, "10.11", (True, True)),
    ],
)
def test_a_server_is_a_value(dialect: Dialect, version: str, expected: tuple[Any, ...]) -> None:
    with offline("django.db.backends.mysql", server_facts(dialect, version)) as connection:
        found = (
            connection.mysql_is_mariadb,
            bool(connection.features.supports_column_check_constraints),
        )
        assert found == expected


@pytest.mark.parametrize(
    ("engine", "dialect", "version", "oldest"),
    [
        ("postgresql", Dialect.POSTGRESQL, "9.6", "PostgreSQL 1"),
        ("mysql", Dialect.MYSQL, "5.7.44", "MySQL 8"),
        ("mysql", Dialect.MARIADB, "10.3", "MariaDB 10."),
    ],
)
def test_a_server_that_django_dropped_is_named(
    engine: str, dialect: Dialect, version: str, oldest: str
) -> None:
    name = f"django.db.backends.{engine}"
    with offline(name, server_facts(dialect, version)) as connection:
        note = note_of_age(connection)
    assert note is not None
    assert f"takes {oldest}" in note
    assert version in note


@pytest.mark.parametrize("dialect", [one for one in Dialect if one is not Dialect.MSSQL])
def test_the_servers_that_are_assumed_are_not_too_old(dialect: Dialect) -> None:
    with offline(ENGINES.default_engine(dialect), server_facts(dialect)) as connection:
        assert note_of_age(connection) is None


@pytest.mark.parametrize("dialect", [Dialect.POSTGRESQL, Dialect.MYSQL, Dialect.MARIADB])
def test_the_end_of_a_result_is_the_one_that_the_backend_waits_for(dialect: Dialect) -> None:
    """Django loops until a cursor returns this very value: () is not []."""
    with offline(ENGINES.default_engine(dialect), server_facts(dialect, None)) as wrapper:
        cursor = OfflineCursor(OfflineConnection(wrapper))
        assert cursor.fetchmany(100) == wrapper.features.empty_fetchmany_value
