"""What ``makemigrations`` would write: the autodetector, handed only what may differ."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.utils import translation

from replayer.drift.equal import Equality
from replayer.drift.questioner import FieldRename, ModelRename, SilentQuestioner
from replayer.errors import ProjectError
from replayer.model import ModelKey
from replayer.project.blame import sentence, text_of
from replayer.project.makemigrations import makemigrations
from replayer.replay.closure import bases, relations
from replayer.replay.state import target_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.migrations.operations.base import Operation

    from replayer.history.loader import History
    from replayer.project.makemigrations import Makemigrations
    from replayer.replay.state import ReplayState


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOperation:
    """One operation that ``makemigrations`` would write."""

    app_label: str
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """How the models differ from the history's final state."""

    operations: tuple[FoundOperation, ...]
    """In the order in which they can be applied."""
    differing: tuple[ModelKey, ...]
    """The models which are not what their state says, sorted, whether or not Django minds."""
    field_renames: tuple[FieldRename, ...]
    model_renames: tuple[ModelRename, ...]
    models: Mapping[ModelKey, Any]
    """The model classes of the migrated apps."""
    command: Makemigrations
    """The command whose answer this is."""

    @property
    def is_empty(self) -> bool:
        """Whether ``makemigrations --check`` would be content."""
        return not self.operations


def migrated_models(history: History) -> dict[ModelKey, Any]:
    """Return the model classes of the apps with migrations, automatic ``through`` ones left out."""
    from django.apps import apps

    unmigrated = history.loader.unmigrated_apps
    return {
        ModelKey(model._meta.app_label, str(model._meta.model_name)): model  # noqa: SLF001 - public
        for model in apps.get_models(include_swapped=True)
        if model._meta.app_label not in unmigrated  # noqa: SLF001 - public
    }


def detect(
    history: History, state: ReplayState, models: Mapping[ModelKey, Any] | None = None
) -> Detected:
    """Compare the models with the final state of the history.

    Parameters
    ----------
    models
        The model classes; those of the installed apps with migrations, where it is None.

    Raises
    ------
    ProjectError
        When a field of a model cannot be taken apart and made again, or the project's own
        autodetector fails.

    Notes
    -----
    The answer is that of ``makemigrations --check --dry-run``, which compares all models with all.
    Models that are equal to their state take no part in it, except as bases, targets and referrers
    of those that differ: the autodetector looks there for what must come first. A project's own
    autodetector may compare what Django's doesn't, so it is handed all of them.
    """
    if models is None:
        models = migrated_models(history)
    command = makemigrations()
    is_djangos = command.autodetector is MigrationAutodetector
    questioner = SilentQuestioner()
    operations: tuple[FoundOperation, ...] = ()
    with without_translations(), command.in_place():
        differing = _differing(models, state)
        keys: Iterable[ModelKey] = ()
        if not is_djangos:
            keys = sorted({ModelKey(*key) for key in state.models.keys_only()} | {*models})
        elif differing:
            keys = _with_neighbours(models, state, differing)
        if keys:
            operations = _operations(history, state, models, keys, questioner, command.autodetector)
    return Detected(
        operations=operations,
        differing=tuple(sorted(differing)),
        field_renames=tuple(questioner.fields),
        model_renames=tuple(questioner.models),
        models=models,
        command=command,
    )


@contextlib.contextmanager
def without_translations() -> Iterator[None]:
    """Compare the texts as they are written, as ``makemigrations`` does (``no_translations``)."""
    with translation.override(None):
        yield


def _differing(models: Mapping[ModelKey, Any], state: ReplayState) -> set[ModelKey]:
    equality = Equality()
    found = {ModelKey(*key) for key in state.models.keys_only() if key not in models}
    for key, model in models.items():
        model_state = state.models.peek(key)
        if model_state is None or not _is_equal(equality, model, model_state):
            found.add(key)
    return found


def _is_equal(equality: Equality, model: Any, model_state: Any) -> bool:  # noqa: ANN401 - as there
    try:
        return equality.is_equal(model, model_state)
    except Exception as error:  # what a field's deconstruct raises
        raise ProjectError(_not_compared(model, error)) from error


