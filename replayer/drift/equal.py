"""Which models differ from their state: a quick answer, never *equal* where Django is not.

Django's autodetector deconstructs every field of both states several times over. Here a field of
one of Django's own classes is first compared by its attributes, which is what it is deconstructed
from; only what that leaves open is deconstructed, and only what then differs goes on to Django.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState
from django.db.models.options import DEFAULT_NAMES, normalize_together

if TYPE_CHECKING:
    from collections.abc import Iterable

_BOUND = frozenset({"creation_counter", "model", "name", "verbose_name", "remote_field"})
"""What ``contribute_to_class`` sets, and what is looked at for itself."""
_TOGETHER = frozenset({"unique_together", "index_together"})
_SETTLED = frozenset({"apps", "app_label", "abstract", "indexes", "constraints", *_TOGETHER})
_RELATION = (
    *("on_delete", "related_name", "related_query_name", "limit_choices_to", "parent_link"),
    *("multiple", "symmetrical"),
)
_MISSING = object()


class Equality:
    """Compares models with their states."""

    def __init__(self) -> None:
        detector: Any = MigrationAutodetector
        # It needs no states to deconstruct.
        self._deconstruct = detector.__new__(detector).deep_deconstruct

    def is_equal(self, model: Any, state: Any) -> bool:  # noqa: ANN401 - a class, a ModelState
        """Return whether a model is what its state says, down to its bases and managers.

        Notes
        -----
        Source: ``ModelState.from_model`` (django/db/migrations/state.py, 4.2 to 6.1).
        """
        meta = model._meta  # noqa: SLF001 - Django's public name
        if meta.object_name != state.name:
            return False
        fields = [field for field in meta.local_fields if not isinstance(field, models.OrderWrt)]
        fields += meta.local_many_to_many
        if len(fields) != len(state.fields):
            return False
        for field in fields:
            other = state.fields.get(field.name)
            if other is None or not self.is_same_field(field, other):
                return False
        if not _has_same_options(meta, state.options):
            return False
        if (
            model.__bases__ != (models.Model,)
            or state.bases != (models.Model,)
            or state.managers
            or _has_managers(meta)
        ):
            return self._is_same_rest(model, state)
        return True

    def is_same_field(self, field: Any, other: Any) -> bool:  # noqa: ANN401 - any fields
        """Return whether a model's field and a state's deconstruct to the same."""
        if type(field) is type(other) and type(field).__module__.startswith("django.db.models."):
            mine, theirs = vars(field), vars(other)
            if all(
                key in _BOUND or _is(mine.get(key, _MISSING), value)
                for key, value in theirs.items()
            ) and _is_same_relation(field, other):
                return True
        return bool(self._deconstruct(field) == self._deconstruct(other))

    def _is_same_rest(self, model: Any, state: Any) -> bool:  # noqa: ANN401 - as above
        own = ModelState.from_model(model)
        # Mixins that are no models have no columns, and the autodetector does not look at bases.
        if _model_bases(own) != _model_bases(state):
            return False
        return self._managers(own.managers) == self._managers(state.managers)

    def _managers(self, managers: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
        return [(name, manager.deconstruct()) for name, manager in managers]


def _is(one: object, other: object) -> bool:
    return one is other or bool(one == other)


def _is_same_relation(field: Any, other: Any) -> bool:  # noqa: ANN401 - any fields
    mine, theirs = field.remote_field, other.remote_field
    if mine is None or theirs is None:
        return mine is theirs
    if type(mine) is not type(theirs):
        return False
    target = theirs.model
    if not isinstance(target, str) or mine.model._meta.label_lower != target.lower():  # noqa: SLF001
        return False
    if any(not _is(getattr(mine, name, None), getattr(theirs, name, None)) for name in _RELATION):
        return False
    if field.many_to_many:
        return _is_same_through(mine, theirs)
    key = mine.model._meta.pk  # noqa: SLF001 - Django's public name
    asked = theirs.field_name
    return mine.field_name == asked or (asked is None and mine.field_name == key.name)


def _is_same_through(mine: Any, theirs: Any) -> bool:  # noqa: ANN401 - ManyToManyRel
    if mine.db_constraint != theirs.db_constraint or mine.through_fields != theirs.through_fields:
        return False
    meta = mine.through._meta  # noqa: SLF001 - Django's public name
    if theirs.through is None or meta.auto_created:
        return theirs.through is None and bool(meta.auto_created)
    return isinstance(theirs.through, str) and meta.label_lower == theirs.through.lower()


def _has_same_options(meta: Any, options: Any) -> bool:  # noqa: ANN401 - Django's Options
    attributes = meta.original_attrs
    for name in DEFAULT_NAMES:
        if name in _SETTLED:
            continue
        if not _is(attributes.get(name, _MISSING), options.get(name, _MISSING)):
            return False
    for name in _TOGETHER & {*attributes, *options}:
        if set(normalize_together(attributes.get(name, ()))) != set(
            normalize_together(options.get(name, ()))
        ):
            return False
    for name in ("indexes", "constraints"):
        own = getattr(meta, name, ()) if name in attributes else ()
        if list(own) != list(options.get(name, ())):
            return False
    return True


def _has_managers(meta: Any) -> bool:  # noqa: ANN401 - Django's Options
    """Return whether a state of the model would name a manager."""
    if any(manager.name != "objects" for manager in meta.local_managers):
        return True
    return any(manager.use_in_migrations or manager.name != "objects" for manager in meta.managers)


def _model_bases(state: Any) -> list[str]:  # noqa: ANN401 - a ModelState
    return [base.lower() for base in state.bases if isinstance(base, str)]
