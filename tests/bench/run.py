"""Time the tool against the floor, Django's own commands and the peer: ``make bench``.

``python -m tests.bench.run [PROJECT ...] [--repeat N]``; the projects are contrib, wagtail,
synthetic-1000 (200 models) and synthetic-10000 (1,000 models). The result is Markdown on stdout.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.bench import targets
from tests.bench.measure import Command, Row, alternate, run
from tests.bench.synthetic import write_project

ROOT = Path(__file__).resolve().parents[2]
SYNTHETIC = {"synthetic-1000": (1000, 200), "synthetic-10000": (10_000, 1000)}
PUBLIC = ("contrib", "wagtail")
PROJECTS = (*PUBLIC, *SYNTHETIC)
WITHOUT_MIGRATE = frozenset({"synthetic-10000"})
"""Where `migrate` needs a quarter of an hour or more; --all runs it nevertheless."""
SETTINGS = """\
from settings import *
import settings as _theirs

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
WITH_PEER = 'INSTALLED_APPS = [*_theirs.INSTALLED_APPS, "atlas_provider_django"]\n'


def commands(project: str, settings: Path, *, dialect: str, is_whole: bool) -> Iterator[Command]:
    """Yield what is run on a project, the floor first."""
    python = sys.executable
    environment = {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(settings))),
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "",
    }

    def command(name: str, *arguments: str, module: str = "settings", answers: int = 1) -> Command:
        return Command(
            name=name,
            arguments=(python, *arguments),
            statuses=tuple(range(answers)),
            environment={**environment, "DJANGO_SETTINGS_MODULE": module},
        )

    memory = "_bench_settings"
    tool = ("-m", "replayer")
    yield command(targets.FLOOR, str(ROOT / "tests" / "bench" / "floor.py"))
    for name in (targets.STATE, targets.HISTORY):
        yield command(name, *tool, "--dialect", dialect, *name.split())
    yield command(targets.CHECK, *tool, "check", "--dialect", dialect, answers=2)
    yield command(
        targets.MAKEMIGRATIONS,
        *("manage.py", "makemigrations", "--check", "--dry-run", "--verbosity=0"),
        module=memory,
        answers=2,
    )
    peer = ("manage.py", "atlas-provider-django", "--dialect", dialect)
    yield command(targets.PEER, *peer, module="_bench_settings_peer")
    if is_whole or project not in WITHOUT_MIGRATE:
        yield command(
            targets.MIGRATE, "manage.py", "migrate", "--no-input", "--verbosity=0", module=memory
        )


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    rows = [header, ["---"] * len(header), *lines]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows
    )


def tell(project: str, rows: Mapping[str, Row]) -> None:
    """Print the table of a project."""
    floor = rows[targets.FLOOR]
    lines = []
    for name, row in rows.items():
        if row.failure:
            lines.append((name, str(len(row.samples)), row.failure, *[""] * 5))
            continue
        lines.append(
            (
                name,
                str(len(row.samples)),
                f"{row.seconds:.2f} s",
                "" if floor.failure else f"{row.seconds / floor.seconds:.2f}",
                f"{row.cpu:.2f} s",
                "" if floor.failure else f"{row.cpu / floor.cpu:.2f}",
                f"{row.peak:.0f} MB",
                "" if floor.failure else f"{row.peak / floor.peak:.2f}",
            )
        )
    print(f"## {project}\n")
    header = ("command", "runs", "wall", "x floor", "CPU", "x floor", "peak", "x floor")
    print(table(header, lines))
    sys.stdout.flush()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("project", nargs="*", help=f"of {', '.join(PROJECTS)} (default: all)")
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--dialect", default="postgresql")
    parser.add_argument("--only", action="append", help="a command to run, beside the floor")
    parser.add_argument("--timeout", type=float, default=900, help="seconds (default: 900)")
    parser.add_argument(
        "--long", type=float, default=60, help="what takes more seconds is not repeated"
    )
    parser.add_argument("--all", action="store_true", help="`migrate` of 10,000 migrations, too")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.project) - set(PROJECTS))
    if unknown:
        parser.error(f"unknown project {', '.join(unknown)}; choose from {', '.join(PROJECTS)}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; a target that is missed is told, and is no failure."""
    options = _parse(arguments)
    packages = ("Django", "wagtail", "atlas-provider-django", "sqlglot", "networkx")
    versions = [f"{name} {_version(name)}" for name in packages]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{python}, {', '.join(versions)}, {os.cpu_count()} cores, --dialect {options.dialect}\n")
    results: dict[str, dict[str, Row]] = {}
    compileall.compile_dir(ROOT / "replayer", quiet=2)
    with tempfile.TemporaryDirectory(prefix="replayer-bench-") as temporary:
        settings = Path(temporary) / "settings"
        settings.mkdir()
        (settings / "_bench_settings.py").write_text(SETTINGS, encoding="utf-8")
        (settings / "_bench_settings_peer.py").write_text(SETTINGS + WITH_PEER, encoding="utf-8")
        for project in options.project or PROJECTS:
            directory = ROOT / "fixtures" / "public" / project
            if project in SYNTHETIC:
                migrations, models = SYNTHETIC[project]
                directory = write_project(
                    Path(temporary) / project, migrations=migrations, models=models
                )
            chosen = [
                command
                for command in commands(
                    project, settings, dialect=options.dialect, is_whole=options.all
                )
                if not options.only or command.name in {targets.FLOOR, *options.only}
            ]
            run(chosen[0], directory, options.timeout)  # writes the bytecode
            results[project] = alternate(
                chosen,
                directory,
                repetitions=options.repeat,
                timeout=options.timeout,
                long=options.long,
            )
            tell(project, results[project])
    print("## Targets\n")
    print(table(("target", "limit", "measured", ""), list(targets.judge(results))))
    return 0


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "(missing)"


if __name__ == "__main__":
    sys.exit(main())
