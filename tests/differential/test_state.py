"""``--schema state``: the final state, rendered; what it can't know is listed by project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.agreement import check, parameters
from tests.differential.projects import Project


@pytest.mark.parametrize(("project", "dialect"), parameters())
def test_the_final_state_agrees_with_migrate(
    project: Project, dialect: str, tmp_path: Path
) -> None:
    check("state", project, dialect, tmp_path)
