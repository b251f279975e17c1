"""What the check finds is what Django's own autodetector finds, operation by operation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import FIXTURES, run_python

SCRIPT = Path(__file__).with_name("drift_answers.py")
PROJECTS = sorted(path.name for path in (FIXTURES / "projects").iterdir() if path.is_dir())
PUBLIC = sorted(path.name for path in (FIXTURES / "public").iterdir() if path.is_dir())
WITH_DRIFT = (
    "drift_field_changed",
    "drift_help_text_only",
    "drift_index_gained",
    "drift_index_lost",
    "drift_models_and_renames",
    "flicker",
    "third_party_drift",
)


def compare(directory: Path, tmp_path: Path) -> list[str]:
    answers = tmp_path / "answers.json"
    ran = run_python(SCRIPT, answers, cwd=directory, env={"PYTHONHASHSEED": "1"})
    if ran.status and "class Meta' got invalid attribute(s)" in ran.stderr:
        pytest.skip("this Django refuses the project's models")
    assert ran.status == 0, ran.stderr
    told = json.loads(answers.read_text(encoding="utf-8"))
    assert told["ours"] == told["django"]
    found: list[str] = told["ours"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_drifts_as_django_says(name: str, tmp_path: Path) -> None:
    found = compare(FIXTURES / "projects" / name, tmp_path)
    assert bool(found) == (name in WITH_DRIFT)


@pytest.mark.slow
@pytest.mark.public
@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_project_drifts_as_django_says(name: str, tmp_path: Path) -> None:
    compare(FIXTURES / "public" / name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drift_help_text_only", "polls"])
def test_the_command_answers_as_makemigrations(name: str) -> None:
    directory = FIXTURES / "projects" / name
    theirs = run_python(
        "manage.py", "makemigrations", "--check", "--dry-run", "--verbosity=0", cwd=directory
    )
    ours = run_python("-m", "replayer", "check", "--dialect=sqlite", cwd=directory)
    assert (ours.status, theirs.status) in {(0, 0), (1, 1)}
