"""What several tests share: the tool as a process, with stdout, stderr and status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
PROJECTS = FIXTURES / "projects"


class Ran(NamedTuple):
    """What a process left."""

    stdout: str
    stderr: str
    status: int


def run_command(
    *arguments: str | Path,
    cwd: Path = ROOT,
    env: Mapping[str, str | None] | None = None,
    document: str | None = None,
    timeout: float = 120,
) -> Ran:
    """Run ``python -m replayer`` and return (stdout, stderr, status).

    Parameters
    ----------
    cwd
        Where it runs; mostly a fixture project.
    env
        Variables to add; ``None`` removes one. ``DJANGO_SETTINGS_MODULE`` is never inherited.
    document
        What it reads on stdin; nothing otherwise.
    timeout
        Seconds.
    """
    return run_python(
        "-m", "replayer", *arguments, cwd=cwd, env=env, document=document, timeout=timeout
    )


def run_python(
    *arguments: str | Path,
    cwd: Path = ROOT,
    env: Mapping[str, str | None] | None = None,
    document: str | None = None,
    timeout: float = 120,
) -> Ran:
    """Run this Python with arguments; the rest is as for `run_command`."""
    variables: dict[str, str | None] = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": None,
        **(env or {}),
    }
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={name: value for name, value in variables.items() if value is not None},
        input=document or "",
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=timeout,
        check=False,
    )
    return Ran(done.stdout, done.stderr, done.returncode)
