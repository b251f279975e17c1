"""The DDL that ``migrate`` would run for operations that are in no migration yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db.migrations.migration import Migration

from replayer.api.history_schema import replay_history
from replayer.history.loader import History
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.drift.detect import FoundOperation
    from replayer.sources import Sources


@dataclass(frozen=True, kw_only=True)
class ExtendedHistory(History):
    """A history with migrations behind it that are on no disk."""

    extra: Mapping[MigrationKey, Any]

    @property
    def on_disk(self) -> Mapping[MigrationKey, Migration]:
        """All migrations, the extra ones too."""
        return {**super().on_disk, **self.extra}


def operation_sql(
    history: History,
    operations: Sequence[FoundOperation],
    connection: Any,  # noqa: ANN401 - an offline wrapper
    sources: Sources,
) -> tuple[tuple[str, ...], ...]:
    """Return the statements of each operation, run after the whole history.

    Raises
    ------
    ReplayError
        When the history, or one of the operations after it, would be refused.

    Notes
    -----
    The history is replayed first, because statements hold the names that it left: a constraint
    that is dropped has the name of the day on which it was made.
    """
    extra: dict[MigrationKey, Any] = {}
    for index, found in enumerate(operations):
        migration: Any = Migration(f"drift_{index:04}", found.app_label)
        migration.operations = [found.operation]
        extra[MigrationKey(found.app_label, migration.name)] = migration
    whole = ExtendedHistory(
        **{part.name: getattr(history, part.name) for part in fields(History)}, extra=extra
    )
    replayed = replay_history(whole, (*history.plan, *extra), connection, sources)
    return tuple(
        (*(sql for step in record.steps for sql in step.statements), *record.deferred)
        for record in replayed.records[len(history.plan) :]
    )
