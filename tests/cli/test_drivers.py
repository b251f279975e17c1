"""No driver is needed, and none is missed by a project that imports one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.forks import run_forked
from tests.support import PROJECTS, ROOT, Ran, run_command

BLOCKER = '''\
"""Lets no database driver be found, as on a machine that has none."""

import sys

BLOCKED = {"psycopg", "psycopg2", "psycopg_binary", "psycopg_c", "MySQLdb", "pymysql", "pyodbc"}


class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            # Not before the finders that come later, such as a stand-in's.
            for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
                if type(finder).__module__.startswith("replayer"):
                    found = finder.find_spec(name, path, target)
                    if found is not None:
                        return found
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, Blocker())
'''
DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb")


@pytest.fixture(scope="module")
def without_drivers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    directory = tmp_path_factory.mktemp("blocker")
    (directory / "sitecustomize.py").write_text(BLOCKER, encoding="utf-8")
    return {"PYTHONPATH": f"{directory}:{ROOT}"}


@pytest.mark.slow
def test_the_blocker_blocks(without_drivers: dict[str, str | None]) -> None:
    from tests.support import run_python

    for name in ("psycopg", "psycopg2", "MySQLdb"):
        ran = run_python("-c", f"import {name}", env=without_drivers)
        assert "ModuleNotFoundError" in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("project", ["field_zoo", "constraints_zoo"])
def test_without_drivers_the_same_bytes(
    project: str, dialect: str, without_drivers: dict[str, str | None]
) -> None:
    directory = PROJECTS / project
    without: Ran = run_command("--dialect", dialect, cwd=directory, env=without_drivers)
    assert without.status == 0, without.stderr
    assert without.stdout == run_forked("--dialect", dialect, cwd=directory).stdout


@pytest.mark.slow
def test_contrib_postgres_without_psycopg(without_drivers: dict[str, str | None]) -> None:
    directory = PROJECTS / "postgres_zoo"
    without = run_command("--dialect", "postgresql", cwd=directory, env=without_drivers)
    assert without.status == 0, without.stderr
    assert without.stdout == run_forked("--dialect", "postgresql", cwd=directory).stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "import psycopg2, psycopg2.extras",
        "from psycopg2 import OperationalError\nclass Mine(OperationalError): pass",
        "import psycopg\nfrom psycopg.errors import UniqueViolation",
        "import MySQLdb\nfrom MySQLdb.constants import CLIENT\nX = CLIENT.FOUND_ROWS",
        "import pyodbc",
    ],
)
def test_a_project_may_import_a_driver_that_is_not_there(
    line: str, without_drivers: dict[str, str | None], tmp_path: Path
) -> None:
    project = Path(
        shutil.copytree(
            PROJECTS / "polls", tmp_path / "polls", ignore=shutil.ignore_patterns("__pycache__")
        )
    )
    models = project / "polls" / "models.py"
    models.write_text(f"{line}\n{models.read_text(encoding='utf-8')}", encoding="utf-8")
    ran = run_command("--dialect", "postgresql", cwd=project, env=without_drivers)
    assert ran.status == 0, ran.stderr
    wanted = run_forked("--dialect", "postgresql", cwd=PROJECTS / "polls").stdout
    assert ran.stdout == wanted


@pytest.mark.slow
def test_a_driver_that_is_not_there_refuses_to_connect(
    without_drivers: dict[str, str | None], tmp_path: Path
) -> None:
    project = Path(
        shutil.copytree(
            PROJECTS / "polls", tmp_path / "polls", ignore=shutil.ignore_patterns("__pycache__")
        )
    )
    models = project / "polls" / "models.py"
    text = models.read_text(encoding="utf-8")
    models.write_text(f"import psycopg2\npsycopg2.connect('dbname=shop')\n{text}", encoding="utf-8")
    ran = run_command("--dialect", "postgresql", cwd=project, env=without_drivers)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "polls/models.py:2" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.slow
def test_sql_server_without_its_backend_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        BLOCKER.replace('"pyodbc"}', '"pyodbc", "mssql"}'), encoding="utf-8"
    )
    ran = run_command(
        "--dialect",
        "mssql",
        cwd=PROJECTS / "polls",
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )
    assert (ran.stdout, ran.status) == ("", 2)
    assert "mssql-django" in ran.stderr
    assert "pip install mssql-django" in ran.stderr
