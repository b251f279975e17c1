"""Which apps are rendered, and what becomes of the foreign keys that leave them."""

from __future__ import annotations

import contextlib
import difflib
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from replayer.ddl.render import is_rendered
from replayer.errors import UsageError
from replayer.model import ModelKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class OutsideKeys(enum.Enum):
    """What becomes of a foreign key whose target is not rendered."""

    DROP = "drop"
    """The column stays, its constraint is left out."""
    INCLUDE = "include"
    """The target's table is rendered too, and what it needs in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The apps that are asked for."""

    apps: tuple[str, ...] = ()
    """Empty for all."""
    exclude: tuple[str, ...] = ()
    outside_keys: OutsideKeys = OutsideKeys.DROP

    def has(self, app_label: str) -> bool:
        """Return whether the tables of an app are asked for."""
        return (not self.apps or app_label in self.apps) and app_label not in self.exclude

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.apps and not self.exclude

    def check(self, known: Iterable[str]) -> None:
        """Refuse apps that don't exist.

        Raises
        ------
        UsageError
            It names the app and the nearest known one.
        """
        labels = sorted(known)
        for label in (*self.apps, *self.exclude):
            if label not in labels:
                near = difflib.get_close_matches(label, labels, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(labels)}"
                message = f"there is no app {label!r} with tables"
                raise UsageError(message, hint=hint)


def select(models: Sequence[Any], selection: Selection) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Return the models of the selection, and a note for each foreign key that it cuts.

    Notes
    -----
    With `OutsideKeys.DROP` the fields of the model classes are changed (``db_constraint``), so the
    classes must be of a registry that is the caller's own.
    """
    if selection.is_whole:
        return tuple(models), ()
    by_key = {_key(model): model for model in models}
    chosen = {key for key in by_key if selection.has(key.app_label)}
    if selection.outside_keys is OutsideKeys.INCLUDE:
        waiting = list(chosen)
        while waiting:
            for _, target in _relations(by_key[waiting.pop()]):
                if target in by_key and target not in chosen:
                    chosen.add(target)
                    waiting.append(target)
        return tuple(by_key[key] for key in by_key if key in chosen), ()
    notes: list[str] = []
    for key in sorted(chosen):
        for field, target in _relations(by_key[key]):
            if target not in chosen and getattr(field, "db_constraint", False):
                field.db_constraint = False
                notes.append(
                    f"the foreign key {key}.{field.name} leaves the selected apps (to {target}): "
                    "its column is printed without the constraint"
                )
    return tuple(by_key[key] for key in by_key if key in chosen), tuple(notes)


@contextlib.contextmanager
def keys_within(models: Sequence[Any], alias: str) -> Iterator[tuple[str, ...]]:
    """Leave out the constraints to tables that nobody prints, while the models are rendered.

    Parameters
    ----------
    models
        The model classes that are chosen.
    alias
        The database; a router may keep a model from it.

    Yields
    ------
    tuple of str
        A note for each foreign key that is cut.

    Notes
    -----
    An unmanaged model, or one that a router denies, has no table here, and a foreign key to it
    would keep the document from loading. The fields are as they were afterwards.
    """
    made = [model for model in models if is_rendered(model, alias)]
    keys = {_key(model) for model in made}
    cut: list[Any] = []
    notes: list[str] = []
    for model in made:
        for field, target in _relations(model):
            if target not in keys and getattr(field, "db_constraint", False):
                field.db_constraint = False
                cut.append(field)
                notes.append(
                    f"the foreign key {_key(model)}.{field.name} points at {target}, which has no "
                    "table here: its column is printed without the constraint"
                )
    try:
        yield tuple(notes)
    finally:
        for field in cut:
            field.db_constraint = True


def _key(model: Any) -> ModelKey:  # noqa: ANN401 - a model class
    return ModelKey(model._meta.app_label, model._meta.model_name)  # noqa: SLF001 - public by name


def _relations(model: Any) -> list[tuple[Any, ModelKey]]:  # noqa: ANN401 - a model class
    meta = model._meta  # noqa: SLF001 - Django's public name
    found: list[tuple[Any, ModelKey]] = [
        (field, _key(field.remote_field.model._meta.concrete_model))  # noqa: SLF001 - as above
        for field in meta.local_fields
        if field.remote_field is not None and hasattr(field.remote_field.model, "_meta")
    ]
    for field in meta.local_many_to_many:
        through = field.remote_field.through
        if through._meta.auto_created:  # noqa: SLF001 - Django's public name
            found.extend(_relations(through))
    return [(field, target) for field, target in found if target != _key(model)]
