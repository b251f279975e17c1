"""Print the matrix: project by dialect, how the printed schema relates to what migrate leaves.

``python -m tests.differential.matrix --schema state [--dialect D ...] [--verbose] [PROJECT ...]``

With ``--write`` each project's expectation file is written anew from what was found; the new
lines are then to be read as code is, and those without a reason to be explained.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.differential import harness, judge, projects, propose, servers


class Cell(NamedTuple):
    """How a project fares on a dialect."""

    word: str
    differences: tuple[judge.Difference, ...] = ()
    error: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What explains the word."""
        return (self.error,) if self.error else tuple(map(str, self.differences))


def cell(project: projects.Project, server: servers.Server, arguments: tuple[str, ...]) -> Cell:
    """Return a cell of the matrix."""
    try:
        harness.migrated(project, server)
    except harness.HarnessError as error:
        return Cell("migrate fails", error=str(error))
    try:
        differences = harness.compare_output(project, server, *arguments)
    except harness.LoadError as error:
        return Cell("does not load", error=str(error))
    except harness.HarnessError as error:
        return Cell("fails", error=str(error))
    worst = judge.verdict(differences)
    count = sum(difference.verdict is worst for difference in differences)
    words = {
        judge.Verdict.IDENTICAL: "identical",
        judge.Verdict.NAME_ONLY: f"{count} names",
        judge.Verdict.OTHER: f"{count} other",
    }
    return Cell(words[worst], differences)


def _witness(
    project: projects.Project, server: servers.Server, found: Cell
) -> tuple[judge.Difference, ...]:
    """Return how Django's own tables of the models differ from the migrated ones."""
    if not found.differences:
        return ()
    try:
        tables = harness.migrated(project, server, without_migrations=True)
    except harness.HarnessError as error:
        _say(f"    {server.dialect}: no witness: {error}")
        return ()
    return judge.compare(harness.migrated(project, server), tables)


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _servers(dialects: Iterable[str], directory: Path) -> Iterator[servers.Server]:
    for dialect in dialects:
        if dialect != "sqlite" and not os.environ.get(servers.VARIABLES[dialect]):
            sys.stderr.write(f"{servers.VARIABLES[dialect]} is not set: {dialect} is left out\n")
        else:
            yield servers.find_server(dialect, directory)


def main(arguments: list[str] | None = None) -> int:
    """Print the matrix; the status is 1 where something isn't identical."""
    parser = argparse.ArgumentParser(prog="matrix", description=__doc__)
    parser.add_argument("project", nargs="*")
    parser.add_argument("--schema", default="history")
    parser.add_argument("--dialect", action="append", choices=servers.DIALECTS)
    parser.add_argument("--verbose", "-v", action="store_true", help="explain each cell")
    parser.add_argument("--write", action="store_true", help="write the expectation files anew")
    parser.add_argument("--limit", type=int, default=25, help="lines for a cell")
    options = parser.parse_args(arguments)
    dialects = options.dialect or servers.DIALECTS
    totals: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="replayer-") as directory:
        available = {s.dialect: s for s in _servers(dialects, Path(directory))}
        _say(f"{'project':38}" + "".join(f"{dialect:16}" for dialect in available))
        for project in projects.discover():
            if options.project and project.name not in options.project:
                continue
            if reason := project.skip_reason():
                _say(f"{project.name:38}skipped: {reason}")
                continue
            row, told = [], []
            cells: dict[str, Cell] = {}
            for dialect, server in available.items():
                if dialect not in project.dialects:
                    row.append("-")
                    continue
                found = cell(project, server, project.arguments(options.schema))
                cells[dialect] = found
                row.append(found.word)
                totals[f"{dialect}: {found.word.lstrip('0123456789 ')}"] += 1
                told += [f"    {dialect}: {line}" for line in found.lines[: options.limit]]
            _say(f"{project.name:38}" + "".join(f"{word:16}" for word in row))
            if options.verbose and told:
                _say(*told)
            whole = cells.keys() == set(project.dialects)
            if options.write and whole and not any(c.error for c in cells.values()):
                found_by = {dialect: c.differences for dialect, c in cells.items()}
                witnesses = {d: _witness(project, available[d], c) for d, c in cells.items()}
                for text in propose.write(options.schema, project, found_by, witnesses):
                    _say(f"    {propose.UNEXPLAINED}: {text}")
        for word, count in sorted(totals.items()):
            _say(f"{count:4} {word}")
    return int(any(not key.endswith("identical") for key in totals))


if __name__ == "__main__":
    sys.exit(main())
