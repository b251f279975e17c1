"""What the lazy rendering of the history leaves out, no schema editor would have looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.projects import discover
from tests.forks import zygote

PROJECTS = {project.name: project for project in discover()}
DIALECTS = ("sqlite", "postgresql", "mysql")
SCRIPT = Path(__file__).with_name("eager.py")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        pytest.param(name, dialect, marks=[pytest.mark.public] if project.is_public else [])
        for name, project in PROJECTS.items()
        for dialect in DIALECTS
        if dialect in project.dialects
    ],
)
def test_the_statements_are_those_of_the_eager_rendering(name: str, dialect: str) -> None:
    project = PROJECTS[name]
    if reason := project.skip_reason():
        pytest.skip(reason)
    ran = zygote().run(dialect, cwd=project.path, script=SCRIPT)
    if ran.status == 3:
        pytest.skip(f"the history is refused: {ran.stdout}")
    assert ran.status == 0, ran.stdout + ran.stderr
