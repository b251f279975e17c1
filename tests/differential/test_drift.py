"""What the check finds is what Django's own autodetector finds, operation by operation."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from replayer.model import Dialect
from tests.differential.projects import Project, discover
from tests.support import FIXTURES, run_command, run_python

APPLIED = Path(__file__).with_name("drift_applied.py")
SCRIPT = Path(__file__).with_name("drift_answers.py")
PROJECTS = {project.name: project for project in discover() if not project.is_public}
PUBLIC = {project.name: project for project in discover() if project.is_public}
WITH_DRIFT = (
    "drift_field_changed",
    "drift_help_text_only",
    "drift_index_gained",
    "drift_index_lost",
    "drift_models_and_renames",
    "drift_swapped",
    "drift_unseen_by_django",
    "flicker",
    "third_party_drift",
)

UNWRITABLE = {"flicker"}
"""Its lambdas and objects can't be written in a migration, which is what is told of it."""
DIALECTS = tuple(dialect.value for dialect in Dialect)


def compare(project: Project, tmp_path: Path) -> list[str]:
    answers = tmp_path / "answers.json"
    ran = run_python(SCRIPT, answers, cwd=project.path, env={"PYTHONHASHSEED": "1"})
    # Some that can't be migrated with this Django have models and a graph that it takes.
    if ran.status and (reason := project.skip_reason()):
        pytest.skip(reason)
    assert ran.status == 0, ran.stderr
    told = json.loads(answers.read_text(encoding="utf-8"))
    assert told["ours"] == told["django"]
    found: list[str] = told["ours"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_drifts_as_django_says(name: str, tmp_path: Path) -> None:
    found = compare(PROJECTS[name], tmp_path)
    assert bool(found) == (name in WITH_DRIFT)


@pytest.mark.slow
@pytest.mark.public
@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_project_drifts_as_django_says(name: str, tmp_path: Path) -> None:
    compare(PUBLIC[name], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drift_help_text_only", "polls"])
def test_the_command_answers_as_makemigrations(name: str) -> None:
    directory = FIXTURES / "projects" / name
    theirs = run_python(
        "manage.py", "makemigrations", "--check", "--dry-run", "--verbosity=0", cwd=directory
    )
    ours = run_python("-m", "replayer", "check", "--dialect=sqlite", cwd=directory)
    assert (ours.status, theirs.status) in {(0, 0), (1, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", WITH_DRIFT)
def test_what_is_state_only_leaves_the_schema_of_a_project_as_it_is(
    name: str, dialect: str, tmp_path: Path
) -> None:
    if dialect == "mssql" and importlib.util.find_spec("mssql") is None:
        pytest.skip("mssql-django is not installed")
    answers = tmp_path / "answers.json"
    directory = FIXTURES / "projects" / name
    ran = run_python(APPLIED, dialect, answers, "read", cwd=directory, env={"PYTHONHASHSEED": "1"})
    assert ran.status == 0, ran.stderr
    told = json.loads(answers.read_text(encoding="utf-8"))
    assert told["wrong"] == []
    assert told["schema"]
    if name in {"drift_help_text_only", "flicker"}:
        assert not any(told["schema"])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*WITH_DRIFT} - UNWRITABLE))
def test_nothing_is_found_after_what_was_found_is_written_and_replayed(
    name: str, tmp_path: Path
) -> None:
    project = tmp_path / name
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(FIXTURES / "projects" / name, project, ignore=ignored)
    answers = tmp_path / "answers.json"
    ran = run_python(APPLIED, "sqlite", answers, "write", cwd=project)
    assert ran.status == 0, ran.stderr
    assert json.loads(answers.read_text(encoding="utf-8"))["again"] == []
    assert list(project.rglob("90*_drift.py"))
    ran = run_command("check", "--dialect=sqlite", "--no-divergence", "--format=json", cwd=project)
    found = json.loads(ran.stdout)["findings"]
    left = {one["rule_id"] for one in found} - {"R112"}
    assert left == set(), ran.stdout
