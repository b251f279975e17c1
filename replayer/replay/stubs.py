"""Models with their key columns alone: what foreign keys point at, rendered once and shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps.registry import Apps
from django.db.migrations.state import AppConfigStub, ModelState, StateApps

from replayer.replay.closure import bases, relations, stub_fields
from replayer.replay.copies import renderable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from replayer.model import ModelKey

_OPTIONS = ("db_table", "managed", "proxy", "swappable", "abstract", "default_related_name")


class GroupApps(StateApps):
    """A registry of the few models that were rendered together."""

    def __init__(self, labels: Iterable[str]) -> None:
        Apps.__init__(self, [AppConfigStub(label) for label in labels])
        self._lock: Any = None
        self.ready_event: Any = None
        self.real_models: list[Any] = []

    def get_models(
        self,
        include_auto_created: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        include_swapped: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> list[Any]:
        """Return the models, as ``Apps.get_models`` does, and keep no answer."""
        return [
            model
            for config in self.app_configs.values()
            for model in config.get_models(include_auto_created, include_swapped)
        ]

    def clear_cache(self) -> None:
        """Forget what these models know of each other.

        Notes
        -----
        Django's own empties the caches of every registry of the process, the project's too: they
        hang on the class (django/apps/registry.py, ``functools.cache`` on methods). Each group
        would make the next foreign key ask all models of the project which can be swapped.
        """
        if self.ready:
            for model in self.get_models(include_auto_created=True):
                model._meta._expire_cache()  # noqa: SLF001 - as Apps.clear_cache does

    def adopt(self, key: ModelKey, model: Any) -> None:  # noqa: ANN401 - a model class
        """Let a model that was rendered elsewhere be found here."""
        self.all_models[key.app_label][key.model_name] = model
        for field in model._meta.local_many_to_many:  # noqa: SLF001 - Django's public name
            through = field.remote_field.through
            if not isinstance(through, str) and through._meta.auto_created:  # noqa: SLF001 - as above
                self.all_models[key.app_label][through._meta.model_name] = through  # noqa: SLF001


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What of a model's state stands in its stub: while that is the same, so is the stub."""

    state: Any
    names: frozenset[str]
    """The fields that foreign keys asked of it, beside its keys."""
    fields: tuple[tuple[str, Any], ...]
    options: dict[str, Any]

    @classmethod
    def of(cls, state: Any, names: frozenset[str]) -> Outline:  # noqa: ANN401 - a ModelState
        """Return the outline of a state."""
        return cls(
            state=state,
            names=names,
            fields=tuple(stub_fields(state, names).items()),
            options={name: state.options[name] for name in _OPTIONS if name in state.options},
        )

    def fits(self, state: Any) -> bool:  # noqa: ANN401 - a ModelState or None
        """Return whether another state of the model would leave the same stub."""
        if state is self.state:
            return True
        if state is None or (state.name, state.bases) != (self.state.name, self.state.bases):
            return False
        other = Outline.of(state, self.names)
        return (
            other.options == self.options
            and len(other.fields) == len(self.fields)
            and all(
                # Fields of states are never changed in place; equal ones may be of other values.
                mine[0] == theirs[0] and mine[1] is theirs[1]
                for mine, theirs in zip(self.fields, other.fields, strict=True)
            )
        )

    def unbound(self) -> Any:  # noqa: ANN401 - a ModelState
        """Return the state of the stub."""
        state = self.state
        return ModelState(
            state.app_label, state.name, list(self.fields), options=self.options, bases=state.bases
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A rendered stub and what it was rendered from."""

    model: Any
    outline: Outline
    needs: tuple[tuple[ModelKey, Any], ...]
    """The stubs that its own keys and bases were bound to; None where there was no such model."""


class Stubs:
    """Renders stubs and keeps them.

    Notes
    -----
    One class serves all groups, so what points at it piles up on it; nobody looks at that: an
    operation that follows reverse relations has the models at both ends rendered in full.
    """

    def __init__(self) -> None:
        self.rendered = 0
        """How many classes were built."""
        self._kept: dict[ModelKey, Stub] = {}

    def models(
        self, wanted: Mapping[ModelKey, frozenset[str]], peek: Callable[[ModelKey], Any]
    ) -> dict[ModelKey, Any]:
        """Return the class of each stub.

        Parameters
        ----------
        wanted
            The stubs, closed under their own keys and bases, with the fields asked of each.
        peek
            Returns the ``ModelState`` of a model.
        """
        found: dict[ModelKey, Any] = {}
        stale = [key for key in wanted if not self._is_current(key, wanted, peek, found)]
        # Keys may go round in a circle: what is bound to a stale stub is stale too.
        while bound := [
            key for key in found if any(need in stale for need, _ in self._kept[key].needs)
        ]:
            for key in bound:
                del found[key]
            stale.extend(bound)
        if stale:
            registry = GroupApps(sorted({key.app_label for key in wanted}))
            for key, model in found.items():
                registry.adopt(key, model)
            outlines = {key: Outline.of(peek(key), wanted[key]) for key in stale}
            states = {key: outline.unbound() for key, outline in outlines.items()}
            self.rendered += len(states)
            registry.render_multiple([renderable(state) for state in states.values()])
            found.update((key, registry.get_model(*key)) for key in states)
            for key, state in states.items():
                needs = tuple((need, found.get(need)) for need in _needs(key, state))
                self._kept[key] = Stub(model=found[key], outline=outlines[key], needs=needs)
        return found

    def _is_current(
        self,
        key: ModelKey,
        wanted: Mapping[ModelKey, frozenset[str]],
        peek: Callable[[ModelKey], Any],
        found: dict[ModelKey, Any],
        open_keys: frozenset[ModelKey] = frozenset(),
    ) -> bool:
        """Return whether a kept stub still serves, and put it among the found ones if so."""
        if key in found or key in open_keys:
            return True
        stub = self._kept.get(key)
        if stub is None or not wanted[key] <= stub.outline.names:
            return False
        if not stub.outline.fits(peek(key)):
            return False
        inner = open_keys | {key}
        for need, model in stub.needs:
            if model is None and need not in wanted:
                continue
            kept = self._kept.get(need)
            if kept is None or kept.model is not model or need not in wanted:
                return False
            if not self._is_current(need, wanted, peek, found, inner):
                return False
        found[key] = stub.model
        return True


def _needs(key: ModelKey, state: Any) -> Iterable[ModelKey]:  # noqa: ANN401 - a ModelState
    yield from bases(key, state)
    for _, _, target in relations(key, state):
        if target != key:
            yield target
