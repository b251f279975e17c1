"""Print the matrix: project by dialect, how the printed schema relates to what migrate leaves.

``python -m tests.differential.matrix --schema state [--dialect D ...] [--verbose] [PROJECT ...]``
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
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
        available = {}
        for dialect in dialects:
            try:
                available[dialect] = servers.find_server(dialect, Path(directory))
            except servers.ServerMissingError as error:
                print(error, file=sys.stderr)
        print(f"{'project':38}" + "".join(f"{dialect:16}" for dialect in available))
        for project in projects.discover():
            if options.project and project.name not in options.project:
                continue
            if reason := project.skip_reason():
                print(f"{project.name:38}skipped: {reason}")
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
            print(f"{project.name:38}" + "".join(f"{word:16}" for word in row), flush=True)
            if options.verbose and told:
                print("\n".join(told), flush=True)
        for word, count in sorted(totals.items()):
            print(f"{count:4} {word}")
    return int(any(not key.endswith("identical") for key in totals))


if __name__ == "__main__":
    sys.exit(main())
