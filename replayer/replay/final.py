"""Replay to the final ``ProjectState``: linear in the number of operations, nothing rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.migrations import operations as django_operations

from replayer.model import MigrationKey, OperationKey
from replayer.replay.models import ModelStates
from replayer.replay.state import References, ReplayState
from replayer.replay.steps import Steps, is_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.migrations.operations.base import Operation

    from replayer.history.loader import History
    from replayer.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Unshown:
    """An operation whose effect on the database the final state may not show."""

    key: OperationKey
    kind: str
    """The name of the operation's class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalState:
    """What the migrations' states come to."""

    state: ReplayState
    unshown: tuple[Unshown, ...]
    """In plan order."""


def replay_state(history: History, plan: Sequence[MigrationKey], sources: Sources) -> FinalState:
    """Replay the migrations of a plan, in its order, to a state.

    Raises
    ------
    ReplayError
        When an operation fails in ``state_forwards``.
    """
    state = ReplayState(ModelStates(), set(history.loader.unmigrated_apps), References())
    steps = Steps(state, sources)
    unshown: list[Unshown] = []
    for key in plan:
        migration = history.on_disk[key]
        for index, operation in steps.operations(migration):
            steps.forwards(migration, index, operation)
            if is_unshown(operation):
                unshown.append(Unshown(key=OperationKey(key, index), kind=type(operation).__name__))
    return FinalState(state=state, unshown=tuple(unshown))


def is_unshown(operation: Operation) -> bool:
    """Return whether an operation may do to the database what its state does not say."""
    if isinstance(operation, django_operations.SeparateDatabaseAndState):
        return bool(operation.database_operations) or any(
            is_unshown(inner) for inner in operation.state_operations
        )
    return not is_plain(operation)
