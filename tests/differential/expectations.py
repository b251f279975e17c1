"""Differences that are known, each with its reason; one that is no longer needed is an error.

A file ``fixtures/expected/<schema>/<project>.toml`` holds entries such as::

    [[difference]]
    dialect = "sqlite"                         # or a list; left out: every dialect
    difference = "other: table a_b: column order *"   # "*" stands for anything
    reason = "A table remake wrote the columns in the state's order."
    min_django = [5, 0]                        # optional, as is max_django
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import django

from tests.differential.judge import Difference
from tests.differential.projects import FIXTURES, Project, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A difference that is known."""

    dialects: tuple[str, ...]
    difference: str
    reason: str

    def matches(self, text: str) -> bool:
        """Return whether a difference's text is meant."""
        pattern = ".*".join(re.escape(part) for part in self.difference.split("*"))
        return re.fullmatch(pattern, text, re.DOTALL) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What remains when the differences are held against the expectations."""

    unexpected: tuple[str, ...]
    unneeded: tuple[str, ...]

    def __str__(self) -> str:
        """Return the lines a failed test shows."""
        return "\n".join(
            (
                *(f"not expected: {text}" for text in self.unexpected),
                *(f"expected, but it no longer occurs: {text}" for text in self.unneeded),
            )
        )


def expectation_file(schema: str, project: Project) -> Path:
    """Return where the expectations of a project stand."""
    return FIXTURES / "expected" / schema / f"{project.name}.toml"


def read_expectations(path: Path, dialects: tuple[str, ...]) -> Iterator[Expectation]:
    """Yield the entries of a file that hold for the installed Django."""
    series = django.VERSION[:2]
    for entry in read_toml(path).get("difference", ()):
        assert entry.get("reason") not in {None, "", "UNEXPLAINED"}, f"{path}: a reason is missing"
        named = entry.get("dialect", dialects)
        first, last = entry.get("min_django", series), entry.get("max_django", series)
        if tuple(first) <= series <= tuple(last):
            yield Expectation(
                dialects=(named,) if isinstance(named, str) else tuple(named),
                difference=" ".join(entry["difference"].split()),
                reason=entry["reason"],
            )


def review(
    schema: str, project: Project, dialect: str, differences: Iterable[Difference]
) -> Review:
    """Hold the differences of a project on a dialect against its file."""
    path = expectation_file(schema, project)
    entries = [e for e in read_expectations(path, project.dialects) if dialect in e.dialects]
    texts = [difference.text for difference in differences]
    return Review(
        unexpected=tuple(t for t in texts if not any(e.matches(t) for e in entries)),
        unneeded=tuple(e.difference for e in entries if not any(e.matches(text) for text in texts)),
    )
