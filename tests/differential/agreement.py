"""The test that both schemas share: what is printed agrees with what ``migrate`` leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.differential import expectations, harness, projects, servers


def parameters() -> list[Any]:
    """Return a parameter set for each project and dialect, marked by what it needs."""
    return [
        pytest.param(
            project,
            dialect,
            id=f"{project.name}-{dialect}",
            marks=pytest.mark.slow if dialect == "sqlite" else pytest.mark.server,
        )
        for project in projects.discover()
        for dialect in project.dialects
    ]


def check(schema: str, project: projects.Project, dialect: str, directory: Path) -> None:
    """Fail on a difference that isn't expected, and on an expectation that isn't needed."""
    if reason := project.skip_reason():
        pytest.skip(reason)
    try:
        server = servers.find_server(dialect, directory)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))
    differences = harness.compare_output(project, server, *project.arguments(schema))
    found = expectations.review(schema, project, dialect, differences)
    assert not str(found), str(found)
