"""The models of a state that have tables."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from replayer.ddl.tables import rendered_state_models
from tests.unit.history.drawing import set_up_django

set_up_django()


class Partial(models.TextField):  # type: ignore[type-arg]  # has none when it runs
    """Brings a field of its own, as fields for money and partial dates do."""

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002 - as the base
        """Add the precision first."""
        cls.add_to_class(f"{name}_precision", models.CharField(max_length=10))
        super().contribute_to_class(cls, name, private_only=private_only)


def test_a_field_that_another_brings_and_the_migrations_name_has_one_column() -> None:
    fields = [
        ("id", models.AutoField(primary_key=True)),
        ("born_precision", models.CharField(max_length=10)),
        ("name", models.CharField(max_length=50)),
        ("born", Partial()),
    ]
    state = ProjectState()
    state.add_model(ModelState("a", "Author", fields))
    (author,) = rendered_state_models(state)
    names = ["id", "born_precision", "name", "born"]
    assert [field.name for field in author._meta.local_fields] == names
    assert [field.name for field in author._meta.get_fields()] == names
