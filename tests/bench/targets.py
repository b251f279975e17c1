"""What the figures should be, as ratios of two commands in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.bench.measure import Row

Results = Mapping[str, Mapping[str, Row]]
"""By project, then by command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One figure and its limit."""

    text: str
    limit: float
    of: tuple[str, str]
    """Project and command; what stands above the line."""
    to: tuple[str, str] | None
    """What stands below it; None: the figure itself, in MB."""
    of_memory: bool = False


def _ratio(text: str, limit: float, project: str, above: str, below: str) -> Target:
    return Target(text=text, limit=limit, of=(project, above), to=(project, below))


STATE, HISTORY, CHECK = "--schema state", "--schema history", "check"
FLOOR, MAKEMIGRATIONS, MIGRATE, PEER = (
    "floor",
    "makemigrations --check",
    "migrate",
    "atlas-provider",
)

TARGETS = (
    *(
        _ratio(f"{project}: the state within {limit} of the floor", limit, project, STATE, FLOOR)
        for project, limit in (("contrib", 1.15), ("wagtail", 1.15), ("synthetic-10000", 1.6))
    ),
    *(
        Target(
            text=f"{project}: the state's memory within 1.3 of the floor's",
            limit=1.3,
            of=(project, STATE),
            to=(project, FLOOR),
            of_memory=True,
        )
        for project in ("contrib", "wagtail", "synthetic-10000")
    ),
    _ratio("wagtail: the history within 1.8 of the floor", 1.8, "wagtail", HISTORY, FLOOR),
    _ratio(
        "synthetic-1000: the history 10 times faster than migrate in memory",
        1 / 10,
        "synthetic-1000",
        HISTORY,
        MIGRATE,
    ),
    Target(
        text="synthetic: the history of 10,000 migrations within 12 of that of 1,000",
        limit=12,
        of=("synthetic-10000", HISTORY),
        to=("synthetic-1000", HISTORY),
    ),
    Target(
        text="synthetic-10000: the history below 1,500 MB",
        limit=1500,
        of=("synthetic-10000", HISTORY),
        to=None,
        of_memory=True,
    ),
    _ratio(
        "synthetic-10000: check 2.5 times faster than makemigrations --check",
        1 / 2.5,
        "synthetic-10000",
        CHECK,
        MAKEMIGRATIONS,
    ),
    *(
        _ratio(
            f"{project}: check not slower than makemigrations --check",
            1.0,
            project,
            CHECK,
            MAKEMIGRATIONS,
        )
        for project in ("contrib", "wagtail", "synthetic-1000")
    ),
)


def judge(results: Results) -> Iterator[tuple[str, str, str, str]]:
    """Yield target, limit, figure and answer of each target whose commands were run."""
    for target in TARGETS:
        wanted = [pair for pair in (target.of, target.to) if pair]
        rows = [results.get(project, {}).get(command) for project, command in wanted]
        found = [row for row in rows if row is not None and row.samples]
        if len(found) < len(wanted):
            continue
        limit = f"{target.limit:.3g}"
        if any(row.failure for row in found):
            yield target.text, limit, "-", "a command failed"
            continue
        read: Callable[[Row], float] = (
            (lambda row: row.peak) if target.of_memory else (lambda row: row.seconds)
        )
        figure = read(found[0]) / (read(found[1]) if target.to else 1.0)
        yield target.text, limit, f"{figure:.3g}", "met" if figure <= target.limit else "MISSED"
