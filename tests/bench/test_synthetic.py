"""The synthetic project is a good one: the same each time, migrates, and has no drift."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.bench.synthetic import write_project
from tests.support import run_python


def _digest(directory: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(directory.rglob("*.py")):
        found.update(str(path.relative_to(directory)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def test_it_has_the_size_asked_for(tmp_path: Path) -> None:
    project = write_project(tmp_path, migrations=60, models=15, apps=3)
    assert len(list(project.glob("app*/migrations/0*.py"))) == 60
    models = "".join(path.read_text("utf-8") for path in project.glob("app*/models.py"))
    assert models.count("(models.Model)") == 15


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    one, two = (
        _digest(write_project(tmp_path / name, migrations=60, models=15, apps=3))
        for name in ("one", "two")
    )
    assert one == two


@pytest.mark.slow
def test_it_migrates_and_has_no_drift(tmp_path: Path) -> None:
    project = write_project(tmp_path, migrations=60, models=15, apps=3)
    for command in (("migrate", "--verbosity=0"), ("makemigrations", "--check", "--dry-run")):
        ran = run_python("manage.py", *command, cwd=project)
        assert (ran.status, ran.stderr) == (0, ""), ran
