"""Golden files: what is expected of each project, dialect and Django."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import django

from tests.support import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support import Ran

DIRECTORY = FIXTURES / "golden"
BASE_SERIES = (5, 2)
"""The Django whose output the files without a series in their names hold."""
SERIES = django.VERSION[:2]
WRITE_VARIABLE = "REPLAYER_WRITE_GOLDEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """The expected document of a project.

    Parameters
    ----------
    project
        The name of its directory.
    stem
        ``postgresql`` for the default output, ``postgresql.state`` for ``--schema state``.
    """

    project: str
    stem: str

    @property
    def base(self) -> Path:
        """The file of the base series."""
        return DIRECTORY / self.project / f"{self.stem}.sql"

    @property
    def override(self) -> Path:
        """The file of this Django, which is there only where it differs."""
        series = ".".join(map(str, SERIES))
        return DIRECTORY / self.project / f"{self.stem}.django-{series}.sql"

    def expected(self) -> str | None:
        """Return the text that is expected under this Django, or None where no file holds one."""
        for path in (self.override, self.base):
            if path.exists():
                return path.read_text(encoding="utf-8")
        if self.stem.endswith(".state"):
            return Golden(project=self.project, stem=self.stem.removesuffix(".state")).expected()
        return None

    def write(self, text: str) -> None:
        """Keep the text, in as few files as tell it."""
        self.base.parent.mkdir(parents=True, exist_ok=True)
        self.override.unlink(missing_ok=True)
        if SERIES == BASE_SERIES:
            self.base.unlink(missing_ok=True)
        if self.expected() == text:
            return
        path = self.base if SERIES == BASE_SERIES else self.override
        path.write_text(text, encoding="utf-8")


def document_of(ran: Ran) -> str:
    """Return what is kept of a run: the document, or the refusal where the dialect refuses."""
    if ran.status == 0:
        return ran.stdout
    assert ran.status == 2, ran.stderr
    assert not ran.stdout
    said = [line for line in ran.stderr.splitlines() if line.startswith("replayer: error:")]
    return "".join(f"-- {line}\n" for line in said)


def is_writing() -> bool:
    """Return whether the files are to be written anew."""
    return bool(os.environ.get(WRITE_VARIABLE))


def overrides() -> Iterator[tuple[Path, Path]]:
    """Yield each file that stands for another, and the one that it stands for."""
    for path in sorted(DIRECTORY.glob("*/*.sql")):
        stem = path.name.removesuffix(".sql")
        for mark in (".django-", ".state"):
            if mark in stem:
                other = path.with_name(f"{stem.partition(mark)[0]}.sql")
                if other.exists():
                    yield path, other
                break
