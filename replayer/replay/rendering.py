"""Render models only when an operation looks at them, and only those that it needs.

Django renders every model that is related to a changed one, for every operation: 95 % of the time
of a ``migrate``. Here a model is rendered with its bases; what it points at is beside it as a stub
with its key columns; what points at it is rendered too where its key changes or it is renamed. A
rendered group is kept as long as the ``ModelState`` objects in it are the ones of the state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps as global_apps
from django.db.migrations.state import ModelState, StateApps

from replayer.model import ModelKey
from replayer.replay.closure import full_closure, stub_closure
from replayer.replay.copies import in_order, renderable
from replayer.replay.stubs import GroupApps, Outline, Stubs

if TYPE_CHECKING:
    from collections.abc import Callable

    from replayer.replay.models import ModelStates


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Models that were rendered together, and the states that they were rendered from."""

    registry: Any
    full: frozenset[ModelKey]
    states: tuple[tuple[ModelKey, Any], ...]
    """Each ``ModelState`` that was looked at; the group is good while they are the same objects.

    None stands for a model that was not there: with it the relations to it would be others.
    """
    outlines: tuple[tuple[ModelKey, Outline], ...] = ()
    """Of the models that are there as stubs; the group is good while they fit."""

    def is_current(self, peek: Callable[[ModelKey], Any]) -> bool:
        """Return whether every model is still as it was."""
        return all(peek(key) is state for key, state in self.states) and all(
            outline.fits(peek(key)) for key, outline in self.outlines
        )


class Renderer:
    """Renders groups and keeps them.

    Parameters
    ----------
    real_apps
        The labels of the apps without migrations, whose models migrations may point at.
    is_eager
        Render all models for every question, as Django does; for comparison.
    """

    def __init__(self, real_apps: set[str], *, is_eager: bool = False) -> None:
        self.is_eager = is_eager
        self._rendered = 0
        self._real_apps = real_apps
        self._real: dict[ModelKey, Any] | None = None
        self._left_bases: dict[ModelKey, tuple[Any, frozenset[ModelKey]]] = {}
        self._groups: dict[frozenset[ModelKey], Group] = {}
        self._whole: Group | None = None
        self._stubs = Stubs()

    @property
    def rendered(self) -> int:
        """How many model classes were built."""
        return self._rendered + self._stubs.rendered

    def keep_base(self, key: ModelKey, state: Any, children: frozenset[ModelKey]) -> None:  # noqa: ANN401 - a ModelState
        """Keep the state of a model that is removed before the models that inherit from it.

        Notes
        -----
        Where everything is rendered beforehand, the children go on with the class that they have
        (``ProjectState.remove_model`` unregisters one model, and renders no other anew).
        """
        self._left_bases[key] = (state, children)

    def group(self, models: ModelStates, roots: frozenset[ModelKey]) -> Group:
        """Return the group in which the roots are rendered in full."""
        known = self._groups.get(roots)
        peek = self._peek(models)
        if known is not None and known.is_current(peek):
            return known
        looked: dict[ModelKey, Any] = {}

        def look(key: ModelKey) -> Any:  # noqa: ANN401 - a ModelState
            found = looked[key] = peek(key)
            return found

        full = full_closure(roots, look)
        whole = frozenset(full)
        stubs = stub_closure(full, look)
        registry = GroupApps(sorted({key.app_label for key in (*full, *stubs)}))
        for key, model in self._stubs.models(stubs, peek).items():
            # A stub of a model that stands here in full serves other stubs only: what is rendered
            # here is bound to the full one.
            if key not in whole:
                registry.adopt(key, model)
        states = [renderable(peek(key)) for key in full]
        self._rendered += len(states)
        registry.render_multiple(states)
        group = Group(
            registry=registry,
            full=whole,
            states=tuple(
                item for item in looked.items() if item[0] in whole or item[0] not in stubs
            ),
            outlines=tuple((key, Outline.of(looked[key], stubs[key])) for key in stubs),
        )
        self._groups[roots] = group
        return group

    def whole(self, models: ModelStates, own: Group | None = None) -> Group:
        """Return a group of every model, for operations that may look at anything.

        Parameters
        ----------
        own
            What the asking state has been given before; it stays the same while it is current.
        """
        for known in (own, self._whole):
            if known is not None and self._is_whole_current(known, models):
                return known
        states = {key: models.peek(key) for key in models.keys_only()}
        ordered = {key: in_order(state) for key, state in states.items()}
        for key in self._left_bases:
            left = self.left_base(key, models.peek)
            if key not in states and left is not None:
                ordered[key] = in_order(left)
        registry = StateApps(self._real_apps, ordered)  # type: ignore[arg-type]  # sets serve
        self._rendered += len(states)
        self._whole = Group(registry=registry, full=frozenset(states), states=tuple(states.items()))
        return self._whole

    @staticmethod
    def _is_whole_current(group: Group, models: ModelStates) -> bool:
        return len(models) == len(group.states) and group.is_current(models.peek)

    def _peek(self, models: ModelStates) -> Callable[[ModelKey], Any]:
        real = self._real_states()
        if not real and not self._left_bases:
            return models.peek

        def peek(key: ModelKey) -> Any:  # noqa: ANN401 - a ModelState
            found = models.peek(key)
            if found is None:
                found = real.get(key)
            return self.left_base(key, models.peek) if found is None else found

        return peek

    def left_base(
        self,
        key: ModelKey,
        peek: Callable[[ModelKey], Any],
        asked: frozenset[ModelKey] = frozenset(),
    ) -> Any:  # noqa: ANN401 - a ModelState
        """Return the state of a model that is gone, as long as a model that needs it is there."""
        state, children = self._left_bases.get(key, (None, frozenset()))
        asked |= {key}
        is_needed = any(
            peek(child) is not None or self.left_base(child, peek, asked) is not None
            for child in children - asked
        )
        return state if is_needed else None

    def _real_states(self) -> dict[ModelKey, Any]:
        """Return the models of the apps without migrations, as ``StateApps`` takes them in."""
        if self._real is None:
            self._real = {}
            for label in sorted(self._real_apps):
                for model in global_apps.get_app_config(label).get_models():
                    state = ModelState.from_model(model, exclude_rels=True)
                    self._real[ModelKey(label, state.name_lower)] = state
        return self._real


