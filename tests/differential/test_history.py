"""``--schema history``, the default: what ``migrate`` leaves, to the last name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.agreement import check, parameters
from tests.differential.projects import Project


@pytest.mark.parametrize(("project", "dialect"), parameters())
def test_the_history_is_what_migrate_leaves(project: Project, dialect: str, tmp_path: Path) -> None:
    check("history", project, dialect, tmp_path)
