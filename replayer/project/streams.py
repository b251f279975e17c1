"""Keep stdout for the document: everything else that the process writes goes to stderr.

Settings print, at import, at exit, from threads and from child processes, and some write to file
descriptor 1 without Python's help. So the descriptor itself is turned to stderr for the rest of the
process's life, and the document alone goes to the descriptor that stdout had.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

from replayer.errors import OutputError

if TYPE_CHECKING:
    from typing import TextIO


class DocumentStream:
    """The stdout that the process was started with, held for the document alone.

    Parameters
    ----------
    descriptor
        A duplicate of the original file descriptor 1, or None where stdout was closed.
    """

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def isatty(self) -> bool:
        """Return whether the document goes to a terminal."""
        return self._descriptor is not None and os.isatty(self._descriptor)

    def write(self, text: str) -> None:
        """Write the whole text, as UTF-8.

        Raises
        ------
        OutputError
            When stdout was closed before the process began, or the device refuses (a full disk).
        BrokenPipeError
            When the reader went away early, as ``head`` does; the caller ends in silence.
        """
        if self._descriptor is None:
            message = "stdout is closed, so the document cannot be written"
            raise OutputError(message, hint="use --output FILE")
        view = memoryview(text.encode("utf-8", "surrogateescape"))
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            message = f"stdout cannot be written: {error.strerror}"
            raise OutputError(message) from error


def hold_stdout() -> DocumentStream:
    """Turn file descriptor 1 and ``sys.stdout`` to stderr, for good, and return the real stdout.

    Notes
    -----
    What Python had buffered for stdout before goes to stderr too. A closed stdout or stderr is
    replaced by the null device, because Django's logging set-up and ``print`` fail on ``None``.
    """
    _ensure_open(2)
    stderr = _usable(sys.stderr, 2)
    sys.stderr = stderr
    try:
        saved: int | None = os.dup(1)
    except OSError:
        saved = None
    os.dup2(2, 1)
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
    sys.stdout = stderr
    sys.__stdout__ = stderr  # type: ignore[misc,assignment]  # what some print to on purpose
    return DocumentStream(saved)


def _ensure_open(descriptor: int) -> None:
    try:
        os.fstat(descriptor)
    except OSError:
        null = os.open(os.devnull, os.O_RDWR)
        if null != descriptor:
            os.dup2(null, descriptor)
            os.close(null)


def _usable(stream: TextIO | None, descriptor: int) -> TextIO:
    """Return a text stream that never fails on a character: ``LC_ALL=C`` meets non-ASCII names."""
    if stream is None or getattr(stream, "closed", False):
        return io.TextIOWrapper(
            io.FileIO(descriptor, "w", closefd=False),
            encoding="utf-8",
            errors="backslashreplace",
            line_buffering=True,
        )
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace", line_buffering=True)
    return stream
