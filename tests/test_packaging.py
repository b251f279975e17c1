"""What is installed, what it asks for, and the two commands of the README's first minutes."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
from typing import Any

import pytest

from replayer._compat import load_toml
from tests.support import ROOT, run_python


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return load_toml((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() for line in requirements}


def test_the_hard_dependencies_are_three(pyproject: dict[str, Any]) -> None:
    assert _names(pyproject["project"]["dependencies"]) == {"django", "networkx", "sqlglot"}


def test_a_driver_is_an_extra(pyproject: dict[str, Any]) -> None:
    extras = pyproject["project"]["optional-dependencies"]
    found = {name: _names(extras[name]) for name in ("postgresql", "mysql", "mssql")}
    assert found == {
        "postgresql": {"psycopg"},
        "mysql": {"mysqlclient"},
        "mssql": {"mssql-django"},
    }


def test_the_tests_without_servers_compile_nothing(pyproject: dict[str, Any]) -> None:
    extras = pyproject["project"]["optional-dependencies"]
    assert not _names([*extras["test"], *extras["dev"]]) & {"mysqlclient", "psycopg2", "pyodbc"}


def test_the_console_script_is_installed() -> None:
    scripts = importlib.metadata.distribution("replayer").entry_points.select(
        group="console_scripts", name="replayer"
    )
    assert [callable(script.load()) for script in scripts] == [True]


def test_importing_the_tool_imports_no_django() -> None:
    ran = run_python("-c", "import replayer, sys; print('django' in sys.modules)")
    assert ran == ("False\n", "", 0)


def test_each_environment_of_the_matrix_has_its_django(pyproject: dict[str, Any]) -> None:
    tox = pyproject["tool"]["tox"]
    assert tox["env_list"] == list(tox["env"])
    for name, environment in tox["env"].items():
        major, minor = re.fullmatch(r"py3\d+-django(\d)(\d)", name).groups()  # type: ignore[union-attr]
        assert environment["deps"] == [f"Django~={major}.{minor}.0"]


def test_make_without_a_target_lists_the_targets() -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = set(re.findall(r"^  make ([\w-]+)", done.stdout, re.MULTILINE))
    wanted = "help demo dev lint fmt types test test-all matrix golden servers cover readme build"
    assert listed >= {*wanted.split(), "check", "bench"}
