"""Where a finding is written, told without the machine: the same on every checkout.

Paths in reports run from the project's directory, or from ``site-packages`` for what is installed
beside it, always with forward slashes. Only a file that lies elsewhere keeps its absolute path.
"""

from __future__ import annotations

import enum
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from replayer.findings import Finding, Report
    from replayer.model import Source

_INSTALLED = ("site-packages", "dist-packages")


class Base(enum.Enum):
    """What a place's path runs from; the values are for reports."""

    PROJECT = "project"
    """The directory of the report."""
    INSTALLED = "site-packages"
    """The directory that packages are installed into."""
    ABSOLUTE = "absolute"


class Place(NamedTuple):
    """A place in a file, for a report."""

    base: Base
    path: str
    """With forward slashes; relative unless its base is `Base.ABSOLUTE`."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    end_line: int | None
    end_column: int | None

    @property
    def shown(self) -> str:
        """The path for a reader, who sees that an installed file is not the project's."""
        return f"site-packages/{self.path}" if self.base is Base.INSTALLED else self.path

    @property
    def is_on_one_line(self) -> bool:
        """Whether it ends on the line where it begins."""
        return self.end_line is None or self.end_line == self.line

    def __str__(self) -> str:
        """Return ``path:line:column``."""
        return f"{self.shown}:{self.line}:{self.column}"


def place_of(source: Source, root: str) -> Place:
    """Return a source as a place of the project at ``root``."""
    base, path = _based(source.path, root)
    # A broken file may have been read to line 0; no consumer takes that.
    return Place(
        base, path, max(source.line, 1), max(source.column, 1), source.end_line, source.end_column
    )


def main_place(finding: Finding, report: Report) -> Place | None:
    """Return the place to show for a finding: its own, else that of the migration's operation."""
    source = finding.source or finding.migration_source
    return None if source is None else place_of(source, report.root)


def _based(path: str, root: str) -> tuple[Base, str]:
    pure = _pure(path)
    parts = pure.parts
    for index in range(len(parts) - 2, -1, -1):
        # Also when the environment lies within the project: its path names a Python version.
        if parts[index] in _INSTALLED:
            return Base.INSTALLED, "/".join(parts[index + 1 :])
    if not pure.is_absolute():
        return Base.PROJECT, pure.as_posix()
    if root:
        directory = _pure(root)
        if type(directory) is type(pure) and pure.is_relative_to(directory):
            return Base.PROJECT, pure.relative_to(directory).as_posix()
    return Base.ABSOLUTE, pure.as_posix()


def _pure(path: str) -> PurePath:
    # A POSIX path may hold backslashes and colons, so only a drive or a share tells Windows.
    windows = PureWindowsPath(path)
    return windows if windows.drive and not path.startswith("/") else PurePosixPath(path)
