"""The states on the two sides of an operation, as its ``database_forwards`` sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.model import ModelKey
from replayer.replay.closure import bases, is_key_field, referrers
from replayer.replay.models import ModelStates
from replayer.replay.rendering import LazyApps, Renderer, WholeApps
from replayer.replay.state import References, ReplayState

if TYPE_CHECKING:
    from collections.abc import Mapping


class HistoryState(ReplayState):
    """A replay state whose ``apps`` renders what is asked for, when it is asked for.

    Parameters
    ----------
    models, real_apps, references
        As for `ReplayState`.
    renderer
        What renders, shared by all states of a replay.
    """

    def __init__(
        self,
        models: ModelStates,
        real_apps: set[str],
        references: References,
        renderer: Renderer,
    ) -> None:
        super().__init__(models, real_apps, references)
        self.renderer = renderer
        self.roots: frozenset[ModelKey] = frozenset()
        """Models that are rendered together, because the operation changes a key of one."""
        self.is_whole = False
        """Whether every model is rendered: for operations that may look at anything."""
        self.earlier: HistoryState | None = None
        """The state before the operation, on the state after it."""
        self._lazy: LazyApps | None = None

    @property
    def apps(self) -> Any:  # noqa: ANN401 - a registry
        """What operations take models from."""
        lazy = self.lazy_apps()
        return WholeApps(lazy) if self.is_whole else lazy

    def lazy_apps(self) -> LazyApps:
        """Return the registry that renders what is asked for, the same one each time."""
        if self._lazy is None:
            earlier = None if self.earlier is None else self.earlier.lazy_apps()
            self._lazy = LazyApps(self.models, self.renderer, self.roots, earlier)
        return self._lazy

    def remove_model(self, app_label: str, model_name: str) -> None:
        """Remove a model; what inherits from it can still be rendered."""
        key = ModelKey(app_label, model_name)
        peek = self.models.peek
        children = frozenset(
            child
            for child in self.references.to(key) - {key}
            if (state := peek(child) or self.renderer.left_base(child, peek)) is not None
            and key in set(bases(child, state))
        )
        if children:
            self.renderer.keep_base(key, peek(key), children)
        super().remove_model(app_label, model_name)

    def over(self, models: ModelStates) -> HistoryState:
        """Return a state of the same kind over other models."""
        return HistoryState(models, self.real_apps, self.references, self.renderer)

    def clone(self) -> HistoryState:
        """Return a state that may change without this one changing."""
        state = self.over(ModelStates(self.models.frozen()))
        state.is_whole = True
        return state


class Sight:
    """Decides how much of a state an operation of Django's own has to see."""

    def __init__(self, before: HistoryState, after: HistoryState) -> None:
        self._before = before
        self._after = after

    def set_for(self, app_label: str, operation: Any) -> None:  # noqa: ANN401 - an operation
        """Set the roots of both states.

        Notes
        -----
        Only what changes a key or a name looks at the models that point at the changed one:
        ``AlterField``, ``RenameField`` and ``RenameModel`` (django/db/backends/base/schema.py,
        ``_alter_field``; django/db/migrations/operations/models.py, ``RenameModel``).
        """
        kind = type(operation).__name__
        if kind == "RenameModel":
            self._spread(
                ModelKey(app_label, operation.old_name_lower),
                ModelKey(app_label, operation.new_name_lower),
            )
        elif kind in {"AlterField", "RenameField"}:
            key = ModelKey(app_label, operation.model_name_lower)
            names = (
                (operation.name, operation.name)
                if kind == "AlterField"
                else (operation.old_name, operation.new_name)
            )
            states = (self._before, self._after)
            pairs = zip(states, names, strict=True)
            if any(self._is_key(state, key, name) for state, name in pairs):
                self._spread(key, key)

    def see_all(self) -> None:
        """Let the operation see every model on both sides."""
        self._before.is_whole = self._after.is_whole = True

    def _spread(self, before: ModelKey, after: ModelKey) -> None:
        for state, key in ((self._before, before), (self._after, after)):
            state.roots = referrers(key, state.models.peek, state.references)

    @staticmethod
    def _is_key(state: HistoryState, key: ModelKey, name: str) -> bool:
        model = state.models.peek(key)
        fields: Mapping[str, Any] = {} if model is None else model.fields
        field = fields.get(name)
        return field is not None and is_key_field(field)
