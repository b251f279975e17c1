"""A ``ProjectState`` whose every operation costs what it touches, not what the project holds."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any

from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from replayer.model import ModelKey
from replayer.replay.models import ModelStates

if TYPE_CHECKING:
    from collections.abc import Iterator


class References:
    """Which models may point at which: a superset that only grows, shared by all states.

    Notes
    -----
    It spares ``get_references`` (django/db/migrations/utils.py) its walk over every model of the
    project for each rename. A stale entry costs a look; a missing one would lose a reference.
    """

    def __init__(self) -> None:
        self._to: dict[ModelKey, set[ModelKey]] = {}

    def note_model(self, key: ModelKey, state: Any) -> None:  # noqa: ANN401 - a ModelState
        """Take in all relations and bases of a model."""
        for field in state.fields.values():
            self.note_field(key, field)
        for base in state.bases:
            if isinstance(base, str):
                self._add(base, key)

    def note_field(self, key: ModelKey, field: Any) -> None:  # noqa: ANN401 - any field
        """Take in the relations of a field."""
        remote = getattr(field, "remote_field", None)
        if remote is None:
            return
        self._add(remote.model, key)
        through = getattr(remote, "through", None)
        if through is not None:
            self._add(through, key)

    def note_rename(self, old: ModelKey, new: ModelKey) -> None:
        """Let what pointed at the old name point at the new one too, and from it."""
        self._to.setdefault(new, set()).update(self._to.get(old, ()))
        for referrers in self._to.values():
            if old in referrers:
                referrers.add(new)

    def to(self, key: ModelKey) -> frozenset[ModelKey]:
        """Return the models that may point at a model."""
        return frozenset(self._to.get(key, ()))

    def _add(self, target: object, key: ModelKey) -> None:
        self._to.setdefault(target_key(target, key), set()).add(key)


def target_key(target: object, origin: ModelKey) -> ModelKey:
    """Return the model that a relation's target names, as seen from a model.

    Parameters
    ----------
    target
        ``"app.Model"``, ``"Model"``, ``"self"`` or a model class.
    """
    if isinstance(target, str):
        if target == "self":
            return origin
        app_label, _, name = target.rpartition(".")
        return ModelKey(app_label or origin.app_label, name.lower())
    meta = target._meta  # type: ignore[attr-defined]  # noqa: SLF001 - Django's public name for it
    return ModelKey(meta.app_label, meta.model_name)


class ReplayState(ProjectState):
    """A ``ProjectState`` over `ModelStates`.

    Parameters
    ----------
    models
        The mapping that holds the models.
    real_apps
        The labels of the apps without migrations.
    references
        Which models may point at which.

    Notes
    -----
    Source: django/db/migrations/state.py (4.2 to 6.1). Nothing is rendered while the state goes
    forwards: whatever ``ProjectState`` does only when ``apps`` was rendered is never done.
    """

    models: ModelStates  # type: ignore[assignment]  # a mapping that serves Django as its dict

    def __init__(self, models: ModelStates, real_apps: set[str], references: References) -> None:
        super().__init__(real_apps=real_apps)
        self.models = models
        self.references = references

    def clone(self) -> ReplayState:
        """Return a state that may change without this one changing."""
        return type(self)(ModelStates(self.models.frozen()), self.real_apps, self.references)

    def over(self, models: ModelStates) -> ReplayState:
        """Return a state of the same kind over other models."""
        return type(self)(models, self.real_apps, self.references)

    @contextlib.contextmanager
    def _only_around(self, key: ModelKey, *others: ModelKey) -> Iterator[None]:
        """Let iteration yield the models that may point at one, that one, and others."""
        self.models.scope = self.references.to(key) | {key, *others}
        try:
            yield
        finally:
            self.models.scope = None

    def add_model(self, model_state: Any) -> None:  # noqa: ANN401 - Django's signature
        """Add a model."""
        super().add_model(model_state)
        key = ModelKey(model_state.app_label, model_state.name_lower)
        self.references.note_model(key, model_state)

    def add_field(
        self,
        app_label: str,
        model_name: str,
        name: str,
        field: Any,  # noqa: ANN401 - any field
        preserve_default: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Add a field."""
        super().add_field(app_label, model_name, name, field, preserve_default)
        self.references.note_field(ModelKey(app_label, model_name), field)

    def alter_field(
        self,
        app_label: str,
        model_name: str,
        name: str,
        field: Any,  # noqa: ANN401 - any field
        preserve_default: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Put a field in another's place, without asking every model whether it refers to it."""
        if not preserve_default:
            field = field.clone()
            field.default = NOT_PROVIDED
        key = ModelKey(app_label, model_name)
        self.models[key].fields[name] = field
        self.references.note_field(key, field)

    def rename_field(self, app_label: str, model_name: str, old_name: str, new_name: str) -> None:
        """Rename a field and what refers to it."""
        key = ModelKey(app_label, model_name)
        with self._only_around(key):
            self._detach_relations(key)
            super().rename_field(app_label, model_name, old_name, new_name)

    def _detach_relations(self, key: ModelKey) -> None:
        """Copy the fields that Django's ``rename_field`` changes in place.

        They are shared with the state before the operation, which is rendered later here.
        """
        for state_key, state in self.models.items():
            for name, field in state.fields.items():
                if getattr(field, "remote_field", None) is not None or (
                    state_key == key and getattr(field, "field_names", None)
                ):
                    state.fields[name] = copy.deepcopy(field)

    def rename_model(self, app_label: str, old_name: str, new_name: str) -> None:
        """Rename a model and repoint what points at it."""
        old = ModelKey(app_label, old_name.lower())
        new = ModelKey(app_label, new_name.lower())
        # A renamed model that points at itself is found under its new name already.
        with self._only_around(old, new):
            super().rename_model(app_label, old_name, new_name)
        self.references.note_rename(old, new)

    def note_touched(self) -> None:
        """Take in what an operation of somebody else's changed by hand."""
        for key in sorted(self.models.touched):
            state = self.models.peek(key)
            if state is not None:
                self.references.note_model(key, state)
