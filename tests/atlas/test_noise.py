"""No noise: between what ``migrate`` leaves and what we print, Atlas plans nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.atlas.noise import Measure, replayer_source
from tests.atlas.program import available, statements_in
from tests.differential import agreement, expectations, servers
from tests.differential.projects import Project

pytestmark = [pytest.mark.atlas, pytest.mark.slow]


def _parameters() -> list[Any]:
    return agreement.parameters()


@pytest.mark.parametrize(("project", "dialect"), _parameters())
def test_atlas_plans_nothing_for_a_migrated_database(
    project: Project, dialect: str, tmp_path: Path
) -> None:
    if reason := project.skip_reason():
        pytest.skip(reason)
    try:
        server = servers.find_server(dialect, tmp_path)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))
    path = expectations.expectation_file("atlas", project)
    expected = [
        entry
        for entry in expectations.read_expectations(path, project.dialects)
        if dialect in entry.dialects
    ]
    lines: list[str] = []
    with Measure(project, server, tmp_path) as measure:
        for atlas in available():
            lines += measure.noise(atlas, replayer_source).lines
    unexpected = [line for line in lines if not any(entry.matches(line) for entry in expected)]
    # A failure is the program's own and comes with how that was built: fts5 or none, for instance.
    unneeded = [
        entry.difference
        for entry in expected
        if not entry.difference.startswith("fails: ")
        and not any(entry.matches(line) for line in lines)
    ]
    assert (unexpected, unneeded) == ([], [])


def test_a_plan_is_read_statement_by_statement() -> None:
    plan = '-- Drop "a"\nDROP TABLE `a`;\n-- Make "b"\nCREATE TABLE `b` (\n  `id` int\n);\n'
    assert statements_in(plan) == ("DROP TABLE `a`", "CREATE TABLE `b` ( `id` int )")
    assert statements_in("Schemas are synced, no changes to be made.\n") == ()
