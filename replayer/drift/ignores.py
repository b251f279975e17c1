"""Leaves out what ``ignore`` in ``[tool.replayer]`` names."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replayer.errors import UsageError
from replayer.rules import RULES, find_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.findings import Finding

_RULE = re.compile(r"[rR]\d+$")
_LABEL = re.compile(r"\w+(?:\.\w+){0,2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """One entry: a rule, a label, or a rule at a label (``R110:polls.Question``)."""

    text: str
    rule_id: str = ""
    label: str = ""
    """``app``, ``app.Model`` or ``app.Model.field``, in lower case; it covers what is below it."""

    def matches(self, finding: Finding) -> bool:
        """Return whether a finding is meant."""
        if self.rule_id and finding.rule_id != self.rule_id:
            return False
        if not self.label:
            return True
        label = finding.label.lower()
        return label == self.label or label.startswith(f"{self.label}.")


def parse_ignores(entries: Iterable[str]) -> tuple[Ignore, ...]:
    """Read the entries.

    Raises
    ------
    UsageError
        When an entry is neither a rule nor a label.
    """
    return tuple(_parsed(entry) for entry in entries)


def _parsed(entry: str) -> Ignore:
    text = entry.strip()
    head, colon, tail = text.partition(":")
    rule = find_rule(head)
    if rule is not None:
        if colon and not _LABEL.match(tail.strip()):
            message = f"ignore has {entry!r}: what follows the colon is no app.Model.field"
            raise UsageError(message)
        return Ignore(text=text, rule_id=rule.id, label=tail.strip().lower())
    if _RULE.match(head) or colon or not _LABEL.match(text):
        near = difflib.get_close_matches(head.upper(), [rule.id for rule in RULES], n=1)
        message = f"ignore has {entry!r}, which is neither a rule nor app.Model.field"
        raise UsageError(message, hint=f"did you mean {near[0]!r}?" if near else None)
    return Ignore(text=text, label=text.lower())


def apply_ignores(
    findings: Sequence[Finding], ignores: Sequence[Ignore]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Return the findings that are left, and the entries that match nothing."""
    used: set[str] = set()
    kept = []
    for finding in findings:
        matching = [ignore.text for ignore in ignores if ignore.matches(finding)]
        used.update(matching)
        if not matching:
            kept.append(finding)
    return tuple(kept), tuple(ignore.text for ignore in ignores if ignore.text not in used)