def _not_compared(model: Any, error: Exception) -> str:  # noqa: ANN401 - a model class
    label = model._meta.label  # noqa: SLF001 - Django's public name
    return f"the model {label} cannot be compared with its migrations: {sentence(error)}"


def model_state_of(model: Any) -> Any:  # noqa: ANN401 - a model class; Django's ModelState
    """Return the state of a model class.

    Raises
    ------
    ProjectError
        When a field cannot be taken apart and made again.
    """
    try:
        return ModelState.from_model(model)
    except TypeError as error:
        raise ProjectError(text_of(error)) from error
    except Exception as error:  # what a field's deconstruct raises
        raise ProjectError(_not_compared(model, error)) from error


def _operations(  # noqa: PLR0917 - what detect has at hand
    history: History,
    state: ReplayState,
    models: Mapping[ModelKey, Any],
    keys: Iterable[ModelKey],
    questioner: SilentQuestioner,
    autodetector: Any,  # noqa: ANN401 - its class
) -> tuple[FoundOperation, ...]:
    labels = set(history.loader.unmigrated_apps)
    before = ProjectState(
        {key: state.models.peek(key).clone() for key in keys if key in state.models},
        real_apps=labels,
    )
    after = ProjectState({key: model_state_of(models[key]) for key in keys if key in models})
    detector: Any = autodetector(before, after, questioner)
    # It tells first migrations from others by it; the models that are equal count too.
    detector.existing_apps = {app_label for app_label, _ in state.models.keys_only()}
    try:
        changes = detector.changes(graph=history.graph)
    except Exception as error:
        if autodetector is MigrationAutodetector:
            raise
        name = f"{autodetector.__module__}.{autodetector.__qualname__}"
        message = f"the project's own autodetector, {name}, fails: {sentence(error)}"
        raise ProjectError(message) from error
    return tuple(
        FoundOperation(app_label=migration.app_label, operation=operation)
        for migration in _in_order(changes)
        for operation in migration.operations
    )


def _in_order(changes: Mapping[str, Iterable[Any]]) -> list[Any]:
    """Return the migrations that would be written, each after those it depends on."""
    by_key = {
        (migration.app_label, migration.name): migration
        for label in sorted(changes)
        for migration in changes[label]
    }
    done: dict[tuple[str, str], Any] = {}
    opened: set[tuple[str, str]] = set()

    def visit(key: tuple[str, str]) -> None:
        migration = by_key.get(key)
        if migration is None or key in opened:
            return
        opened.add(key)
        for dependency in sorted(map(tuple, migration.dependencies)):
            visit(dependency)
        done[key] = migration

    for key in by_key:
        visit(key)
    return list(done.values())


def _with_neighbours(
    models: Mapping[ModelKey, Any], state: ReplayState, differing: Iterable[ModelKey]
) -> list[ModelKey]:
    """Return the models that differ, what they point at or inherit from, and their referrers."""
    wanted = set(differing)
    found = set(wanted)
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        model_state = state.models.peek(key)
        near: set[ModelKey] = set()
        if model_state is not None:
            near.update(bases(key, model_state))
            if key in wanted:
                near.update(target for _, _, target in relations(key, model_state))
        model = models.get(key)
        if model is not None:
            near.update(_key(base) for base in model.__bases__ if hasattr(base, "_meta"))
            if key in wanted:
                near.update(_targets(model))
        known = {other for other in near if other in models or other in state.models}
        waiting.extend(known - found)
        found |= known
    for key in wanted:
        found.update(
            ModelKey(*other) for other in state.references.to(key) if other in state.models
        )
    for key, model in models.items():
        if key not in found and not wanted.isdisjoint(_targets(model)):
            found.add(key)
    return sorted(ModelKey(*key) for key in found)


def _key(model: Any) -> ModelKey:  # noqa: ANN401 - a model class
    return ModelKey(model._meta.app_label, model._meta.model_name)  # noqa: SLF001 - public


def _targets(model: Any) -> Iterator[ModelKey]:  # noqa: ANN401 - a model class
    meta = model._meta  # noqa: SLF001 - Django's public name
    origin = _key(model)
    for field in (*meta.local_fields, *meta.local_many_to_many):
        remote = getattr(field, "remote_field", None)
        if remote is not None:
            yield target_key(remote.model, origin)
            if getattr(remote, "through", None) is not None:
                yield target_key(remote.through, origin)
