"""The models that have tables: of a state, of an app's ``models.py``, and Django's own record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps as global_apps
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import StateApps

from replayer.errors import HistoryError
from replayer.replay.copies import Spent, renderable

if TYPE_CHECKING:
    from django.db.migrations.state import ProjectState


def rendered_state_models(state: ProjectState, *, is_spent: bool = False) -> list[Any]:
    """Return the model classes of a state, in the order in which the history made them.

    Parameters
    ----------
    is_spent
        Whether nobody looks at the state, or at the operations that made it, after this: its fields
        then go into the models themselves, which spares a third of the memory.

    Raises
    ------
    HistoryError
        When a relation of the state points at a model that the state doesn't hold.
    """
    light = Spent(state.models.values()).renderable if is_spent else renderable
    states = {key: light(model_state) for key, model_state in state.models.items()}
    try:
        registry = StateApps(state.real_apps, states)  # type: ignore[arg-type]  # sets serve
    except ValueError as error:
        # One line for each; django/db/migrations/state.py and django/core/checks/model_checks.py.
        told = "; ".join(line.rstrip(".") for line in str(error).splitlines())
        message = f"the final state of the migrations cannot be rendered: {told}"
        raise HistoryError(message) from error
    labels = {(state.app_label, state.name_lower): None for state in states.values()}
    return [registry.get_model(*key) for key in labels]


def models_of_app(label: str) -> list[Any]:
    """Return the model classes of an installed app, in the order of its ``models.py``."""
    return list(global_apps.get_app_config(label).get_models(include_swapped=True))


def migrations_table_model() -> Any:  # noqa: ANN401 - a model class
    """Return the model of ``django_migrations``; django/db/migrations/recorder.py."""
    return MigrationRecorder.Migration
