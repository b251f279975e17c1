"""A default that only the project can compute is stood in for by a value that its column takes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import models

from replayer.dialects.facts import server_facts
from replayer.model import Dialect
from tests.property.replaying import offline
from tests.unit.history.drawing import set_up_django

set_up_django()


class Odd(models.Field):  # type: ignore[type-arg]  # generic in the stubs alone
    """A field class that Django doesn't know, of any column type."""

    def __init__(self, column_type: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.column_type = column_type

    def db_type(self, connection: object) -> str:
        del connection
        return self.column_type


def _never() -> object:
    raise AssertionError


@pytest.mark.parametrize(
    ("column_type", "expected"),
    [
        ("int4range[]", []),
        ("varchar(20)[3]", []),
        ("tstzrange", "empty"),
        ("datemultirange", "{}"),
        ("numeric(6, 2)", 0),
        ("double precision", 0),
        ("mediumint", 0),
        ("boolean", False),
        ("timestamp(3) with time zone", dt.datetime(2000, 1, 1)),  # noqa: DTZ001 - as it is written
        ("time with time zone", dt.time(0)),
        ("date", dt.date(2000, 1, 1)),
        ("jsonb", "{}"),
        ("uuid", uuid.UUID(int=0)),
        ("macaddr", "00:00:00:00:00:00"),
        ("citext", ""),
        ("interval", dt.timedelta(0)),
    ],
)
def test_the_default_of_an_unknown_field_class_goes_by_its_columns_type(
    column_type: str, expected: object
) -> None:
    facts = server_facts(Dialect.POSTGRESQL)
    with offline("django.db.backends.postgresql", facts) as connection:
        editor = connection.schema_editor(collect_sql=True)
        found = editor.effective_default(Odd(column_type, default=_never))
    assert (found, type(found)) == (expected, type(expected))


def test_a_default_that_the_projects_own_driver_alone_can_write_is_stood_in_for() -> None:
    facts = server_facts(Dialect.POSTGRESQL)
    with offline("django.db.backends.postgresql", facts) as connection:
        editor = connection.schema_editor(collect_sql=True)
        assert editor.effective_default(Odd("integer", default=3 + 4j)) == 0


def test_a_class_that_django_knows_goes_by_its_name() -> None:
    facts = server_facts(Dialect.MYSQL)
    with offline("django.db.backends.mysql", facts) as connection:
        editor = connection.schema_editor(collect_sql=True)
        assert editor.effective_default(models.UUIDField(default=_never)) == "0" * 32
        assert editor.effective_default(models.IntegerField(default=_never)) == 0
        assert editor.effective_default(models.IntegerField(default=7)) == 7
