"""The models of a project state, shared between states until one of them changes a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from replayer.model import ModelKey

if TYPE_CHECKING:
    from collections.abc import Iterable

_GONE: Any = object()


class ModelStates(MutableMapping[ModelKey, Any]):
    """A mapping of ``ModelState`` that copies one from its base when it is first reached for.

    Django clones every ``ModelState`` of the project for every operation; here an operation costs
    what it touches.

    Parameters
    ----------
    base
        The states beneath; they are never changed through this mapping.
    """

    def __init__(self, base: Mapping[ModelKey, Any] | None = None) -> None:
        self._base: Mapping[ModelKey, Any] = {} if base is None else base
        self._own: dict[ModelKey, Any] = {}
        self.touched: set[ModelKey] = set()
        """The models that were handed out, set or removed; the user of the mapping clears it."""
        self.scope: frozenset[ModelKey] | None = None
        """While it is set, iteration yields these models alone; ``None`` means all."""

    def peek(self, key: ModelKey) -> Any:  # noqa: ANN401 - Django's ModelState, untyped here
        """Return the ``ModelState`` to look at, not to change, or None where there is none."""
        found = self._own.get(key)
        if found is None:
            found = self._base.get(key)
        return None if found is _GONE else found

    def changed(self) -> dict[ModelKey, Any]:
        """Return what differs from the base: a ``ModelState``, or None for a model that is gone."""
        return {key: None if state is _GONE else state for key, state in self._own.items()}

    def frozen(self) -> Mapping[ModelKey, Any]:
        """Return the states as they are now, for another mapping's base."""
        return {key: self.peek(key) for key in self._keys()}

    def __getitem__(self, key: ModelKey) -> Any:  # noqa: ANN401 - a ModelState
        state = self._own.get(key)
        if state is None:
            state = self._base[key].clone()
            self._own[key] = state
        elif state is _GONE:
            raise KeyError(key)
        self.touched.add(key)
        return state

    def __setitem__(self, key: ModelKey, state: Any) -> None:  # noqa: ANN401 - a ModelState
        self._own[key] = state
        self.touched.add(key)

    def __delitem__(self, key: ModelKey) -> None:
        if self.peek(key) is None:
            raise KeyError(key)
        if key in self._base:
            self._own[key] = _GONE
        else:
            del self._own[key]
        self.touched.add(key)

    def __contains__(self, key: object) -> bool:
        return self.peek(key) is not None  # type: ignore[arg-type]  # any object may be asked for

    def keys_only(self) -> list[ModelKey]:
        """Return the keys, without handing a model out."""
        return list(self._keys())

    def _keys(self) -> Iterable[ModelKey]:
        for key in self._base:
            if self._own.get(key) is not _GONE:
                yield key
        for key, state in self._own.items():
            if state is not _GONE and key not in self._base:
                yield key

    def __iter__(self) -> Iterator[ModelKey]:
        if self.scope is None:
            return iter(list(self._keys()))
        return iter([key for key in self.scope_in_order() if self.peek(key) is not None])

    def scope_in_order(self) -> list[ModelKey]:
        """Return the scope, sorted: a set's order follows the hash seed."""
        return sorted(self.scope or ())

    def __len__(self) -> int:
        return sum(1 for _ in self._keys())
