"""Compare two snapshots: object by object, with names of constraints, indexes, sequences apart."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tests.differential.judge.facts import Fact, Snapshot

_NAMED_FREELY = frozenset({"constraint", "index", "sequence"})
"""Kinds whose name says nothing about the rows that a table can hold."""
_BACKUP = "statement"
"""The server's own CREATE line; told only where no other attribute of the object differs."""


class Verdict(enum.Enum):
    """How two schemas relate; the order of the members is from best to worst."""

    IDENTICAL = "identical"
    NAME_ONLY = "name-only"
    OTHER = "other"


class Change(NamedTuple):
    """An attribute that differs."""

    attribute: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An object that differs."""

    verdict: Verdict
    """Never ``IDENTICAL``."""
    kind: str
    owner: str
    name: str
    """As the left side has it, unless only the right side has the object."""
    changes: tuple[Change, ...] = ()
    only: str = ""
    """``left`` or ``right`` where one side alone has the object."""
    renamed_to: str = ""

    @property
    def text(self) -> str:
        """One line that stays the same from run to run."""
        place = f"{self.owner}.{self.name}" if self.owner else self.name
        if self.only:
            told = "; ".join(f"{c.attribute} {c.left or c.right!r}" for c in self.changes)
            words = f"only {self.only} ({told})"
        else:
            words = "; ".join(f"{c.attribute} {c.left!r} -> {c.right!r}" for c in self.changes)
            if self.renamed_to:
                words = f"renamed to {self.renamed_to}" + (f"; {words}" if words else "")
        line = " ".join(f"{self.kind} {place}: {words}".split())
        return f"{self.verdict.value}: {line}"

    def __str__(self) -> str:
        """Return the text."""
        return self.text


class _Key(NamedTuple):
    kind: str
    owner: str
    name: str


_Facts = Mapping[str, Fact]
"""An object's facts by attribute."""


def compare(left: Snapshot, right: Snapshot) -> tuple[Difference, ...]:
    """Return how two databases differ, sorted; nothing where they are identical."""
    lefts, rights = _objects(left), _objects(right)
    same = [key for key in lefts if key in rights and lefts[key] == rights[key]]
    for key in same:
        del lefts[key], rights[key]
    found: list[Difference] = []
    # Objects of equal content are pairs whatever their names: so swapped names are seen as such.
    for left_key, right_key in _pairs_by_content(lefts, rights):
        old, new = lefts.pop(left_key), rights.pop(right_key)
        found.append(
            Difference(
                verdict=Verdict.NAME_ONLY,
                **left_key._asdict(),
                renamed_to=right_key.name if right_key != left_key else "",
                changes=tuple(_changes(old, new)) if right_key == left_key else (),
            )
        )
    for key in sorted(lefts.keys() & rights.keys()):
        old, new = lefts.pop(key), rights.pop(key)
        changes = tuple(_changes(old, new))
        if changes:
            worst = _names_aside(old) != _names_aside(new) or any(
                change.attribute == "column order" for change in changes
            )
            found.append(
                Difference(
                    verdict=Verdict.OTHER if worst else Verdict.NAME_ONLY,
                    **key._asdict(),
                    changes=changes,
                )
            )
    found += [_lonely(key, facts, "left") for key, facts in lefts.items()]
    found += [_lonely(key, facts, "right") for key, facts in rights.items()]
    gone = {d.name for d in found if d.only and d.kind in {"table", "view"}}
    # What a missing table held is not told again.
    return tuple(sorted((d for d in found if d.owner not in gone or not d.only), key=str))


def verdict(differences: Iterable[Difference]) -> Verdict:
    """Return the worst verdict."""
    found = {difference.verdict for difference in differences}
    return next((v for v in reversed(Verdict) if v in found), Verdict.IDENTICAL)


def _objects(snapshot: Snapshot) -> dict[_Key, dict[str, Fact]]:
    objects: dict[_Key, dict[str, Fact]] = defaultdict(dict)
    for fact in snapshot.facts:
        objects[_Key(fact.kind, fact.owner, fact.name)][fact.attribute] = fact
    return dict(objects)


def _names_aside(facts: _Facts) -> tuple[tuple[str, str], ...]:
    return tuple(
        (attribute, "" if attribute == "column order" else fact.content)
        for attribute, fact in sorted(facts.items())
    )


def _pairs_by_content(
    lefts: Mapping[_Key, _Facts], rights: Mapping[_Key, _Facts]
) -> Iterator[tuple[_Key, _Key]]:
    waiting: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[_Key]] = defaultdict(list)
    for key in sorted(rights):
        if key.kind in _NAMED_FREELY and key.owner:
            waiting[key.kind, key.owner, _names_aside(rights[key])].append(key)
    pairs = []
    for key in sorted(lefts):
        candidates = waiting.get((key.kind, key.owner, _names_aside(lefts[key])))
        if candidates:
            taken = key if key in candidates else candidates[0]
            candidates.remove(taken)
            pairs.append((key, taken))
    yield from pairs


def _changes(old: _Facts, new: _Facts) -> Iterator[Change]:
    changes = []
    for attribute in sorted(old.keys() | new.keys()):
        left, right = (facts[attribute].value if attribute in facts else "" for facts in (old, new))
        if attribute == "column order":
            left, right = _common_order(left, right)
        if left != right:
            changes.append(Change(attribute, left, right))
    yield from [c for c in changes if c.attribute != _BACKUP] or changes


def _common_order(left: str, right: str) -> tuple[str, str]:
    """Return both orders without the columns that one side lacks; those are told by themselves."""
    lefts, rights = left.split("\n"), right.split("\n")
    return (
        ", ".join(column for column in lefts if column in rights),
        ", ".join(column for column in rights if column in lefts),
    )


def _lonely(key: _Key, facts: _Facts, side: str) -> Difference:
    changes = tuple(
        Change(a, f.value if side == "left" else "", f.value if side == "right" else "")
        for a, f in sorted(facts.items())
        if a not in {_BACKUP, "column order"} and f.value
    )
    return Difference(verdict=Verdict.OTHER, **key._asdict(), changes=changes, only=side)
