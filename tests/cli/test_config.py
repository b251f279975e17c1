"""``[tool.replayer]``, and the ways in which a project is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.forks import run_forked
from tests.support import PROJECTS

POLLS = PROJECTS / "polls"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy = shutil.copytree(POLLS, tmp_path / "polls", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "polls" / ".git").mkdir()
    return Path(copy)


def configure(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(f"[tool.replayer]\n{text}\n", encoding="utf-8")


def test_options_stand_in_pyproject(project: Path) -> None:
    configure(project, 'dialect = "mysql"\ninclude-migrations-table = true')
    ran = run_forked(cwd=project)
    assert ran.status == 0, ran.stderr
    assert "CREATE TABLE `django_migrations`" in ran.stdout
    configure(project, 'dialect = "mysql"\ninclude_migrations_table = true')
    assert run_forked(cwd=project) == ran


def test_what_is_typed_goes_before_what_is_written(project: Path) -> None:
    configure(project, 'dialect = "mysql"')
    assert (
        run_forked("--dialect", "postgresql", cwd=project).stdout
        == run_forked("--dialect", "postgresql", cwd=POLLS).stdout
    )


def test_lists_and_numbers_are_taken(project: Path) -> None:
    configure(project, 'dialect = "mariadb"\nserver-version = 10.5\napps = ["polls"]')
    ran = run_forked(cwd=project)
    assert ran.status == 0, ran.stderr
    assert "CREATE TABLE `polls_" in ran.stdout


def test_a_version_is_of_the_dialect_beside_it(project: Path) -> None:
    configure(project, 'dialect = "sqlite"\nserver-version = "2.0"')
    assert "SQLite 2.0" in run_forked(cwd=project).stderr
    assert "SQLite 2.0" in run_forked("--dialect", "sqlite", cwd=project).stderr
    typed = run_forked("--dialect", "mysql", cwd=project)
    assert typed == run_forked("--dialect", "mysql", cwd=POLLS)
    assert typed.status == 0


def test_a_version_without_its_dialect_is_of_no_typed_one(project: Path) -> None:
    configure(project, 'server-version = "2.0"')
    stdout, stderr, status = run_forked("--dialect", "mysql", cwd=project)
    assert (stdout, status) == ("", 2)
    assert "write dialect beside it" in stderr
    typed = run_forked("--dialect", "mysql", "--server-version", "8.4", cwd=project)
    assert typed.status == 0, typed.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'dialekt = "mysql"',
            ["pyproject.toml: [tool.replayer]", "'dialekt'", "did you mean 'dialect'?"],
        ),
        ('dialect = "oracle"', ["dialect is 'oracle'", "postgresql"]),
        ("dialect = true", ["pyproject.toml: ", "dialect is True", "a string"]),
        ('allow-empty = "yes"', ["allow-empty is 'yes'", "true or false"]),
        ("apps = [1, 2]", ["apps is [1, 2]", "a list of strings"]),
        ('apps = ["pols"]', ["'pols'", "did you mean 'polls'?"]),
        ("dialect = ", ["is not TOML"]),
        ("help = true", ["unknown option 'help'"]),
        ("sql = {}", ["sql is {}", "true or false"]),
        ('format = "yaml"\nwrite = 1', ["write is 1", "true or false"]),
    ],
)
def test_what_cannot_be_taken_is_one_sentence(project: Path, text: str, words: list[str]) -> None:
    configure(project, text)
    stdout, stderr, status = run_forked(cwd=project)
    assert (stdout, status) == ("", 2)
    (line,) = stderr.splitlines()
    for word in words:
        assert word in line


def test_a_table_above_is_named_by_its_path(project: Path) -> None:
    configure(project, "dialekt = 1")
    ran = run_forked("--pythonpath", "..", "--settings", "mysite.settings", cwd=project / "polls")
    assert "error: ../pyproject.toml: [tool.replayer] has an unknown option" in ran.stderr


def test_a_table_that_is_none_is_refused(project: Path) -> None:
    (project / "pyproject.toml").write_text('tool.replayer = "sqlite"\n', encoding="utf-8")
    ran = run_forked(cwd=project)
    assert ran.status == 2
    assert "tool.replayer is not a table" in ran.stderr


def test_the_settings_module_may_stand_there(project: Path) -> None:
    (project / "manage.py").unlink()
    configure(project, 'settings = "mysite.settings"')
    assert run_forked(cwd=project).stdout == run_forked(cwd=POLLS).stdout


def other_settings(project: Path, name: str, engine: str) -> None:
    (project / "mysite" / f"{name}.py").write_text(
        "from mysite.settings import *\n"
        f"DATABASES = {{'default': {{'ENGINE': 'django.db.backends.{engine}'}}}}\n",
        encoding="utf-8",
    )


def test_who_names_the_settings_in_order(project: Path) -> None:
    """``--settings`` before the environment before ``manage.py``."""
    other_settings(project, "by_option", "mysql")
    other_settings(project, "by_environment", "postgresql")
    environment = {"DJANGO_SETTINGS_MODULE": "mysite.by_environment"}
    by_manage = run_forked(cwd=project)
    by_environment = run_forked(cwd=project, env=environment)
    by_option = run_forked("--settings", "mysite.by_option", cwd=project, env=environment)
    assert by_manage.stdout == run_forked("--dialect", "sqlite", cwd=POLLS).stdout
    assert by_environment.stdout == run_forked("--dialect", "postgresql", cwd=POLLS).stdout
    assert by_option.stdout == run_forked("--dialect", "mysql", cwd=POLLS).stdout


def test_a_project_elsewhere_by_its_path(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    wanted = run_forked(cwd=POLLS).stdout
    for path in (str(project), "../polls"):
        ran = run_forked("--settings", "mysite.settings", "--pythonpath", path, cwd=elsewhere)
        assert ran.stdout == wanted, ran.stderr
    missing = run_forked("--settings", "mysite.settings", cwd=elsewhere)
    assert missing.status == 2
    assert "there is no settings module 'mysite.settings'" in missing.stderr
    assert "--pythonpath" in missing.stderr


def test_several_settings_in_manage_py_are_a_question(project: Path) -> None:
    (project / "manage.py").write_text(
        "import os\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "a.settings")\n'
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "b.settings")\n',
        encoding="utf-8",
    )
    ran = run_forked(cwd=project)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "'a.settings', 'b.settings'" in ran.stderr
    assert "--settings a.settings" in ran.stderr


def test_manage_py_is_read_and_not_run(project: Path) -> None:
    text = (project / "manage.py").read_text(encoding="utf-8")
    (project / "manage.py").write_text(
        f"raise SystemExit('manage.py was run')\n{text}", encoding="utf-8"
    )
    assert run_forked(cwd=project).status == 0
