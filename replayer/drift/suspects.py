"""Which operations may leave another schema than their state says, told without replaying them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.models import signals

from replayer._compat import signal_receivers
from replayer.replay.steps import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from replayer.history.loader import History


def count_suspects(history: History, is_own: Callable[[str], bool]) -> tuple[int, int]:
    """Return how many operations of the project's own apps may diverge, and how many of others.

    Notes
    -----
    A ``RunPython`` of the project is looked at; one that only moves data is none. Those of others
    are not counted: nearly all move data, and to look at them costs more than the answer is worth
    in a run that will not replay them.
    """
    counts = {True: 0, False: 0}
    own: dict[str, bool] = {}
    seen: dict[int, bool] = {}
    for key in history.plan:
        migration: Any = history.on_disk[key]
        strange = [one for one in migration.operations if not is_plain(one)]
        overrides = type(migration).apply is not Migration.apply
        if not strange and not overrides:
            continue
        if key.app_label not in own:
            own[key.app_label] = is_own(key.app_label)
        is_first = own[key.app_label]
        counts[is_first] += overrides + sum(_may_diverge(one, is_first, seen) for one in strange)
    return counts[True], counts[False]


def has_foreign_receivers() -> bool:
    """Return whether anybody but Django listens to ``pre_migrate`` or ``post_migrate``."""
    return any(
        str(getattr(function, "__module__", "")).partition(".")[0] != "django"
        for signal in (signals.pre_migrate, signals.post_migrate)
        for _, function in signal_receivers(signal)
    )


def _may_diverge(operation: Any, is_own: bool, seen: dict[int, bool]) -> bool:  # noqa: ANN401, FBT001
    kind = type(operation)
    if kind is ops.SeparateDatabaseAndState:
        halves: tuple[Iterable[Any], ...] = (
            operation.database_operations,
            operation.state_operations,
        )
        # One half alone is enough: what the state gets and the database doesn't diverges too.
        return any(
            is_plain(one) or _may_diverge(one, is_own, seen) for half in halves for one in half
        )
    if kind is ops.RunSQL:
        return bool(operation.sql)
    if isinstance(operation, ops.RunPython):
        if not is_own:
            return False
        function = operation.code
        if id(function) not in seen:
            from replayer.replay.examination.examine import examine  # few histories need it

            seen[id(function)] = examine(function).reaches_schema
        return seen[id(function)]
    return True
