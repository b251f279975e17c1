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
    models = [registry.get_model(*key) for key in labels]
    for model in models:
        _drop_doubles(model)
    return models


def _drop_doubles(model: Any) -> None:  # noqa: ANN401 - a model class
    """Leave one field for each name: some fields bring another, which the migrations name too.

    Notes
    -----
    A model of a state has both, and its table would have the column twice. The later one stays, in
    the place of the first, as where SQLite's editor writes a table anew.
    Source: django/db/backends/sqlite3/schema.py, ``_remake_table`` (4.2 to 6.1).
    """
    meta = model._meta  # noqa: SLF001 - Django's public name
    named = {field.name: field for field in meta.local_fields}
    if len(named) < len(meta.local_fields):
        meta.local_fields = list(named.values())
        meta._expire_cache()  # noqa: SLF001 - as Django's own add_field does


def models_of_app(label: str) -> list[Any]:
    """Return the model classes of an installed app, in the order of its ``models.py``."""
    return list(global_apps.get_app_config(label).get_models(include_swapped=True))


def migrations_table_model() -> Any:  # noqa: ANN401 - a model class
    """Return the model of ``django_migrations``; django/db/migrations/recorder.py."""
    return MigrationRecorder.Migration
