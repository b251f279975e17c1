"""The state's side of an operation, carried out on a database as plain operations would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations import operations as django_operations
from django.db.migrations.operations import base, fields, models

from replayer.model import ModelKey
from replayer.replay.history_state import HistoryState, Sight
from replayer.replay.models import ModelStates
from replayer.replay.steps import describe, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HOMES = frozenset({models.__name__, fields.__name__})


class UntoldError(Exception):
    """A custom operation changes the state by no operation of Django's."""


def state_operations(subject: Any) -> Sequence[Any]:  # noqa: ANN401 - an operation or a migration
    """Return the operations that make up the state's side of an operation or of a migration.

    Notes
    -----
    A custom operation stands for itself: its ``state_forwards`` is the state's side.
    """
    if isinstance(subject, django_operations.RunPython):
        return ()
    if isinstance(subject, base.Operation):
        found: Sequence[Any] | None = getattr(subject, "state_operations", None)
        return (subject,) if found is None else found
    own: Sequence[Any] = subject.operations
    return own


def plain_operations(subject: Any) -> Iterator[Any]:  # noqa: ANN401 - an operation or a migration
    """Yield the state's side with what is nested unfolded: plain and custom operations."""
    for operation in state_operations(subject):
        is_leaf = operation is subject or is_plain(operation)
        if is_leaf:
            yield operation
        else:
            yield from plain_operations(operation)


class StateSide:
    """Carries out the state's side of operations.

    Parameters
    ----------
    state
        The state before.
    """

    def __init__(self, state: HistoryState) -> None:
        self._state = state
        self.told: list[str] = []
        """What the state got, in the operations' own words."""

    def carry_out(self, subject: Any, app_label: str, editor: Any) -> None:  # noqa: ANN401
        """Do to the database what the state's operations would have done as plain ones.

        Raises
        ------
        UntoldError
            When a custom operation changes the state, and is no kind of one of Django's own.
        """
        rest = plain_operations(subject)
        try:
            for operation in rest:
                self._step(operation, app_label, editor)
        except Exception:
            # What comes after was told to the state all the same.
            self.told.extend(map(describe, rest))
            raise

    def _step(self, operation: Any, app_label: str, editor: Any) -> None:  # noqa: ANN401 - Django's
        before = self._state
        after = before.over(ModelStates(before.models.frozen()))
        operation.state_forwards(app_label, after)
        if not is_plain(operation):
            after.note_touched()
        after.earlier = before
        self._one(operation, app_label, editor, before, after)
        self._state = after.over(ModelStates(after.models.frozen()))

    def _one(
        self,
        operation: Any,  # noqa: ANN401 - an operation
        app_label: str,
        editor: Any,  # noqa: ANN401 - a schema editor
        before: HistoryState,
        after: HistoryState,
    ) -> None:
        sight = Sight(before, after)
        if is_plain(operation):
            self.told.append(describe(operation))
            sight.set_for(app_label, operation)
            operation.database_forwards(app_label, editor, before, after)
            return
        if not changed_keys(before, after):
            return
        self.told.append(describe(operation))
        kind: Any = next((kind for kind in type(operation).__mro__ if _is_djangos(kind)), None)
        if kind is None:
            name = type(operation).__name__
            raise UntoldError(f"{name} changes the state by no operation of Django's")
        sight.see_all()
        kind.database_forwards(operation, app_label, editor, before, after)


def _is_djangos(kind: type) -> bool:
    return kind.__module__ in _HOMES and "database_forwards" in vars(kind)


def changed_keys(before: HistoryState, after: HistoryState) -> list[ModelKey]:
    """Return the models that differ between two states, sorted."""
    found = []
    for key, state in after.models.changed().items():
        was = before.models.peek(key)
        # Django's ModelState.__eq__ knows nothing but its own kind.
        is_same = was is state if was is None or state is None else was == state
        if not is_same:
            # Django's own keys are plain pairs.
            found.append(ModelKey(*key))
    return sorted(found)
