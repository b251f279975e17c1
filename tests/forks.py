"""The tool as a forked process: as `tests.support.run_command`, without the start of Python."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import ROOT, Ran

if TYPE_CHECKING:
    from collections.abc import Mapping


class Zygote:
    """A process that runs the tool as often as it is asked to.

    Parameters
    ----------
    hash_seed
        The ``PYTHONHASHSEED`` of every run.
    """

    def __init__(self, hash_seed: str = "0") -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="replayer-test-")
        environment = {
            name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
        }
        environment |= {
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": hash_seed,
        }
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
            cwd=ROOT,
        )
        atexit.register(self.close)

    def run(
        self,
        *arguments: str | Path,
        cwd: Path = ROOT,
        env: Mapping[str, str | None] | None = None,
        script: Path | None = None,
    ) -> Ran:
        """Run the tool in a child of the process, and return (stdout, stderr, status).

        Parameters
        ----------
        script
            What is run in the tool's place.
        """
        stdout, stderr = (Path(self._directory.name, name) for name in ("stdout", "stderr"))
        request = {
            "arguments": list(map(str, arguments)),
            "cwd": str(cwd),
            "env": dict(env or {}),
            "stdout": str(stdout),
            "stderr": str(stderr),
            "script": None if script is None else str(script),
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        said = [
            path.read_text(encoding="utf-8", errors="surrogateescape") for path in (stdout, stderr)
        ]
        return Ran(said[0], said[1], status)

    def close(self) -> None:
        """End the process."""
        atexit.unregister(self.close)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait(timeout=10)
        self._directory.cleanup()


@functools.cache
def zygote(hash_seed: str = "0") -> Zygote:
    """Return the process of a hash seed, started once."""
    return Zygote(hash_seed)


def run_forked(
    *arguments: str | Path, cwd: Path = ROOT, env: Mapping[str, str | None] | None = None
) -> Ran:
    """Run the tool; the arguments are those of `tests.support.run_command`."""
    return zygote().run(*arguments, cwd=cwd, env=env)
