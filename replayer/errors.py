"""What can go wrong, told in one sentence each.

An exception holds the data it speaks of; its text names the thing at fault and, where one is known,
its ``hint`` says what to type. *Could not decide* is an exception; *decided, and found something*
never is: findings are values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.model import MigrationKey, Source


class ReplayerError(Exception):
    """Base of every error that a user can cause.

    Parameters
    ----------
    message
        One sentence, without a full stop at the end, that names the thing at fault.
    hint
        What the user may type or change, or None where it is not known.
    """

    code: ClassVar[str] = "E000"
    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return the sentence, followed by the hint where there is one."""
        return f"{self.message}; {self.hint}" if self.hint else self.message


class UsageError(ReplayerError):
    """The command line or ``[tool.replayer]`` asks for something that does not exist."""

    code = "E100"


class OutputError(ReplayerError):
    """The document could not be written where the user asked for it."""

    code = "E110"


class ProjectError(ReplayerError):
    """The project cannot be found, or its settings or an app of it cannot be imported."""

    code = "E200"


class DatabaseAccessError(ProjectError):
    """Project code asked the database for something that it alone could answer."""

    code = "E210"


class HistoryError(ReplayerError):
    """The migrations do not form a history that can be replayed; holds every fault found.

    Parameters
    ----------
    message
        One sentence which says how many faults there are, or the only fault.
    faults
        One sentence for each fault, sorted.
    """

    code = "E300"

    def __init__(
        self, message: str, *, faults: Sequence[str] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.faults = tuple(faults)


class ReplayError(ReplayerError):
    """One operation of the history failed.

    Parameters
    ----------
    migration
        The migration that was being replayed.
    operation_index
        The position of the operation in the migration, from 0.
    source
        Where the operation is written, or None where it is not known.
    """

    code = "E400"

    def __init__(
        self,
        message: str,
        *,
        migration: MigrationKey,
        operation_index: int,
        source: Source | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.migration = migration
        self.operation_index = operation_index
        self.source = source


class DialectError(ReplayerError):
    """The dialect, or the server version assumed for it, cannot express the schema."""

    code = "E500"


class DriverMissingError(DialectError):
    """A dialect needs a package that is not installed."""

    code = "E510"


class EmptySchemaError(ReplayerError):
    """The schema holds no table, which a reader would take for "drop everything"."""

    code = "E520"
