"""What a rule is."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """How much a finding weighs; the words are those of SARIF's ``level``."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Family(enum.Enum):
    """What is compared with what; the value is the first digit of the ids."""

    DRIFT = 1
    """The models against the migrations."""
    NOISE = 2
    """Drift which no migration of the user's cures: flicker, apps of others."""
    DIVERGENCE = 3
    """The state of the migrations against the schema that they leave."""
    GRAPH = 4
    """The migrations among each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of finding, and all that there is to say about it."""

    id: str
    """``R101``; never given to another rule."""
    name: str
    """In kebab case."""
    severity: Severity
    summary: str
    """One sentence without a full stop, for tables."""
    problem: str
    """What goes wrong when nobody acts."""
    example: str
    """The smallest code or history that has it."""
    cure: str
    """What to do, with the command to type where there is one; ``{app}`` and ``{migration}`` stand
    for the names at fault."""

    @property
    def family(self) -> Family:
        """The family that the id tells."""
        return Family(int(self.id[1]))

    def cure_for(self, *, app: str, migration: str = "MIGRATION") -> str:
        """Return the cure with the names at fault in it."""
        # Not str.format: the texts hold braces of Python's own.
        return self.cure.replace("{app}", app).replace("{migration}", migration)
