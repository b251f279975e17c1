"""Find operations that point at a model which no dependency of their migration made.

Such a migration works by the luck of the order: Django's state is built in plan order, and a new
leaf node elsewhere, or ``migrate`` of one app alone, may put it before what it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.migrations.operations import (
    AddField,
    AlterField,
    CreateModel,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.utils import resolve_relation

from replayer.model import MigrationKey, ModelKey, OperationKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.migrations.migration import Migration
    from django.db.migrations.operations.base import Operation

    from replayer.graph.ancestors import Ancestors
    from replayer.history.loader import History


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeclaredDependency:
    """An operation whose migration does not depend on what made a model that it points at."""

    operation: OperationKey
    model: ModelKey
    makers: tuple[MigrationKey, ...]
    """The migrations that make a model of this name, sorted; one of them should be depended on.

    Empty where no operation is known to make it; then the app itself is not depended on.
    """


def undeclared_dependencies(
    history: History, ancestors: Ancestors
) -> tuple[UndeclaredDependency, ...]:
    """Return them in the order of the plan.

    Notes
    -----
    Relations, ``through`` models and bases are looked at, also in ``state_operations``; what a
    ``RunPython`` asks ``apps.get_model`` for is not. Models of apps without migrations are there
    from the beginning. Models of the same app are looked at too: within an app, two lines that
    have not been merged do not see each other.
    """
    makers: dict[ModelKey, list[MigrationKey]] = {}
    of_app: dict[str, list[MigrationKey]] = {}
    for key in history.plan:
        of_app.setdefault(key.app_label, []).append(key)
        for model in _made_by(history.migrations[key]):
            makers.setdefault(model, []).append(key)
    made = {model: ancestors.mask(keys) for model, keys in makers.items()}
    apps = {label: ancestors.mask(keys) for label, keys in of_app.items()}
    found = []
    for key in history.plan:
        seen: set[ModelKey] = set()
        for index, operation in enumerate(history.migrations[key].operations):
            for model in _pointed_at(operation, key.app_label):
                if model in seen:
                    continue
                seen.add(model)
                mask = made.get(model)
                if mask is None:
                    mask = apps.get(model.app_label)
                if mask is None or (model.app_label == key.app_label and model not in made):
                    continue
                if ancestors.is_any_before(mask, key) or key in makers.get(model, ()):
                    continue
                found.append(
                    UndeclaredDependency(
                        operation=OperationKey(key, index),
                        model=model,
                        makers=tuple(sorted(makers.get(model, ()))),
                    )
                )
    return tuple(found)


def _flat(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield operation
        if isinstance(operation, SeparateDatabaseAndState | RunSQL):
            yield from _flat(operation.state_operations or ())


def _made_by(migration: Migration) -> Iterator[ModelKey]:
    for operation in _flat(migration.operations):
        if isinstance(operation, CreateModel):
            yield ModelKey(migration.app_label, operation.name_lower)
        elif isinstance(operation, RenameModel):
            yield ModelKey(migration.app_label, operation.new_name_lower)


def _pointed_at(operation: Operation, app_label: str) -> Iterator[ModelKey]:
    for part in _flat([operation]):
        if isinstance(part, CreateModel):
            for base in part.bases or ():
                if isinstance(base, str) or hasattr(base, "_meta"):
                    yield from _resolved(base, app_label, part.name)
            for _, field in part.fields:
                yield from _of_field(field, app_label, part.name)
        elif isinstance(part, AddField | AlterField):
            yield from _of_field(part.field, app_label, part.model_name)


def _of_field(field: object, app_label: str, model_name: str) -> Iterator[ModelKey]:
    remote = getattr(field, "remote_field", None)
    if remote is None:
        return
    for model in (getattr(remote, "model", None), getattr(remote, "through", None)):
        if model is not None:
            yield from _resolved(model, app_label, model_name)


def _resolved(model: object, app_label: str, model_name: str) -> Iterator[ModelKey]:
    if getattr(getattr(model, "_meta", None), "abstract", False):
        return
    resolve: Any = resolve_relation
    yield ModelKey(*resolve(model, app_label, model_name))
