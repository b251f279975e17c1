"""``--verbatim``: the history's own statements load, and leave what ``migrate`` leaves.

That verbatim and compact leave one catalogue needs no server: every project is printed both ways
and loaded into empty catalogues. The servers' tests compare with the snapshots of migrated
databases that the tests of the compact output keep, so that no project is migrated twice.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential import expectations, harness, judge, projects, servers
from tests.differential.agreement import parameters
from tests.differential.projects import Project
from tests.forks import zygote

SCRIPT = Path(__file__).with_name("reprinted.py")


def _runnable(project: Project) -> Project:
    if reason := project.skip_reason():
        pytest.skip(reason)
    return project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("project", "dialect"),
    [
        pytest.param(project, dialect, id=f"{project.name}-{dialect}")
        for project in projects.discover()
        for dialect in project.dialects
    ],
)
def test_verbatim_and_compact_leave_one_catalogue(project: Project, dialect: str) -> None:
    found = _runnable(project)
    ran = zygote().run(dialect, *found.history_arguments, cwd=found.path, script=SCRIPT)
    assert ran.status == 0, ran.stderr


@pytest.mark.parametrize(("project", "dialect"), parameters())
def test_verbatim_loads_and_is_what_migrate_leaves(
    project: Project, dialect: str, tmp_path: Path
) -> None:
    found = _runnable(project)
    try:
        server = servers.find_server(dialect, tmp_path)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))
    left = harness.migrated(found, server)
    ran = zygote().run(
        "--dialect",
        dialect,
        "--server-version",
        servers.server_version(server),
        "--verbatim",
        *found.history_arguments,
        cwd=found.path,
    )
    assert ran.status == 0, ran.stderr
    differences = judge.compare(left, harness.snapshot_of_sql(found, server, ran.stdout))
    review = expectations.review("verbatim", found, dialect, differences)
    assert not str(review), str(review)
