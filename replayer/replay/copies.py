"""Copies of a state's fields for a model class, made without calling their constructors.

``ModelState.render`` clones every field by deconstructing it and constructing it again, which is
a third of the time of a rendering. A field that is not bound yet can be copied as Django itself
copies the fields of an abstract model for each child (``Field.__deepcopy__``), with one thing more:
what ``cached_property`` has kept of the unbound field is left behind.
"""

from __future__ import annotations

import copy
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Field
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOGETHER = {"unique_together", "index_together"}


def renderable(state: Any) -> Any:  # noqa: ANN401 - a ModelState
    """Return a model state whose ``render`` copies the fields instead of cloning them."""
    light = copy.copy(in_order(state))
    light.fields = {name: _Copier(field) for name, field in state.fields.items()}
    return light


def in_order(state: Any) -> Any:  # noqa: ANN401 - a ModelState
    """Return a model state whose sets of options have an order, itself where it has none.

    Notes
    -----
    ``AlterUniqueTogether`` leaves one there, and the constraints of a table that is made or remade
    would follow its order, which is another in every process. They stay sets: a ``RunPython`` may
    reckon with them (``model._meta.unique_together - {("a", "b")}``).
    """
    sets = {
        name: _SortedSet(state.options[name])
        for name in _TOGETHER
        if isinstance(state.options.get(name), (set, frozenset))
    }
    if not sets:
        return state
    ordered = copy.copy(state)
    ordered.options = {**state.options, **sets}
    return ordered


class _SortedSet(set[tuple[str, ...]]):
    """A set that is gone through in order."""

    __slots__ = ()

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Go through it sorted."""
        return iter(sorted(super().__iter__()))


class _Copier:
    """Stands for a field in a state that is rendered: all that is asked of it is its clone."""

    __slots__ = ("_field",)

    def __init__(self, field: Any) -> None:  # noqa: ANN401 - any field
        self._field = field

    def clone(self) -> Any:  # noqa: ANN401 - any field
        """Return a copy that is younger than every field before it, as a clone would be."""
        return _renewed(copy.deepcopy(self._field))


class Spent:
    """Model states that are rendered once and then forgotten: their fields need no copies.

    Parameters
    ----------
    states
        Every ``ModelState`` that will be rendered.

    Notes
    -----
    A field that stands in several places (a migration may use one object twice) is copied for each
    of them.
    """

    def __init__(self, states: Iterable[Any]) -> None:
        self._uses = Counter(id(field) for state in states for field in state.fields.values())

    def renderable(self, state: Any) -> Any:  # noqa: ANN401 - a ModelState
        """Return a model state whose ``render`` takes the fields."""
        light = renderable(state)
        for name, field in state.fields.items():
            if self._uses[id(field)] == 1:
                light.fields[name] = _Giver(field)
        return light


class _Giver(_Copier):
    """Stands for a field of a state that nobody looks at again."""

    __slots__ = ()

    def clone(self) -> Any:  # noqa: ANN401 - any field
        """Return the field itself, younger than every field before it."""
        return _renewed(self._field)


def _renewed(field: Any) -> Any:  # noqa: ANN401 - any field
    kind: Any = type(field)  # mypy doesn't take a class for hashable
    # A new dict has room for what binding adds. The old one would share its keys with other fields
    # until there are more than may be shared, and then take twice as much.
    values = dict(vars(field))
    for name in _cached_names(kind):
        values.pop(name, None)
    # A name that was bound before would stay: the field may stand under another one here.
    values["name"] = None
    values["verbose_name"] = values.get("_verbose_name")
    field.__dict__ = values
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
