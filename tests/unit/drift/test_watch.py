"""What Django's state accepts in silence and a database refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations, models

from replayer.drift.watch import watch
from replayer.history.loader import link
from replayer.sources import Sources
from tests.unit.history.drawing import draw, key


def found(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    disk = draw("a.1 -> a.2")
    for name, options in (("a.1", first), ("a.2", second)):
        migration: Any = disk.migrations[key(name)]
        fields: list[tuple[str, Any]] = [("id", models.AutoField(primary_key=True))]
        migration.operations = [migrations.CreateModel("Thing", fields, options)]
    history = link(disk)
    return [item.rule_id for item in watch(history, history.plan, Sources()).findings]


@pytest.mark.parametrize("second", [{}, {"managed": False}])
def test_R406_a_model_with_a_table_is_created_again(second: dict[str, Any]) -> None:  # noqa: N802
    assert found({}, second) == ["R406"]


@pytest.mark.parametrize("first", [{"managed": False}, {"proxy": True}])
def test_R406_not_where_the_first_made_no_table(first: dict[str, Any]) -> None:  # noqa: N802
    assert found(first, {}) == []
