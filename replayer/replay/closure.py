"""Which models must be rendered together, so that an operation finds all that it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.model import ModelKey
from replayer.replay.state import References, target_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def relations(key: ModelKey, state: Any) -> Iterator[tuple[str, Any, ModelKey]]:  # noqa: ANN401
    """Yield the name, the field and the target of each relation of a model state.

    An explicit ``through`` model is a target of its own.
    """
    for name, field in state.fields.items():
        remote = getattr(field, "remote_field", None)
        if remote is None:
            continue
        yield name, field, target_key(remote.model, key)
        through = getattr(remote, "through", None)
        if through is not None:
            yield name, field, target_key(through, key)


def bases(key: ModelKey, state: Any) -> Iterator[ModelKey]:  # noqa: ANN401 - a ModelState
    """Yield the models that a model state inherits from."""
    for base in state.bases:
        if isinstance(base, str):
            yield target_key(base, key)


def automatic_table(key: ModelKey, peek: Callable[[ModelKey], Any]) -> tuple[ModelKey, str] | None:
    """Return the model and the field whose automatic many-to-many model a key is, or None.

    Notes
    -----
    No state has such a model, and a proxy may inherit from it (django-pghistory tracks them so).
    Source: django/db/models/fields/related.py, ``create_many_to_many_intermediary_model``.
    """
    for place, letter in enumerate(key.model_name):
        owner = ModelKey(key.app_label, key.model_name[:place])
        state = peek(owner) if letter == "_" else None
        for name, field in state.fields.items() if state is not None else ():
            if name.lower() == key.model_name[place + 1 :] and field.many_to_many:
                return owner, name
    return None


def is_key_field(field: Any) -> bool:  # noqa: ANN401 - any field
    """Return whether a foreign key may point at a field by its nature."""
    return bool(field.primary_key or field.unique)


def full_closure(roots: Iterable[ModelKey], peek: Callable[[ModelKey], Any]) -> list[ModelKey]:
    """Return the roots and all that they inherit from, bases first."""
    found: dict[ModelKey, None] = {}

    def visit(key: ModelKey) -> None:
        state = peek(key)
        if key in found or state is None:
            return
        for base in bases(key, state):
            visit(base)
        found[key] = None

    for root in sorted(roots):
        visit(root)
    return list(found)


def stub_fields(state: Any, wanted: Iterable[str]) -> dict[str, Any]:  # noqa: ANN401 - a ModelState
    """Return the fields that a stub of a model keeps: its keys, and the ones asked for."""
    names = set(wanted)
    for field in state.fields.values():
        names.update(getattr(field, "field_names", ()))  # CompositePrimaryKey's parts
    return {
        name: field
        for name, field in state.fields.items()
        if name in names or (is_key_field(field) and not getattr(field, "generated", False))
    }


def stub_closure(  # noqa: C901 - two walks with one way of needing a model
    full: Iterable[ModelKey], peek: Callable[[ModelKey], Any]
) -> dict[ModelKey, frozenset[str]]:
    """Return the models that are needed as stubs, with the fields that foreign keys ask of them.

    Notes
    -----
    A stub keeps its keys, so what its keys point at is a stub in turn, and so are its bases: also
    where that is a model which is rendered in full beside it, as the parent of two children of
    which one points at the other. A stub outlives the group, so it is bound to stubs alone.
    """
    whole = set(full)
    wanted: dict[ModelKey, set[str]] = {}
    waiting: list[tuple[ModelKey, Any]] = []

    def need(target: ModelKey, names: set[str]) -> None:
        if target in wanted and names <= wanted[target]:
            return
        state = peek(target)
        if state is None:
            return
        wanted.setdefault(target, set()).update(names)
        waiting.append((target, state))

    def need_base(base: ModelKey) -> None:
        found = automatic_table(base, peek) if peek(base) is None else None
        if found is None:
            need(base, set())
        else:
            need(found[0], {found[1]})

    for key in whole:
        for base in bases(key, peek(key)):
            if base not in whole:
                need_base(base)
        for _, field, target in relations(key, peek(key)):
            if target not in whole:
                need(target, _asked_for(field))
    while waiting:
        key, state = waiting.pop()
        for base in bases(key, state):
            need_base(base)
        kept = stub_fields(state, wanted[key])
        for name, field, target in relations(key, state):
            if name in kept:
                need(target, _asked_for(field))
    return {key: frozenset(names) for key, names in wanted.items()}


def _asked_for(field: Any) -> set[str]:  # noqa: ANN401 - any field
    return {name for name in getattr(field, "to_fields", None) or () if name}


def referrers(
    key: ModelKey, peek: Callable[[ModelKey], Any], references: References
) -> frozenset[ModelKey]:
    """Return the models whose columns follow a model's key: direct ones, and through their keys.

    Notes
    -----
    Source: ``_related_non_m2m_objects`` (django/db/backends/base/schema.py) goes from a key to the
    foreign keys that point at it, and on from those that are keys themselves.
    """
    found: set[ModelKey] = {key}
    waiting = [key]
    while waiting:
        target = waiting.pop()
        for candidate in references.to(target):
            state = peek(candidate)
            if candidate in found or state is None:
                continue
            pointing = [field for _, field, aim in relations(candidate, state) if aim == target]
            is_child = target in set(bases(candidate, state))
            if not pointing and not is_child:
                continue
            found.add(candidate)
            if is_child or any(is_key_field(field) for field in pointing):
                waiting.append(candidate)
    return frozenset(found)
