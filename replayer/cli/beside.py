"""Further dialects of a check, each in a process of its own.

Models and migrations ask for the vendor while they are imported, so one process can hold a project
for one dialect only. A fork before the project is imported costs no second start of Python.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pickle
import signal
import sys
import traceback
from typing import IO, TYPE_CHECKING, NamedTuple

from replayer.cli.context import boot_project
from replayer.errors import ReplayerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replayer.api.diverged import Diverged


class _Process(NamedTuple):
    dialect: str
    pid: int
    pipe: IO[bytes]


class Beside:
    """Processes that compare the history with its state, one for each dialect."""

    def __init__(self, options: argparse.Namespace, dialects: Sequence[str]) -> None:
        self._dialects = tuple(dialects)
        self._processes: dict[str, _Process] = {}
        if hasattr(os, "fork"):
            for dialect in dialects:
                self._processes[dialect] = _start(options, dialect)

    def collect(self) -> tuple[Diverged, ...]:
        """Wait for the processes and return what they found, in the order of the dialects."""
        from replayer.api.diverged import Diverged

        found = []
        for dialect in self._dialects:
            process = self._processes.pop(dialect, None)
            if process is None:
                text = f"divergence is not looked for on {dialect}: this system can't fork"
                found.append(Diverged(notes=(text,)))
                continue
            with process.pipe:
                answer = process.pipe.read()
            os.waitpid(process.pid, 0)
            # What our own process wrote.
            result = pickle.loads(answer) if answer else "its process ended"  # noqa: S301
            if not isinstance(result, Diverged):
                text = f"divergence on {dialect} (--no-divergence leaves it out): {result}"
                result = Diverged(undecided=(text,))
            found.append(result)
        return tuple(found)

    def stop(self) -> None:
        """End the processes that nobody waited for."""
        for process in self._processes.values():
            process.pipe.close()
            with contextlib.suppress(OSError):
                os.kill(process.pid, signal.SIGTERM)
            os.waitpid(process.pid, 0)


@contextlib.contextmanager
def beside(options: argparse.Namespace, dialects: Sequence[str]) -> Iterator[Beside]:
    """Start a process for each dialect; nothing of the project may be imported yet."""
    started = Beside(options, dialects)
    try:
        yield started
    finally:
        started.stop()


def _start(options: argparse.Namespace, dialect: str) -> _Process:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            # What the project prints, the first process says already.
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            # The version that was typed is that of the first dialect's server.
            own = {**vars(options), "dialect": dialect, "server_version": None}
            answer = _answer(argparse.Namespace(**own))
            with os.fdopen(write, "wb") as pipe:
                pipe.write(pickle.dumps(answer))
        finally:
            os._exit(0)
    os.close(write)
    return _Process(dialect, pid, os.fdopen(read, "rb"))


def _answer(options: argparse.Namespace) -> Diverged | str:
    """Return what diverges, or the words that say why nothing could be compared."""
    try:
        from replayer.api.diverged import diverged_alone

        return diverged_alone(boot_project(options), options.divergence)
    except ReplayerError as error:
        return error.message
    except BaseException as error:  # noqa: BLE001 - the first process tells whatever it was
        frames = traceback.extract_tb(sys.exc_info()[2])
        place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        return f"a bug in replayer, {type(error).__name__}{place}"
