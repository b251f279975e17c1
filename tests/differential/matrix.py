"""Print the matrix: project by dialect, how the printed schema relates to what migrate leaves.

``python -m tests.differential.matrix --schema state [--dialect D ...] [--verbose] [PROJECT ...]``
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.differential import harness, judge, projects, servers


def cell(
    project: projects.Project, server: servers.Server, arguments: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Return a cell of the matrix and the lines that explain it."""
    try:
        harness.migrated(project, server)
    except harness.HarnessError as error:
        return "migrate fails", (str(error),)
    try:
        differences = harness.compare_output(project, server, *arguments)
    except harness.HarnessError as error:
        return (
            "does not load" if "refused" in str(error) or "loading" in str(error) else "fails"
        ), (str(error),)
    lines = tuple(map(str, differences))
    worst = judge.verdict(differences)
    if worst is judge.Verdict.IDENTICAL:
        return "identical", lines
    count = sum(difference.verdict is worst for difference in differences)
    return (f"{count} names" if worst is judge.Verdict.NAME_ONLY else f"{count} other"), lines


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
            for dialect, server in available.items():
                if dialect not in project.dialects:
                    row.append("-")
                    continue
                word, lines = cell(project, server, ("--schema", options.schema))
                row.append(word)
                totals[f"{dialect}: {word.lstrip('0123456789 ')}"] += 1
                told += [f"    {dialect}: {line}" for line in lines[: options.limit]]
            _say(f"{project.name:38}" + "".join(f"{word:16}" for word in row))
            if options.verbose and told:
                _say(*told)
        for word, count in sorted(totals.items()):
            _say(f"{count:4} {word}")
    return int(any(not key.endswith("identical") for key in totals))


if __name__ == "__main__":
    sys.exit(main())
