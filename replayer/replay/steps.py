"""What happens between two operations: the state goes forwards, and a failure gets its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.db.migrations import operations as django_operations
from django.db.migrations.operations.base import Operation

from replayer.errors import ReplayerError, ReplayError
from replayer.model import MigrationKey
from replayer.project.blame import shown, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.model import OperationKey
    from replayer.replay.state import ReplayState
    from replayer.sources import Sources


def is_plain(operation: Operation) -> bool:
    """Return whether an operation is one of Django's own whose effect its class tells wholly."""
    kind = type(operation)
    return kind.__module__.startswith("django.db.migrations.operations.") and kind not in {
        django_operations.RunSQL,
        django_operations.RunPython,
        django_operations.SeparateDatabaseAndState,
    }


def describe(operation: Operation) -> str:
    """Return what an operation says of itself on one line, however its ``describe`` fails."""
    try:
        text = " ".join(str(operation.describe()).split())
    except Exception:  # noqa: BLE001 - a custom operation's describe may do anything
        text = ""
    return text or type(operation).__name__


class Steps:
    """Takes the state through the operations of migrations.

    Parameters
    ----------
    state
        The state that is carried forwards.
    sources
        Where operations are written; asked only when one fails.
    """

    def __init__(self, state: ReplayState, sources: Sources) -> None:
        self.state = state
        self.opaque: list[OperationKey] = []
        """The operations so far whose effect on the database isn't known."""
        self._sources = sources

    def operations(self, migration: Any) -> Iterator[tuple[int, Operation]]:  # noqa: ANN401
        """Yield the index and the operation of each."""
        yield from enumerate(migration.operations)

    def forwards(self, migration: Any, index: int, operation: Operation) -> None:  # noqa: ANN401
        """Apply an operation to the state.

        Raises
        ------
        ReplayError
            When ``state_forwards`` fails; it names the migration, the index and the operation.
        """
        self.state.models.touched.clear()
        try:
            operation.state_forwards(migration.app_label, self.state)
        except Exception as error:
            raise self.failure(migration, index, operation, error) from error
        if not is_plain(operation):
            self.state.note_touched()

    def failure(
        self,
        migration: Any,  # noqa: ANN401 - Django's Migration
        index: int,
        operation: Operation,
        error: BaseException,
        doing: str = "cannot be applied to the state",
    ) -> ReplayError:
        """Return the error of a step, with its migration, its index and its place."""
        key = MigrationKey(migration.app_label, migration.name)
        source = self._sources.operation_source(migration, index)
        where = f" ({shown(source)})" if source else ""
        message = (
            f"{key}: operation {index} ({describe(operation)}) {doing}: {_plain_text(error)}{where}"
        )
        hint = self._hint() if isinstance(error, DatabaseError) else None
        if isinstance(error, ReplayerError):
            hint = error.hint
        return ReplayError(message, migration=key, operation_index=index, source=source, hint=hint)

    def _hint(self) -> str | None:
        """Say that the trouble may come from what was not carried out."""
        if not self.opaque:
            return None
        *others, (key, index) = self.opaque
        also = f" and {len(others)} more before it" if others else ""
        return (
            f"{key}[{index}]{also} could not be carried out for certain, and may have made or "
            f"removed what is met here: replayer ledger --at {key} tells why; --schema state "
            "does without"
        )


def _plain_text(error: BaseException) -> str:
    if isinstance(error, ReplayerError):
        return error.message
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], tuple):
        return f"there is no model {'.'.join(str(part) for part in error.args[0])!r}"
    if isinstance(error, KeyError) and error.args:
        return f"there is no {error.args[0]!r}"
    return text_of(error)
