"""What a check finds, as values; formats and baselines know nothing else of it."""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from replayer.rules import RULES_BY_ID
from replayer.rules.rule import Severity

if TYPE_CHECKING:
    from replayer.model import Dialect, MigrationKey, Source
    from replayer.rules.rule import Rule

__all__ = ["Attribute", "DialectSql", "DriftClass", "FailOn", "Finding", "Report", "Severity"]


class DriftClass(enum.Enum):
    """Which kind of difference a finding is; the values are for reports."""

    SCHEMA = "schema"
    """The DDL of a checked dialect changes."""
    STATE_ONLY = "state-only"
    """No DDL changes: proven by equal schemas, not by a list of attributes."""
    FLICKER = "flicker"
    """The answer changes from run to run, or the value is never equal to itself."""
    THIRD_PARTY = "third-party"
    """The app's code lies outside the project."""
    SWAPPABLE = "swappable"
    """It comes from a swapped model."""
    DIVERGENCE = "divergence"
    """The state of the migrations and the schema that they leave are two things."""
    GRAPH = "graph"
    """The migrations among each other."""


class FailOn(enum.Enum):
    """From which findings on a check fails; the values are what the user types."""

    SCHEMA = "schema"
    """The DDL of the user's own apps, and errors of divergence and of the graph."""
    STATE = "state"
    """The same, and what is state-only: the default."""
    ANY = "any"
    """Every finding."""
    NEVER = "never"

    def includes(self, finding: Finding) -> bool:
        """Return whether a finding makes the check fail."""
        if self is FailOn.NEVER or self is FailOn.ANY:
            return self is FailOn.ANY
        kind = finding.drift_class
        if kind in {DriftClass.DIVERGENCE, DriftClass.GRAPH}:
            return finding.severity is Severity.ERROR
        wanted = {DriftClass.SCHEMA}
        if self is FailOn.STATE:
            wanted.add(DriftClass.STATE_ONLY)
        return kind in wanted


class Attribute(NamedTuple):
    """One attribute that differs."""

    name: str
    """``max_length``; for a whole that is added or removed: ``field``, ``index``, ``type``."""
    old: str | None
    """As Python would write it in the migrations; None where they have none."""
    new: str | None
    """As Python would write it in the models; None where they have none."""

    def __str__(self) -> str:
        """Return ``name: old -> new``."""
        old, new = (side if side is not None else "(none)" for side in (self.old, self.new))
        return f"{self.name}: {old} -> {new}"


class DialectSql(NamedTuple):
    """The statements that a finding's operations mean on one dialect."""

    dialect: Dialect
    statements: tuple[str, ...]
    """Each without ``;`` at its end; empty when it needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found."""

    rule_id: str
    drift_class: DriftClass
    severity: Severity
    """Usually the rule's; a third-party app's or a state-only one may weigh less."""
    app_label: str
    """Empty where no single app is at fault."""
    model: str = ""
    """The model's name as its class spells it; empty for what is no model's."""
    field: str = ""
    subject: str = ""
    """What else tells it apart: an index's, migration's or object's name."""
    message: str
    """One line, without a full stop at its end."""
    dialects: tuple[Dialect, ...] = ()
    """Those on which the schema changes or diverges, in the order asked."""
    changes: tuple[Attribute, ...] = ()
    """Sorted by name."""
    source: Source | None = None
    """The place in ``models.py``, or in the migration for divergence and the graph."""
    migration: MigrationKey | None = None
    """The migration that last set it."""
    migration_source: Source | None = None
    """The operation of that migration."""
    operations: tuple[str, ...] = ()
    """What ``makemigrations`` would write, as Python."""
    sql: tuple[DialectSql, ...] = ()
    """Only when it was asked for."""
    hint: str = ""
    """What to do, with the command to type."""
    related: tuple[Source, ...] = ()
    """Other places that take part: the rest of a cycle, the other leaf node."""
    reason: str = ""
    """Why it is of its class, where that is not plain: the object that flickers, and how."""

    @property
    def rule(self) -> Rule:
        """The rule, with its texts."""
        return RULES_BY_ID[self.rule_id]

    @property
    def label(self) -> str:
        """``app.Model.field``, as far as it goes: the name that ignores use."""
        parts = [part for part in (self.app_label, self.model, self.field) if part]
        return ".".join(parts)

    @property
    def fingerprint(self) -> str:
        """A name that stays while lines, paths, wording and versions change.

        Notes
        -----
        SHA-256 over the rule, the names and the names of the attributes; not their values, so a
        baseline's entry still matches when the same attribute drifts further.
        """
        parts = (
            self.rule_id,
            self.app_label,
            self.model.lower(),
            self.field,
            self.subject,
            *sorted(change.name for change in self.changes),
        )
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def sort_key(self) -> tuple[str, ...]:
        """The order in reports: by app, model and field, then by rule."""
        return (
            self.app_label,
            self.model.lower(),
            self.field,
            self.rule_id,
            self.subject,
            self.message,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a check found; an empty one is an answer too."""

    findings: tuple[Finding, ...] = ()
    """Sorted by `Finding.sort_key`; without those that are ignored or in the baseline."""
    tool_version: str
    django_version: str
    dialects: tuple[Dialect, ...] = ()
    """Those for which schemas were compared, in the order asked."""
    root: str = ""
    """The project's directory, absolute; formats make paths relative to it."""
    fail_on: FailOn = FailOn.STATE
    ignored: int = 0
    """How many findings were left out by ``ignore``."""
    in_baseline: int = 0
    """How many findings were left out by the baseline."""
    unused_baseline: tuple[str, ...] = ()
    """A line for each entry of the baseline that matches nothing any more."""
    unused_ignores: tuple[str, ...] = ()
    """Each ignore that matches nothing."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the check itself, one sentence each."""
    undecided: tuple[str, ...] = ()
    """What could not be compared, one sentence each: then no finding is no all-clear."""

    @property
    def fails(self) -> bool:
        """Whether a finding is at or above ``fail_on``."""
        return any(self.fail_on.includes(finding) for finding in self.findings)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings for which it fails."""
        return tuple(finding for finding in self.findings if self.fail_on.includes(finding))

    @property
    def counts(self) -> dict[DriftClass, int]:
        """How many findings there are of each class, in the order of the classes; no zeros."""
        found = Counter(finding.drift_class for finding in self.findings)
        return {kind: found[kind] for kind in DriftClass if found[kind]}
