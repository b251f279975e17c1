"""Each project's schema in each dialect, as it was reviewed."""

from __future__ import annotations

import importlib.util

import pytest

from tests.differential.projects import Project, discover
from tests.forks import run_forked
from tests.golden.goldens import (
    DIRECTORY,
    Golden,
    document_of,
    is_writing,
    overrides,
)

PROJECTS = {
    project.name: project
    for project in discover()
    if not project.is_public and project.name != "big_run_sql"  # megabytes that tell nothing
}
STATE_DIALECTS = ("sqlite", "postgresql", "mysql")
MSSQL_PROJECTS = (
    "comments",
    "composite_primary_keys",
    "constraints_zoo",
    "covering_indexes",
    "db_defaults",
    "field_zoo",
    "long_names",
    "mutual_foreign_keys",
    "order_with_respect_to",
    "polls",
    "proxy_unmanaged_swapped",
    "renamed_models",
    "swappable_user",
    "unique_three_ways",
    "uuid_fields",
)


def runnable(name: str) -> Project:
    project = PROJECTS[name]
    if reason := project.skip_reason():
        pytest.skip(reason)
    return project


def check(project: Project, stem: str, *arguments: str) -> None:
    golden = Golden(project=project.name, stem=stem)
    text = document_of(run_forked(*arguments, cwd=project.path))
    if is_writing():
        golden.write(text)
    assert text == golden.expected(), "make golden writes it anew; review the difference as code"


@pytest.mark.parametrize(
    ("name", "dialect"),
    [(name, dialect) for name in PROJECTS for dialect in PROJECTS[name].dialects],
)
def test_the_history(name: str, dialect: str) -> None:
    check(runnable(name), dialect, "--dialect", dialect)


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        (name, dialect)
        for name in PROJECTS
        for dialect in PROJECTS[name].dialects
        if dialect in STATE_DIALECTS
    ],
)
def test_the_final_state(name: str, dialect: str) -> None:
    check(runnable(name), f"{dialect}.state", "--dialect", dialect, "--schema", "state")


@pytest.mark.skipif(
    importlib.util.find_spec("mssql") is None, reason="mssql-django is not installed"
)
@pytest.mark.parametrize("name", MSSQL_PROJECTS)
def test_the_final_state_for_sql_server(name: str) -> None:
    check(runnable(name), "mssql", "--dialect", "mssql")


def test_no_file_stands_for_one_that_says_the_same() -> None:
    same = [
        f"{path} equals {other.name}"
        for path, other in overrides()
        if path.read_text(encoding="utf-8") == other.read_text(encoding="utf-8")
    ]
    assert not same


def test_no_file_is_left_of_a_project_that_is_gone() -> None:
    assert {path.parent.name for path in DIRECTORY.glob("*/*.sql")} <= set(PROJECTS)