class LazyApps:
    """What operations see as ``state.apps``: a registry that renders what is asked for.

    Parameters
    ----------
    models
        The state's models.
    renderer
        What renders and remembers.
    roots
        Models that are rendered together whichever of them is asked for.
    earlier
        The registry of the state before the operation, on the state after it.

    Notes
    -----
    Fields are ordered by the moment of their making (``Field.creation_counter``), and SQLite's
    table remake puts fields of both states into one model. So what the earlier state has of a model
    is rendered before it, as it always is where Django has rendered everything beforehand.
    """

    def __init__(
        self,
        models: ModelStates,
        renderer: Renderer,
        roots: frozenset[ModelKey] = frozenset(),
        earlier: LazyApps | None = None,
    ) -> None:
        self._models = models
        self._renderer = renderer
        self._roots = roots
        self._earlier = earlier
        self._groups: dict[frozenset[ModelKey], Group] = {}
        self._whole: Group | None = None

    def prepare(self, key: ModelKey) -> None:
        """Render what this state has of a model, or its roots, if it has not been rendered yet."""
        if self._roots:
            self._group(self._roots)
        if key not in self._roots and self._models.peek(key) is not None:
            self._group(frozenset((key,)))

    def _group(self, roots: frozenset[ModelKey]) -> Group:
        """Return a group, the same one for as long as this state lasts."""
        found = self._groups.get(roots)
        if found is None:
            found = self._groups[roots] = self._renderer.group(self._models, roots)
        return found

    def get_model(
        self,
        app_label: str,
        model_name: str | None = None,
        require_ready: bool = True,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Any:  # noqa: ANN401 - a model class
        """Return a model, rendered in full; source: django/apps/registry.py, ``get_model``."""
        if model_name is None:
            app_label, _, model_name = app_label.partition(".")
        key = ModelKey(app_label, model_name.lower())
        if self._earlier is not None and not self._renderer.is_eager:
            self._earlier.prepare(key)
        if self._renderer.is_eager or self._models.peek(key) is None:
            return self.whole.get_model(app_label, model_name, require_ready)
        roots = self._roots if key in self._roots else frozenset((key,))
        return self._group(roots).registry.get_model(app_label, model_name)

    @property
    def whole(self) -> Any:  # noqa: ANN401 - a StateApps
        """A registry of every model."""
        if self._earlier is not None:
            _ = self._earlier.whole
        self._whole = self._renderer.whole(self._models, self._whole)
        return self._whole.registry

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a registry has
        return getattr(self.whole, name)


class WholeApps:
    """A registry of every model, rendered when something of it is asked for.

    Parameters
    ----------
    lazy
        The registry of the state.

    Notes
    -----
    For operations that may look at anything; many a ``RunPython`` never looks at its ``apps``.
    """

    def __init__(self, lazy: LazyApps) -> None:
        self._lazy = lazy

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a registry has
        return getattr(self._lazy.whole, name)
