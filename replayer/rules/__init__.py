"""The catalogue of findings: every rule with its problem, an example and the cure.

``replayer explain`` and the README's table are made from it. Ids are for good: they stand in
baselines and in ignores. ``R1`` is drift, ``R2`` noise, ``R3`` divergence, ``R4`` the graph.
"""

from __future__ import annotations

from types import MappingProxyType

from replayer.rules import divergence, drift, graph, noise
from replayer.rules.rule import Family, Rule, Severity

__all__ = ["RULES", "RULES_BY_ID", "Family", "Rule", "Severity", "find_rule"]

RULES: tuple[Rule, ...] = (*drift.RULES, *noise.RULES, *divergence.RULES, *graph.RULES)
"""Every rule, by id."""

RULES_BY_ID = MappingProxyType({rule.id: rule for rule in RULES})


def find_rule(word: str) -> Rule | None:
    """Return the rule of an id or a name, however it is capitalised, or None."""
    wanted = word.strip().lower()
    for rule in RULES:
        if wanted in {rule.id.lower(), rule.name}:
            return rule
    return None
