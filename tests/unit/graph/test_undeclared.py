"""Operations on models that no dependency made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import migrations, models

from replayer.graph.analyse import analyse
from replayer.history.loader import link
from replayer.model import ModelKey
from tests.unit.history.drawing import draw, key, keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.graph.undeclared import UndeclaredDependency


def create(name: str, **fields: models.Field[Any, Any]) -> migrations.CreateModel:
    made = [("id", models.AutoField(primary_key=True)), *fields.items()]
    return migrations.CreateModel(name, made)


def to(model: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(model, models.CASCADE)


def found(
    picture: str, operations: Mapping[str, list[Any]], **more: Any
) -> tuple[UndeclaredDependency, ...]:
    disk = draw(picture, **more)
    for name, ops in operations.items():
        migration: Any = disk.migrations[key(name)]
        migration.operations = ops
    return analyse(link(disk)).undeclared_dependencies


def test_a_foreign_key_to_a_model_of_an_app_that_is_not_an_ancestor() -> None:
    """
    a.1 makes Thing; b.1 points at it from its second operation, and does not say so
    """
    (one,) = found(
        "a.1\nb.1",
        {"a.1": [create("Thing")], "b.1": [create("Other"), create("Part", thing=to("a.Thing"))]},
    )
    assert str(one.operation) == "b.1[1]"
    assert one.model == ModelKey("a", "thing")
    assert one.makers == keys("a.1")


@pytest.mark.parametrize("picture", ["a.1 -> b.1", "a.1 -> c.1 -> b.1"])
def test_a_dependency_near_or_far_is_enough(picture: str) -> None:
    assert not found(
        picture, {"a.1": [create("Thing")], "b.1": [create("Part", thing=to("a.Thing"))]}
    )


def test_an_ancestor_of_the_same_app_that_is_too_early_is_not_enough() -> None:
    (one,) = found(
        "a.1 -> a.2\na.1 -> b.1",
        {"a.2": [create("Thing")], "b.1": [create("Part", thing=to("a.Thing"))]},
    )
    assert one.makers == keys("a.2")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("Part", "thing", to("a.Thing")),
        migrations.AlterField("Part", "thing", models.ManyToManyField("a.Thing")),
        migrations.AddField("Part", "x", models.ManyToManyField("Part", through="a.Thing")),
        migrations.CreateModel("Child", [], bases=("a.thing",)),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddField("Part", "thing", to("a.Thing"))]
        ),
        migrations.RunSQL(
            "", state_operations=[migrations.AddField("Part", "thing", to("a.Thing"))]
        ),
    ],
    ids=["add", "alter", "through", "base", "separate", "sql"],
)
def test_every_way_to_point_at_a_model_is_seen(operation: Any) -> None:
    operations: dict[str, list[Any]] = {
        "a.1": [create("Thing")],
        "b.1": [create("Part"), operation],
    }
    assert [str(one.operation) for one in found("a.1\nb.1", operations)] == ["b.1[1]"]
    assert not found("a.1 -> b.1", operations)


def test_a_renamed_model_is_made_by_its_rename() -> None:
    operations: dict[str, list[Any]] = {
        "a.1": [create("Old")],
        "a.2": [migrations.RenameModel("Old", "New")],
        "b.1": [create("Part", thing=to("a.New"))],
    }
    (one,) = found("a.1 -> a.2\na.1 -> b.1", operations)
    assert one.makers == keys("a.2")
    assert not found("a.1 -> a.2 -> b.1", operations)


def test_a_model_that_a_custom_operation_makes_needs_the_app_alone() -> None:
    operations = {"b.1": [create("Part", thing=to("a.Hidden"))]}
    (one,) = found("a.1\nb.1", operations)
    assert one.makers == ()
    assert not found("a.1 -> b.1", operations)


def test_own_models_and_those_of_unmigrated_apps_need_nothing() -> None:
    operations = {
        "b.1": [create("Part", own=to("self"), part=to("Part"), other=to("u.Thing"))],
    }
    assert not found("b.1", operations)
