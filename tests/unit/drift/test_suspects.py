"""Which operations may leave another schema than their state says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from replayer.drift.suspects import count_suspects
from replayer.model import MigrationKey

PLAIN = migrations.AddField("poll", "title", models.CharField(max_length=20))
SQL = migrations.RunSQL("CREATE VIEW a AS SELECT 1")


def move_rows(apps: Any, schema_editor: Any) -> None:
    apps.get_model("polls", "Poll").objects.update(title="a")


def make_table(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("CREATE TABLE a (b integer)")


class Custom(Operation):
    pass


class OwnApply(migrations.Migration):
    def apply(self, *args: Any, **kwargs: Any) -> Any:
        return super().apply(*args, **kwargs)


def suspects(*operations: Any, kind: type = migrations.Migration, is_own: bool = True) -> Any:
    migration = kind("0001", "polls")
    migration.operations = list(operations)
    key = MigrationKey("polls", "0001")
    history: Any = SimpleNamespace(plan=(key,), on_disk={key: migration})
    return count_suspects(history, lambda _: is_own)


@pytest.mark.parametrize(
    ("operation", "count"),
    [
        (PLAIN, 0),
        (SQL, 1),
        (migrations.RunSQL(migrations.RunSQL.noop), 0),
        (migrations.RunPython(move_rows), 0),
        (migrations.RunPython(migrations.RunPython.noop), 0),
        (migrations.RunPython(make_table), 1),
        (migrations.SeparateDatabaseAndState(), 0),
        (migrations.SeparateDatabaseAndState(state_operations=[PLAIN]), 1),
        (migrations.SeparateDatabaseAndState(database_operations=[PLAIN]), 1),
        (migrations.SeparateDatabaseAndState(database_operations=[SQL]), 1),
        (Custom(), 1),
    ],
)
def test_an_operation_of_the_project(operation: Any, count: int) -> None:
    assert suspects(operation) == (count, 0)


def test_a_migration_with_an_apply_of_its_own() -> None:
    assert suspects(PLAIN, kind=OwnApply) == (1, 0)


def test_operations_of_installed_packages_are_counted_apart_and_their_python_not() -> None:
    found = suspects(SQL, migrations.RunPython(make_table), Custom(), is_own=False)
    assert found == (0, 2)
