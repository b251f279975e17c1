"""Atlas, as a program that the environment names.

``REPLAYER_TEST_ATLAS`` names one that runs programs (``data "external_schema"``: the official
build, or an open one until January 2025), ``REPLAYER_TEST_ATLAS_OPEN`` the newest open one, and
``REPLAYER_TEST_ATLAS_ENGINE`` the program of the directory ``engine``: Atlas's own library behind
the flags of the tool, for machines that can't have the tool (``make atlas-engine`` builds it).
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support import ROOT, Ran

if TYPE_CHECKING:
    from tests.differential.servers import Server

EXTERNAL = "REPLAYER_TEST_ATLAS"
OPEN = "REPLAYER_TEST_ATLAS_OPEN"
ENGINE = "REPLAYER_TEST_ATLAS_ENGINE"
MEMORY = "sqlite://dev?mode=memory"
EXCLUDED = "django_migrations"
_SYNCED = "Schemas are synced, no changes to be made."


class AtlasError(RuntimeError):
    """Atlas ended with an error; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """An ``atlas`` to run."""

    path: Path

    def run(self, *arguments: str | Path, cwd: Path, python: Path | None = None) -> Ran:
        """Run a command.

        Parameters
        ----------
        python
            A directory for the front of ``PATH``, in which ``python`` is found.
        """
        environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if name != "DJANGO_SETTINGS_MODULE"
            },
            "ATLAS_NO_UPDATE_NOTIFIER": "1",
            "ATLAS_NO_UPGRADE_SUGGESTIONS": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if python is not None:
            environment["PATH"] = f"{python}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(
            [str(self.path), *map(str, arguments)],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    @property
    def version(self) -> str:
        """What it calls itself."""
        return self.run("version", cwd=ROOT).stdout.splitlines()[0]

    def planned(self, from_url: str, to_url: str, dev_url: str | None = None) -> tuple[str, ...]:
        """Return the statements that ``atlas schema diff`` plans.

        Raises
        ------
        AtlasError
            If it fails.
        """
        arguments = ["schema", "diff", "--from", from_url, "--to", to_url, "--exclude", EXCLUDED]
        if dev_url is not None:
            arguments += ["--dev-url", dev_url]
        ran = self.run(*arguments, cwd=ROOT)
        if ran.status != 0:
            raise AtlasError(" ".join((ran.stderr or ran.stdout).split()))
        return statements_in(ran.stdout)

    def inspected(self, url: str | Path, dev_url: str = MEMORY) -> Ran:
        """Run ``atlas schema inspect`` on a database, or on a file and a dev database."""
        source = f"file://{url}" if isinstance(url, Path) else url
        return self.run(
            *("schema", "inspect", "--url", source, "--dev-url", dev_url),
            *("--format", "{{ sql . }}"),
            cwd=ROOT,
        )


def statements_in(text: str) -> tuple[str, ...]:
    """Return the statements of a plan, each on one line, without comments and semicolons."""
    if text.strip() == _SYNCED:
        return ()
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    found = "\n".join(lines).split(";\n")
    return tuple(" ".join(part.rstrip(";").split()) for part in found if part.strip())


def find_atlas(variable: str = EXTERNAL) -> Atlas:
    """Return the Atlas that a variable names, or skip the test with a sentence that names it."""
    path = os.environ.get(variable)
    if not path:
        pytest.skip(
            f"{variable} is not set: it names an atlas program (atlasgo.io/getting-started)"
        )
    return Atlas(path=Path(path))


def available() -> tuple[Atlas, ...]:
    """Return each Atlas that the environment names, the nearest to what users have last."""
    return tuple(
        Atlas(path=Path(os.environ[name]))
        for name in (ENGINE, EXTERNAL, OPEN)
        if os.environ.get(name)
    )


def find_planner() -> Atlas:
    """Return an Atlas that plans from files, which each can; the engine, where it is there."""
    found = available()
    if not found:
        pytest.skip(f"{ENGINE} is not set: it names the engine (make atlas-engine builds it)")
    return found[0]


def database_url(server: Server, database: str) -> str:
    """Return the URL of a database, bound to the one schema that Django's tables are in."""
    if server.dialect == "sqlite":
        return f"sqlite://{server.path(database)}"
    who = quote(server.user) + (f":{quote(server.password)}" if server.password else "")
    where = f"{who}@{server.host}:{server.port}/{database}"
    if server.dialect == "postgresql":
        return f"postgres://{where}?sslmode=disable&search_path=public"
    return f"{'maria' if server.dialect == 'mariadb' else 'mysql'}://{where}"
