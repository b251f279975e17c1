"""Copies of a state's fields for a model class, made without calling their constructors.

``ModelState.render`` clones every field by deconstructing it and constructing it again, which is
a third of the time of a rendering. A field that is not bound yet can be copied as Django itself
copies the fields of an abstract model for each child (``Field.__deepcopy__``), with one thing more:
what ``cached_property`` has kept of the unbound field is left behind.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from django.db.models import Field
from django.utils.functional import cached_property


def renderable(state: Any) -> Any:  # noqa: ANN401 - a ModelState
    """Return a model state whose ``render`` copies the fields instead of cloning them."""
    light = copy.copy(state)
    light.fields = {name: _Copier(field) for name, field in state.fields.items()}
    return light


class _Copier:
    """Stands for a field in a state that is rendered: all that is asked of it is its clone."""

    __slots__ = ("_field",)

    def __init__(self, field: Any) -> None:  # noqa: ANN401 - any field
        self._field = field

    def clone(self) -> Any:  # noqa: ANN401 - any field
        """Return a copy that is younger than every field before it, as a clone would be."""
        field = copy.deepcopy(self._field)
        kind: Any = type(field)  # mypy doesn't take a class for hashable
        for name in _cached_names(kind):
            field.__dict__.pop(name, None)
        # Source: Field.__init__; the order of a model's columns is the order of these numbers.
        if field.auto_created:
            field.creation_counter = Field.auto_creation_counter
            Field.auto_creation_counter -= 1
        else:
            field.creation_counter = Field.creation_counter
            Field.creation_counter += 1
        return field


@cache
def _cached_names(kind: type) -> tuple[str, ...]:
    return tuple(
        name
        for owner in kind.__mro__
        for name, value in vars(owner).items()
        if isinstance(value, cached_property)
    )
