"""A proxy of an automatic many-to-many model, which stands in no state."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.migrations import operations as ops

from replayer.dialects.facts import server_facts
from replayer.model import Dialect
from tests.property.operations import disk_of
from tests.property.replaying import offline, replayed
from tests.unit.history.drawing import set_up_django

set_up_django()

ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgresql": "django.db.backends.postgresql",
}


@pytest.mark.parametrize("dialect", ENGINES)
def test_it_is_rendered_and_keys_may_point_at_it(dialect: str) -> None:
    def key() -> tuple[str, models.Field[Any, Any]]:
        return ("id", models.BigAutoField(primary_key=True))

    operations = [
        ops.CreateModel("user", [key()]),
        ops.CreateModel("big_finding", [key(), ("my_users", models.ManyToManyField("alpha.user"))]),
        ops.CreateModel(
            "tracked", [], options={"proxy": True}, bases=("alpha.big_finding_my_users",)
        ),
        ops.CreateModel(
            "event",
            [key(), ("obj", models.ForeignKey("alpha.tracked", models.CASCADE))],
        ),
        ops.AddField("event", "number", models.IntegerField(null=True)),
        ops.AddField("user", "name", models.TextField(null=True)),
        ops.AddField(
            "user", "tracked", models.ForeignKey("alpha.tracked", models.CASCADE, null=True)
        ),
    ]
    disk = disk_of([("alpha", operation) for operation in operations])
    with offline(ENGINES[dialect], server_facts(Dialect(dialect))) as connection:
        event = replayed(disk, connection).catalog.table("alpha_event")
    assert event is not None
    (foreign_key,) = event.foreign_keys
    assert foreign_key.target.name == "alpha_big_finding_my_users"
