"""Who looks over the shoulder of a replay; an ordinary run has nobody and pays nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.model import OperationKey
    from replayer.replay.history_state import HistoryState
    from replayer.replay.record import Step


class Observer(Protocol):
    """Looks at each operation that is not plain, before and after its database side.

    Plain ones are told of only where what they leave can't be written as it is.

    Notes
    -----
    ``subject`` is the operation, or the migration where it overrides ``apply``. The states are
    those before and after it; ``after`` is None before a migration that goes its own way.
    """

    def begins(
        self,
        subject: Any,  # noqa: ANN401 - an operation or a migration
        app_label: str,
        editor: Any,  # noqa: ANN401 - a schema editor
        before: HistoryState,
        after: HistoryState | None,
    ) -> None:
        """Look at the database before; what is done to it here must be undone here."""

    def ends(
        self,
        subject: Any,  # noqa: ANN401 - an operation or a migration
        migration: Any,  # noqa: ANN401 - Django's Migration
        key: OperationKey,
        editor: Any,  # noqa: ANN401 - a schema editor
        steps: Sequence[Step],
    ) -> None:
        """Look at the database after."""

    def respelt(
        self,
        operation: Any,  # noqa: ANN401 - an operation
        migration: Any,  # noqa: ANN401 - Django's Migration
        key: OperationKey,
        steps: Sequence[Step],
    ) -> None:
        """Hear of a plain operation with literals that no document can hold as they are sent."""
