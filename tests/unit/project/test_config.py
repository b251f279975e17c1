from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from replayer.errors import UsageError
from replayer.project.config import find_pyproject, read_config

if TYPE_CHECKING:
    from pathlib import Path


def write(directory: Path, text: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "pyproject.toml").write_text(text, encoding="utf-8")


def test_the_nearest_pyproject_up_to_the_repository(tmp_path: Path) -> None:
    write(tmp_path, "[tool.replayer]\ndialect = 'mysql'")
    inside = tmp_path / "repository"
    project = inside / "site"
    project.mkdir(parents=True)
    assert find_pyproject(project) == tmp_path / "pyproject.toml"
    (inside / ".git").mkdir()
    assert find_pyproject(project) is None
    write(inside, "")
    assert find_pyproject(project) == inside / "pyproject.toml"
    write(project, "")
    assert find_pyproject(project) == project / "pyproject.toml"


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("", {}),
        ("[tool.other]\nreplayer = 1", {}),
        ("[tool.replayer]", {}),
        ("[tool.replayer]\ndialect = 'mysql'\napps = ['a']", {"dialect": "mysql", "apps": ["a"]}),
        ("tool = 1  # replayer", {}),
        ("\ufeff[tool.replayer]\ndialect = 'mysql'", {"dialect": "mysql"}),
        ("[tool.replayer]\r\ndialect = 'mysql'\r\n", {"dialect": "mysql"}),
    ],
)
def test_the_table_is_read(tmp_path: Path, text: str, table: dict[str, object]) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, text)
    assert read_config(tmp_path) == table


def test_no_file_is_no_table(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert read_config(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.replayer", "is not TOML"),
        ("tool.replayer = 1", "is not a table"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(UsageError, match=message):
        read_config(tmp_path)


def test_a_file_of_others_may_be_broken(tmp_path: Path) -> None:
    write(tmp_path, "[tool.other")
    assert read_config(tmp_path) == {}
