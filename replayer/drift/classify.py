"""Whether an operation changes the schema: proven by rendering its model before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from replayer.drift.detect import Detected, FoundOperation, model_state_of, without_translations
from replayer.errors import DialectError
from replayer.model import ModelKey
from replayer.replay.models import ModelStates
from replayer.replay.rendering import Renderer
from replayer.replay.steps import is_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.model import Dialect
    from replayer.replay.state import ReplayState


class Render(Protocol):
    """Renders model classes; given by the floor above, which knows the one that does."""

    def __call__(self, models: Sequence[Any], connection: Any) -> frozenset[str]:  # noqa: ANN401
        """Return the statements that make the models' tables, indexes and foreign keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An operation that ``makemigrations`` would write, and what it does."""

    found: FoundOperation
    key: ModelKey
    """The model, under the name that it has after the operation."""
    before: Any
    """Its ``ModelState`` before the operation, or None."""
    after: Any
    """Its ``ModelState`` after the operation, or None."""
    dialects: tuple[Dialect, ...]
    """Those on which the schema is another after it."""


class LiveStates(Mapping[ModelKey, Any]):
    """The states of model classes, each made when it is first asked for."""

    def __init__(self, models: Mapping[ModelKey, Any]) -> None:
        self._models = models
        self._states: dict[ModelKey, Any] = {}

    def __getitem__(self, key: ModelKey) -> Any:  # noqa: ANN401 - a ModelState
        if key not in self._states:
            self._states[key] = model_state_of(self._models[key])
        return self._states[key]

    def __contains__(self, key: object) -> bool:
        return key in self._models

    def __iter__(self) -> Iterator[ModelKey]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)


class Judge:
    """Tells which operations change the schema, and which models differ though no operation does.

    Parameters
    ----------
    connections
        Offline wrappers, one for each dialect that is asked for.
    render
        Renders model classes.
    live
        Every installed model, those of apps without migrations too.
    """

    def __init__(
        self,
        connections: Mapping[Dialect, Any],
        render: Render,
        live: Mapping[ModelKey, Any],
        real_apps: set[str],
    ) -> None:
        self._connections = connections
        self._render = render
        self._live = ModelStates(LiveStates(live))
        self._real_apps = real_apps
        self._renderer = Renderer(real_apps)

    def judge(
        self, detected: Detected, state: ReplayState
    ) -> tuple[tuple[Judged, ...], ReplayState]:
        """Return the operations, judged, and the state after all of them.

        Notes
        -----
        They are applied one after the other: each is looked at between the state before it and the
        one after it, so that of two changes to one field each gets its own verdict.

        A state between two operations may be one that no database holds (two fields that trade
        their columns): what can't be rendered there counts as a change of the schema.

        Raises
        ------
        DialectError
            When a dialect cannot express a model as it is before or after all of them.
        """
        judged = []
        first = now = state.clone()
        with without_translations():
            for found in detected.operations:
                key = model_of(found)
                after = now.clone()
                after.models.touched.clear()
                found.operation.state_forwards(found.app_label, after)
                dialects = self._changed(key, now.models, after.models, first.models)
                if not dialects and not is_plain(found.operation):
                    # What an operation of a project's own autodetector does, no model shows.
                    dialects = tuple(self._connections)
                judged.append(
                    Judged(
                        found=found,
                        key=key,
                        before=now.models.peek(key),
                        after=after.models.peek(key),
                        dialects=dialects,
                    )
                )
                now = after
        return tuple(judged), now

    def unseen(
        self, detected: Detected, state: ReplayState
    ) -> tuple[tuple[ModelKey, tuple[Dialect, ...]], ...]:
        """Return the models that render another schema though the autodetector has nothing to add.

        Parameters
        ----------
        state
            The state after all operations found.
        """
        found = []
        with without_translations():
            for key in detected.differing:
                if key in detected.models and key in state.models:
                    dialects = self._differing(key, state.models, self._live)
                    if dialects:
                        found.append((key, dialects))
        return tuple(found)

    def _changed(
        self, key: ModelKey, before: ModelStates, after: ModelStates, first: ModelStates
    ) -> tuple[Dialect, ...]:
        try:
            return self._differing(key, before, after)
        except DialectError:
            # Raises again where it is not the state between that is at fault.
            self._differing(key, first, self._live)
            return tuple(self._connections)

    def _differing(
        self, key: ModelKey, before: ModelStates, after: ModelStates
    ) -> tuple[Dialect, ...]:
        return tuple(
            dialect
            for dialect, connection in self._connections.items()
            if self._rendered(key, before, connection) != self._rendered(key, after, connection)
        )

    def _rendered(
        self,
        key: ModelKey,
        models: ModelStates,
        connection: Any,  # noqa: ANN401 - a wrapper
    ) -> frozenset[str]:
        if models.peek(key) is None:
            return frozenset()
        group = self._renderer.group(models, frozenset({key}))
        model = group.registry.get_model(key.app_label, key.model_name)
        return self._render([model], connection)


def model_of(found: FoundOperation) -> ModelKey:
    """Return the model that an operation is about."""
    operation: Any = found.operation
    for attribute in ("model_name_lower", "name_lower"):
        name = getattr(operation, attribute, None)
        if name is not None:
            return ModelKey(found.app_label, str(name))
    return ModelKey(found.app_label, "")
