"""What differs between two fields or two option tables, attribute by attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.migrations.autodetector import MigrationAutodetector

from replayer.drift.flicker import Flicker, flicker_of, unordered
from replayer.drift.written import written
from replayer.findings import Attribute

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping


class Differing(NamedTuple):
    """An attribute that differs, and why it will at every run, if it does."""

    attribute: Attribute
    flicker: Flicker | None
    old: object
    new: object


_MISSING: Any = object()


def field_differences(
    old: Any,  # noqa: ANN401 - any field
    new: Any,  # noqa: ANN401 - any field
    *,
    model: Any,  # noqa: ANN401 - a model class, or None
    expression_of: Callable[[str], ast.AST | None],
) -> tuple[Differing, ...]:
    """Return what differs between two fields, sorted by name; ``type`` is the field's class.

    Parameters
    ----------
    expression_of
        Returns the expression of an argument in ``models.py``, or None.
    """
    old_path, old_args, old_kwargs = old.deconstruct()[1:]
    new_path, new_args, new_kwargs = new.deconstruct()[1:]
    found = []
    if old_path != new_path:
        kind = Attribute("type", _short(old_path), _short(new_path))
        found.append(Differing(kind, None, old_path, new_path))
    before = {**{f"argument {index}": value for index, value in enumerate(old_args)}, **old_kwargs}
    after = {**{f"argument {index}": value for index, value in enumerate(new_args)}, **new_kwargs}
    found += _differences(before, after, model=model, expression_of=expression_of)
    return tuple(sorted(found, key=lambda differing: differing.attribute.name))


def option_differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Differing, ...]:
    """Return what differs between the options of two ``ModelState``s, sorted by name."""
    return tuple(_differences(old, new, model=None, expression_of=lambda _: None))


def _differences(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    model: Any,  # noqa: ANN401 - a model class, or None
    expression_of: Callable[[str], ast.AST | None],
) -> list[Differing]:
    detector: Any = MigrationAutodetector
    deconstruct = detector.__new__(detector).deep_deconstruct
    found = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, _MISSING), after.get(name, _MISSING)
        if old is not _MISSING and new is not _MISSING and deconstruct(old) == deconstruct(new):
            continue
        flicker = None
        if new is not _MISSING and model is not None:
            flicker = flicker_of(old, new, model=model, expression=expression_of(name))
        found.append(Differing(_attribute(name, old, new, flicker), flicker, old, new))
    return found


def _attribute(name: str, old: object, new: object, flicker: Flicker | None) -> Attribute:
    told = None if new is _MISSING else written(new)
    if flicker is not None and flicker.rule_id == "R201":
        # The order of this run is chance, and a report says the same at every run.
        told = f"the same, in any order: {{{', '.join(unordered(new))}}}"
    before = None if old is _MISSING else written(old)
    if before == told and isinstance(old, str) and isinstance(new, str):
        # A swapped model and what it is swapped for are both written as the setting.
        before, told = repr(str(old)), repr(str(new))
    return Attribute(name, before, told)


def _short(path: str) -> str:
    return path.replace("django.db.models.", "models.", 1)
