"""Run a command and learn its wall time and its peak memory."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to be timed."""

    name: str
    arguments: tuple[str, ...]
    statuses: tuple[int, ...] = (0,)
    """What counts as success; 1 is an answer, too, of a command that checks."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run."""

    seconds: float
    peak: float
    """The peak resident set, in MB."""
    cpu: float
    """The seconds of processor time, which other work on the machine changes less."""
    failure: str = ""


@dataclass(slots=True)
class Row:
    """All runs of a command on a project."""

    command: Command
    samples: list[Sample] = field(default_factory=list)

    @property
    def failure(self) -> str:
        """Return why it failed, or an empty string."""
        return next((sample.failure for sample in self.samples if sample.failure), "")

    @property
    def seconds(self) -> float:
        """Return the median wall time."""
        return statistics.median(sample.seconds for sample in self.samples)

    @property
    def cpu(self) -> float:
        """Return the median processor time."""
        return statistics.median(sample.cpu for sample in self.samples)

    @property
    def peak(self) -> float:
        """Return the median peak."""
        return statistics.median(sample.peak for sample in self.samples)


def run(command: Command, cwd: Path, timeout: float) -> Sample:
    """Run a command once; stdout goes to a file, as a pipe would be read by this process.

    Notes
    -----
    ``ru_maxrss`` is in kilobytes on Linux. It starts from the forking process's own, so this
    process must stay smaller than what it measures.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        since = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            cwd=cwd,
            env={**os.environ, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        late = threading.Timer(timeout, os.kill, (process.pid, signal.SIGKILL))
        late.start()
        _, state, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - since
        is_late = not late.is_alive()
        late.cancel()
        process.returncode = status = os.waitstatus_to_exitcode(state)
        err.seek(0)
        last = err.read().decode(errors="replace").strip().splitlines()[-1:]
    failure = ""
    if is_late and status == -signal.SIGKILL:
        failure = f"no answer within {timeout:.0f} s"
    elif status not in command.statuses:
        failure = f"status {status}: {' '.join(last)[:120]}"
    return Sample(
        seconds=seconds,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss / 1024,
        failure=failure,
    )


def alternate(
    commands: Sequence[Command], cwd: Path, *, repetitions: int, timeout: float, long: float
) -> dict[str, Row]:
    """Run commands in turn, A B C, then C B A, so that a slow minute meets all of them.

    Parameters
    ----------
    long
        A command that takes more seconds than this, or fails, is not repeated.
    """
    rows = {command.name: Row(command) for command in commands}
    for number in range(repetitions):
        for row in list(rows.values())[:: -1 if number % 2 else 1]:
            done = row.samples
            if done and (row.failure or done[-1].seconds > long):
                continue
            done.append(run(row.command, cwd, timeout))
    return rows
