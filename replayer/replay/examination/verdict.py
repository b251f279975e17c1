"""What is concluded of a function, while it is read and at the end."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a function can do to the schema."""

    reaches_schema: bool
    reason: str
    """A phrase whose subject is the function: ``uses schema_editor.execute``."""
    certain: bool
    """False where a value that decides could not be known, such as SQL built while it runs."""


class FoundError(Exception):
    """The schema is surely reached; carries the reason out of the reading."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Conclusions:
    """What the rules saw, in order."""

    suspicions: list[str] = field(default_factory=list)
    """Why the function is run although nothing certain was found."""
    doubts: list[str] = field(default_factory=list)
    """What could not be known and is believed to be harmless."""
    notes: list[str] = field(default_factory=list)
    """What it does with the database that changes no schema."""

    def reach(self) -> Reach:
        """Return the answer of a function that was read to its end."""
        if self.suspicions:
            return Reach(reaches_schema=True, reason=self.suspicions[0], certain=False)
        reason = next(iter((*self.doubts, *self.notes)), "only moves data")
        return Reach(reaches_schema=False, reason=reason, certain=not self.doubts)
