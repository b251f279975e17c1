"""One line of the ledger: an operation, its two sides, and whether they agree."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replayer.model import OperationKey, Source
    from replayer.replay.record import Outcome


class Verdict(enum.Enum):
    """Whether the database got what the state got."""

    EQUAL = "equal"
    UNEQUAL = "unequal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One operation that isn't plain."""

    key: OperationKey
    kind: str
    """The class of the operation; ``Migration.apply`` where the migration overrides it."""
    description: str
    """What the operation says of itself."""
    outcome: Outcome
    """The gravest of its database operations'."""
    verdict: Verdict
    state_got: tuple[str, ...] = ()
    """The operations of its state's side, in their own words; empty where the state got nothing."""
    database_got: tuple[str, ...] = ()
    """What changed in the database, its deferred statements included."""
    differences: tuple[str, ...] = ()
    """What turns the state's account into the database's; empty unless they are unequal."""
    tables: tuple[str, ...] = ()
    """The tables that one of the two sides touched, sorted."""
    reason: str = ""
    """Why the outcome or the verdict is what it is; empty where nothing is to be said."""
    source: Source | None = None


def counted(entries: tuple[Entry, ...]) -> dict[Verdict, int]:
    """Return how many entries there are of each verdict, the ones without any included."""
    return {verdict: sum(entry.verdict is verdict for entry in entries) for verdict in Verdict}
