"""The models that have tables: of a state, of an app's ``models.py``, and Django's own record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps as global_apps
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps

if TYPE_CHECKING:
    from django.db.migrations.state import ProjectState


def rendered_state_models(state: ProjectState) -> list[Any]:
    """Return the model classes of a state, in the order in which the history made them.

    Raises
    ------
    ValueError
        When a relation of the state points at a model that the state doesn't hold.
    """
    registry = StateApps(state.real_apps, state.models)  # type: ignore[arg-type]  # sets serve
    labels = {
        (model_state.app_label, model_state.name_lower): None
        for model_state in state.models.values()
    }
    return [registry.get_model(*key) for key in labels]


def models_of_app(label: str) -> list[Any]:
    """Return the model classes of an installed app, in the order of its ``models.py``."""
    return list(global_apps.get_app_config(label).get_models(include_swapped=True))


def migrations_table_model() -> Any:  # noqa: ANN401 - a model class
    """Return the model of ``django_migrations``; django/db/migrations/recorder.py."""
    return MigrationRecorder.Migration
