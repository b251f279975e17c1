"""Which operation of the history last set a model, a field or something named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.migrations import operations as django_operations
from django.db.migrations.operations.models import ModelOptionOperation

from replayer.model import MigrationKey, ModelKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from replayer.history.loader import History
    from replayer.model import Source
    from replayer.sources import Sources


class Setter(NamedTuple):
    """Where something was last set."""

    migration: MigrationKey
    source: Source | None


class Setters:
    """Looks through the history backwards."""

    def __init__(self, history: History, sources: Sources) -> None:
        self._history = history
        self._sources = sources
        self._of_app: dict[str, list[MigrationKey]] = {}

    def find(self, key: ModelKey, *, field: str = "", name: str = "") -> Setter | None:
        """Return the operation that last set a field, a named index or constraint, or the model.

        Parameters
        ----------
        field
            A field's name; renames are followed back only where they are the last word.
        name
            The name of an index or a constraint; the model's last options, where it is empty too.
        """
        model = key.model_name
        created: Setter | None = None
        for migration_key in reversed(self._plan_of(key.app_label)):
            migration = self._history.on_disk[migration_key]
            flat = list(_flat(migration.operations))
            for index, path, operation in reversed(flat):
                if isinstance(operation, django_operations.RenameModel):
                    if operation.new_name_lower == model:
                        model = operation.old_name_lower
                        if not field and not name and created is None:
                            created = self._setter(migration, index, path)
                    continue
                if not _is_of(operation, model):
                    continue
                is_create = isinstance(operation, django_operations.CreateModel)
                if is_create or _sets(operation, field, name):
                    return created or self._setter(migration, index, path)
        return created

    def _plan_of(self, app_label: str) -> list[MigrationKey]:
        if not self._of_app:
            for key in self._history.plan:
                self._of_app.setdefault(key.app_label, []).append(key)
        return self._of_app.get(app_label, [])

    def _setter(self, migration: Any, index: int, path: tuple[str | int, ...]) -> Setter:  # noqa: ANN401
        return Setter(
            MigrationKey(migration.app_label, migration.name),
            self._sources.operation_source(migration, index, path),
        )


def _flat(operations: Iterable[Any]) -> Iterator[tuple[int, tuple[str | int, ...], Any]]:
    for index, operation in enumerate(operations):
        nested = getattr(operation, "state_operations", None)
        if nested:
            for inner, child in enumerate(nested):
                yield index, ("state_operations", inner), child
        else:
            yield index, (), operation


def _is_of(operation: Any, model: str) -> bool:  # noqa: ANN401 - any operation
    for attribute in ("model_name_lower", "name_lower"):
        found = getattr(operation, attribute, None)
        if found is not None:
            return bool(found == model)
    return False


def _sets(operation: Any, field: str, name: str) -> bool:  # noqa: ANN401 - any operation
    if field:
        if isinstance(operation, django_operations.RenameField):
            return bool(operation.new_name == field)
        is_field = isinstance(operation, django_operations.AddField | django_operations.AlterField)
        return bool(is_field and operation.name == field)
    if name:
        thing = getattr(operation, "index", None) or getattr(operation, "constraint", None)
        names = {getattr(thing, "name", None), getattr(operation, "new_name", None)}
        return name in names
    return isinstance(operation, ModelOptionOperation)
