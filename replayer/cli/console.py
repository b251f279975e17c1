"""The two streams of a run: the document, and what is said beside it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from replayer.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Document(Protocol):
    """Where the document goes."""

    def write(self, text: str) -> None:
        """Write the whole text."""

    def isatty(self) -> bool:
        """Return whether it is a terminal."""


class Console:
    """Writes the document, and notes on stderr.

    Parameters
    ----------
    document
        The stdout that the process was started with.
    quiet
        Whether notes are left out; errors never are.
    """

    def __init__(self, document: Document, *, quiet: bool = False) -> None:
        self._document = document
        self.quiet = quiet

    @property
    def is_terminal(self) -> bool:
        """Whether the document goes to a terminal."""
        return self._document.isatty()

    def write(self, text: str, output: str | None = None) -> None:
        """Write the document to stdout, or whole to a file.

        Raises
        ------
        OutputError
            When it cannot be written; a file that was there before is then untouched.
        """
        if output is None or output == "-":
            self._document.write(text)
            return
        write_file(Path(output), text)

    def note(self, text: str) -> None:
        """Say something beside the document."""
        if not self.quiet:
            self._say(f"replayer: {text}")

    def notes(self, texts: Iterable[str]) -> None:
        """Say several things beside the document."""
        for text in texts:
            self.note(text)

    def error(self, text: str) -> None:
        """Say what went wrong."""
        self._say(f"replayer: error: {text}")

    @staticmethod
    def _say(text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    OutputError
        When the directory or the file cannot be written.
    """
    import tempfile  # its imports cost more than all of ours; most runs write to stdout

    temporary: str | None = None
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device: there is nothing to put in its place.
            path.write_text(text, encoding="utf-8")
            return
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        message = f"{str(path)!r} cannot be written: {error.strerror}"
        raise OutputError(message) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
