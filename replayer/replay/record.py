"""What the replay of the history remembers of each step."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replayer.model import MigrationKey, OperationKey


class Outcome(enum.Enum):
    """What became of an operation's database side."""

    PLAIN = "plain"
    """One of Django's own, told wholly by its class."""
    RAN = "ran"
    """Somebody else's code or SQL; it was run, and the catalogue knows what it did."""
    DATA = "data"
    """It only moves rows, and was skipped."""
    DENIED = "denied"
    """A router keeps it from this database."""
    SKIPPED = "skipped"
    """It was not run because the user asked for that."""
    OPAQUE = "opaque"
    """What it does to the schema is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation, on the database's side."""

    key: OperationKey
    path: tuple[int, ...] = ()
    """The indexes inside nested ``database_operations``; empty for the migration's own."""
    operation: Any
    """Django's operation, held."""
    outcome: Outcome
    statements: tuple[str, ...] = ()
    """What it executed, without ``;``, its deferred statements not included."""
    respelt: tuple[str, ...] = ()
    """Literals in them that the driver would have spelled in a way that no document can hold."""
    reason: str = ""
    """Why it is what it is, in words; empty for plain operations."""

    @property
    def spelling(self) -> str:
        """A sentence on the literals that are spelled otherwise; empty where none is."""
        if not self.respelt:
            return ""
        listed = ", ".join(self.respelt)
        return (
            "bytes that are no UTF-8 are sent as text by the driver, and the server keeps a text "
            f"that no document can hold; the same bytes are printed in hexadecimal: {listed}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationRecord:
    """What one migration executed."""

    key: MigrationKey
    steps: tuple[Step, ...]
    deferred: tuple[str, ...] = ()
    """What the schema editor executed at its end: foreign keys and indexes, without ``;``."""
