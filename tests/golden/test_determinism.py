"""The same project gives the same bytes: for every hash seed, and wherever it is checked out."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from tests.differential.projects import Project, discover
from tests.forks import zygote

SEEDS = ("0", "1", "4711")
PROJECTS = {project.name: project for project in discover()}
OWN = (
    "constraints_zoo",
    "mutual_foreign_keys",
    "renamed_many_to_many",
    "renamed_models",
    "separate_database_and_state",
)
PUBLIC = ("contrib", "taggit", "wagtail")
DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb", "mssql")


def runnable(name: str, dialect: str) -> Project:
    project = PROJECTS[name]
    if reason := project.skip_reason():
        pytest.skip(reason)
    if dialect == "mssql" and importlib.util.find_spec("mssql") is None:
        pytest.skip("mssql-django is not installed")
    return project


CASES = [
    *((name, dialect) for name in OWN for dialect in DIALECTS),
    *(
        pytest.param(name, dialect, marks=pytest.mark.public)
        for name in PUBLIC
        for dialect in DIALECTS
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "dialect"), CASES)
def test_seeds_and_places_change_nothing(name: str, dialect: str, tmp_path: Path) -> None:
    project = runnable(name, dialect)
    copy = Path(
        shutil.copytree(
            project.path,
            tmp_path / "an other place" / "deep" / "er",
            ignore=shutil.ignore_patterns("__pycache__", "*.sqlite3"),
        )
    )
    places = (project.path, copy, project.path)
    for schema in ("history", "state"):
        runs = [
            zygote(seed).run("--dialect", dialect, "--schema", schema, cwd=place)
            for seed, place in zip(SEEDS, places, strict=True)
        ]
        assert runs[0].status == 0, runs[0].stderr
        assert runs[0].stdout
        assert {ran.stdout for ran in runs} == {runs[0].stdout}
        assert {ran.stderr for ran in runs} == {runs[0].stderr}
        if dialect == "mssql":
            break  # its history is its state


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("constraints_zoo", "postgresql"),
        ("index_together_renamed", "mysql"),
        ("primary_key_type_change", "sqlite"),
        ("renamed_many_to_many", "sqlite"),
        ("renamed_models", "postgresql"),
        ("renamed_models", "sqlite"),
    ],
)
def test_the_statements_of_the_history_do_not_follow_the_seed(name: str, dialect: str) -> None:
    project = runnable(name, dialect)
    runs = [
        zygote(seed).run("--dialect", dialect, "--verbatim", cwd=project.path) for seed in SEEDS
    ]
    assert runs[0].status == 0
    assert {ran.stdout for ran in runs} == {runs[0].stdout}
