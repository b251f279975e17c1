"""What Atlas plans between a database that ``migrate`` made and the schema that a tool prints.

``python -m tests.atlas.noise [--dialect D ...] [PROJECT ...]`` prints the table of the README, for
``replayer`` and for ``atlas-provider-django``, with the date and the versions.

Atlas plans changes even between a database and itself (the open builds do for each UNIQUE of
SQLite): those are nobody's but its own, and are not counted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import django

from tests.atlas.program import MEMORY, Atlas, AtlasError, available, database_url
from tests.differential import harness, projects, servers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

    from tests.differential.projects import Project
    from tests.differential.servers import Server

_PEER_SETTINGS = """\
from {settings} import *
import {settings} as _theirs

INSTALLED_APPS = [*_theirs.INSTALLED_APPS, "atlas_provider_django"]
"""


class Noise(NamedTuple):
    """What Atlas plans."""

    statements: tuple[str, ...] = ()
    """Without those that it plans for the database itself."""
    error: str = ""
    """What failed, where something did."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Each statement, or the error."""
        return (f"fails: {self.error}",) if self.error else self.statements

    @property
    def word(self) -> str:
        """How it stands, in a word or two."""
        if self.error:
            return "fails"
        return f"{len(self.statements)} statements" if self.statements else "no changes"


def replayer_source(project: Project, server: Server) -> str:
    """Return what replayer prints."""
    version = servers.server_version(server)
    arguments = project.arguments("history")
    return harness.replayer_output(project, server.dialect, *arguments, version=version)


def peer_source(project: Project, server: Server) -> str:
    """Return what atlas-provider-django prints.

    Raises
    ------
    HarnessError
        When it fails.
    """
    with tempfile.TemporaryDirectory(prefix="replayer-") as directory:
        wrapper = Path(directory) / "_peer_settings.py"
        wrapper.write_text(
            _PEER_SETTINGS.format(settings=project.settings_module), encoding="utf-8"
        )
        done = subprocess.run(
            [
                *(sys.executable, "manage.py", "atlas-provider-django"),
                *("--dialect", server.dialect, "--settings", wrapper.stem),
            ],
            cwd=project.path,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([directory, str(project.path)]),
                "PYTHONDONTWRITEBYTECODE": "1",
                "DJANGO_SETTINGS_MODULE": wrapper.stem,
            },
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
    if done.returncode != 0:
        raise harness.HarnessError((done.stderr.strip().splitlines() or ["no word"])[-1])
    if not done.stdout.strip():
        message = "it prints nothing, and Atlas would drop every table"
        raise harness.HarnessError(message)
    return done.stdout


class Measure:
    """Measures one project on one server: migrates it once, asks Atlas often.

    Parameters
    ----------
    project, server
        What is migrated, and where; the server's directory holds SQLite's databases.
    directory
        Where the documents are written.
    """

    def __init__(self, project: Project, server: Server, directory: Path) -> None:
        self._project = project
        self._server = server
        self._directory = directory
        self._name = f"replayer_atlas_{project.name[:30]}_{os.getpid()}"
        self._dev = f"replayer_atlas_dev_{os.getpid()}"

    def __enter__(self) -> Self:
        """Migrate."""
        servers.create_database(self._server, self._name)
        try:
            harness.migrate(self._project, self._server, self._name)
        except BaseException:
            servers.drop_database(self._server, self._name)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what was made."""
        servers.drop_database(self._server, self._name)
        if self._server.dialect != "sqlite":
            servers.drop_database(self._server, self._dev)

    def noise(self, atlas: Atlas, source: Callable[[Project, Server], str]) -> Noise:
        """Return what an Atlas plans from the migrated database to a tool's schema."""
        try:
            text = source(self._project, self._server)
        except harness.HarnessError as error:
            return Noise(error=str(error).strip().splitlines()[-1])
        path = self._directory / "schema.sql"
        path.write_text(text, encoding="utf-8")
        dev_url = MEMORY
        if self._server.dialect != "sqlite":
            servers.create_database(self._server, self._dev)
            dev_url = database_url(self._server, self._dev)
        url = database_url(self._server, self._name)
        try:
            own = Counter(atlas.planned(url, url))
            planned = Counter(atlas.planned(url, f"file://{path}", dev_url))
        except AtlasError as error:
            return Noise(error=str(error).replace(str(path), path.name))
        return Noise(tuple((planned - own).elements()))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _measured(
    project: Project, server: Server, directory: Path, atlas: Atlas
) -> tuple[Noise, Noise] | None:
    try:
        with Measure(project, server, directory) as measure:
            return measure.noise(atlas, replayer_source), measure.noise(atlas, peer_source)
    except harness.HarnessError:
        return None


def _rows(
    dialects: Iterable[str], names: list[str], directory: Path, atlas: Atlas
) -> Iterable[tuple[str, str, Noise, Noise]]:
    for dialect in dialects:
        try:
            server = servers.find_server(dialect, directory)
        except servers.ServerMissingError as error:
            sys.stderr.write(f"{error}\n")
            continue
        for project in projects.discover():
            is_wanted = not names or project.name in names
            if is_wanted and dialect in project.dialects and not project.skip_reason():
                found = _measured(project, server, directory, atlas)
                if found is not None:
                    yield (dialect, project.name, *found)


def _totals(rows: list[tuple[str, str, Noise, Noise]]) -> list[str]:
    lines = [
        "| dialect | projects | tool | no changes | changes planned | statements | fails |",
        "|---|---|---|---|---|---|---|",
    ]
    for dialect in dict.fromkeys(row[0] for row in rows):
        chosen = [row for row in rows if row[0] == dialect]
        for tool, column in (("replayer", 2), ("atlas-provider-django", 3)):
            found: list[Noise] = [row[column] for row in chosen]  # type: ignore[misc]
            words = Counter(noise.word.lstrip("0123456789 ") for noise in found)
            count = sum(len(noise.statements) for noise in found)
            lines.append(
                f"| {dialect} | {len(chosen)} | {tool} | {words['no changes']} "
                f"| {words['statements']} | {count} | {words['fails']} |"
            )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Print the table; the status is 1 where replayer's schema makes Atlas plan something."""
    parser = argparse.ArgumentParser(prog="noise", description=__doc__)
    parser.add_argument("project", nargs="*")
    parser.add_argument("--dialect", action="append", choices=servers.DIALECTS)
    parser.add_argument("--verbose", "-v", action="store_true", help="tell each plan and failure")
    options = parser.parse_args(arguments)
    found = available()
    if not found:
        parser.error("REPLAYER_TEST_ATLAS names no atlas program")
    atlas = found[-1]
    packages = ("replayer", "atlas-provider-django")
    versions = [
        f"{name} {importlib.metadata.version(name)}" for name in packages if _is_there(name)
    ]
    today = dt.datetime.now(tz=dt.timezone.utc).date()
    rows = []
    with tempfile.TemporaryDirectory(prefix="replayer-") as directory:
        for row in _rows(
            options.dialect or servers.DIALECTS, options.project, Path(directory), atlas
        ):
            rows.append(row)
            dialect, name, ours, theirs = row
            sys.stderr.write(f"{dialect:11}{name:36}{ours.word:16}{theirs.word}\n")
            if options.verbose:
                sys.stderr.write("".join(f"    ours: {line}\n" for line in ours.lines))
                sys.stderr.write("".join(f"    theirs: {line}\n" for line in theirs.lines))
    _say(f"{today}: {atlas.version}; Django {django.get_version()}; {', '.join(versions)}", "")
    _say(*_totals(rows))
    return int(any(ours.lines for _, _, ours, _ in rows))


def _is_there(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
