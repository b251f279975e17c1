"""Options: what they refuse, and what they change in the document."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import django
import pytest

from tests.forks import run_forked
from tests.support import PROJECTS, Ran

POLLS = PROJECTS / "polls"
needs_mssql = pytest.mark.skipif(
    importlib.util.find_spec("mssql") is None, reason="mssql-django is not installed"
)


def refused(ran: Ran, *words: str) -> None:
    assert ran.stdout == ""
    assert ran.status == 2
    (line,) = ran.stderr.splitlines()
    assert line.startswith("replayer: error: ")
    for word in words:
        assert word in line


def copy_of(name: str, directory: Path) -> Path:
    return Path(
        shutil.copytree(
            PROJECTS / name, directory / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--no-such-option"], ["--no-such-option"]),
        (["--dialect", "oracle"], ["oracle", "postgresql"]),
        (["--dialect"], ["--dialect"]),
        (["nonsense"], ["nonsense"]),
        (["--schema", "guess"], ["guess", "history"]),
        (["--apps", "pols"], ["'pols'", "did you mean 'polls'?"]),
        (["--exclude", "pols"], ["'pols'", "did you mean 'polls'?"]),
        (["--schema", "state", "--apps", "pols"], ["'pols'", "did you mean 'polls'?"]),
        (["--at", "pols.0001"], ["'pols'", "polls"]),
        (["--at", "polls.0009"], ["'polls.0009'", "did you mean 0001"]),
        (["--database", "replica"], ["'replica'", "it has default"]),
        (["--server-version", "newest"], ["'newest'", "8.0.36"]),
        (["--dialect", "sqlite", "--server-version", "2.0"], ["SQLite 2.0", "--server-version"]),
        (["--omit", "trigger"], ["'trigger'", "did you mean 'triggers'?"]),
        (["--verbatim", "--omit", "views"], ["--verbatim", "--omit"]),
        (["--settings", "polls.nowhere"], ["'polls.nowhere'", "--settings"]),
    ],
)
def test_what_does_not_exist_is_one_sentence(arguments: list[str], words: list[str]) -> None:
    refused(run_forked(*arguments, cwd=POLLS), *words)


def test_an_ambiguous_migration_names_the_candidates() -> None:
    ran = run_forked("--at", "news.0001", cwd=PROJECTS / "squash_complete")
    refused(ran, "may be any of", "type more of the name")


def test_no_project_here_says_what_to_do(tmp_path: Path) -> None:
    refused(run_forked(cwd=tmp_path), "no Django project", "--settings", "DJANGO_SETTINGS_MODULE")


def test_a_project_below_is_offered(tmp_path: Path) -> None:
    copy_of("polls", tmp_path)
    refused(run_forked(cwd=tmp_path), "no Django project", "cd polls")


def test_help_and_version_go_to_stdout() -> None:
    ran = run_forked("--help")
    assert ran.status == 0
    assert "--dialect" in ran.stdout or "sql" in ran.stdout
    assert ran.stderr == ""
    ran = run_forked("sql", "--help")
    assert ran.status == 0
    assert "--dialect {sqlite,postgresql,mysql,mariadb,mssql}" in ran.stdout
    ran = run_forked("--version")
    assert ran.status == 0
    assert ran.stdout.startswith("replayer ")


def test_the_command_may_be_left_out() -> None:
    assert run_forked("--dialect", "mysql", cwd=POLLS) == run_forked(
        "sql", "--dialect", "mysql", cwd=POLLS
    )


def test_the_dialect_is_by_default_that_of_the_project(tmp_path: Path) -> None:
    project = copy_of("polls", tmp_path)
    settings = project / "mysite" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        f"{text}\nDATABASES = {{'default': {{'ENGINE': 'django.db.backends.postgresql'}}}}\n",
        encoding="utf-8",
    )
    assert run_forked(cwd=project).stdout == run_forked("--dialect", "postgresql", cwd=POLLS).stdout


def test_no_engine_and_no_dialect_is_a_question(tmp_path: Path) -> None:
    project = copy_of("polls", tmp_path)
    settings = project / "mysite" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\nDATABASES = {{}}\n", encoding="utf-8")
    refused(run_forked(cwd=project), "no engine", "--dialect")
    ran = run_forked("--dialect", "mariadb", cwd=project)
    assert ran.stdout == run_forked("--dialect", "mariadb", cwd=POLLS).stdout


def test_another_alias_has_another_dialect(tmp_path: Path) -> None:
    project = copy_of("polls", tmp_path)
    settings = project / "mysite" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        f"{text}\nDATABASES['warehouse'] = {{'ENGINE': 'django.db.backends.mysql'}}\n",
        encoding="utf-8",
    )
    ran = run_forked("--database", "warehouse", cwd=project)
    assert ran.stdout == run_forked("--dialect", "mysql", cwd=POLLS).stdout
    assert run_forked(cwd=project).stdout == run_forked("--dialect", "sqlite", cwd=POLLS).stdout


def test_the_server_version_decides() -> None:
    project = PROJECTS / "uuid_fields"
    new = run_forked("--dialect", "mariadb", "--server-version", "10.11", cwd=project)
    old = run_forked("--dialect", "mariadb", "--server-version", "10.5", cwd=project)
    assert (new.status, old.status) == (0, 0)
    # Django writes MariaDB's uuid since 5.0 (ticket 33507).
    assert (" uuid " in new.stdout.lower()) is (django.VERSION >= (5, 0))
    # Django 6.1 knows no MariaDB so old any more, and asks no version.
    is_old_known = django.VERSION < (6, 1)
    assert (" uuid " not in old.stdout.lower()) is is_old_known
    assert ("char(32)" in old.stdout.lower()) is is_old_known


@pytest.mark.parametrize("schema", ["history", "state"])
def test_a_point_of_the_history(schema: str) -> None:
    project = PROJECTS / "renamed_models"
    arguments = ("--dialect", "sqlite", "--schema", schema)
    whole = run_forked(*arguments, cwd=project)
    first = run_forked(*arguments, "--at", "library.0001", cwd=project)
    assert (whole.status, first.status) == (0, 0), first.stderr
    assert first.stdout
    assert first.stdout != whole.stdout


@pytest.mark.parametrize("schema", ["history", "state", "models"])
def test_apps_that_leave_their_targets_behind(schema: str) -> None:
    """Two apps point at each other; one alone must load, without its constraint."""
    project = PROJECTS / "mutual_foreign_keys"
    arguments = ("--dialect", "postgresql", "--schema", schema)
    whole = run_forked(*arguments, cwd=project)
    alone = run_forked(*arguments, "--apps", "staff", cwd=project)
    assert alone.status == 0, alone.stderr
    assert 'CREATE TABLE "staff_' in alone.stdout
    assert 'CREATE TABLE "teams_' not in alone.stdout
    assert 'REFERENCES "teams_' not in alone.stdout
    assert "foreign key" in alone.stderr
    both = run_forked(*arguments, "--apps", "staff", "--outside-keys", "include", cwd=project)
    assert both.status == 0, both.stderr
    assert 'CREATE TABLE "teams_' in both.stdout
    assert 'REFERENCES "teams_' in both.stdout
    rest = run_forked(*arguments, "--exclude", "staff", cwd=project)
    assert 'CREATE TABLE "staff_' not in rest.stdout
    assert 'CREATE TABLE "teams_' in rest.stdout
    assert whole.status == rest.status == 0


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_the_record_of_migrations(dialect: str) -> None:
    ran = run_forked("--dialect", dialect, "--include-migrations-table", cwd=POLLS)
    assert ran.status == 0
    assert "django_migrations" in ran.stdout
    assert "django_migrations" not in run_forked("--dialect", dialect, cwd=POLLS).stdout


def test_verbatim_is_the_history_itself() -> None:
    project = PROJECTS / "unique_three_ways"
    ran = run_forked("--dialect", "postgresql", "--verbatim", cwd=project)
    assert ran.status == 0
    assert "ALTER TABLE" in ran.stdout
    assert ran.stdout != run_forked("--dialect", "postgresql", cwd=project).stdout


def test_the_models_are_not_the_history() -> None:
    project = PROJECTS / "drift_field_changed"
    models = run_forked("--dialect", "sqlite", "--schema", "models", cwd=project)
    state = run_forked("--dialect", "sqlite", "--schema", "state", cwd=project)
    assert (models.status, state.status) == (0, 0)
    assert models.stdout != state.stdout


def test_strict_tells_opaque_operations_by_its_status() -> None:
    project = PROJECTS / "run_python_schema"
    lax = run_forked("--dialect", "sqlite", "--run-python", "never", cwd=project)
    strict = run_forked("--dialect", "sqlite", "--run-python", "never", "--strict", cwd=project)
    assert lax.status == 0
    assert strict.status == 1
    assert strict.stdout == lax.stdout
    assert "RunPython" in strict.stderr
    assert run_forked("--dialect", "sqlite", "--strict", cwd=POLLS).status == 0


def test_what_a_state_cannot_show_is_counted() -> None:
    ran = run_forked(
        "--dialect", "sqlite", "--schema", "state", cwd=PROJECTS / "separate_database_and_state"
    )
    assert ran.status == 0
    assert "SeparateDatabaseAndState" in ran.stderr


def test_quiet_keeps_notes_back_and_errors_not() -> None:
    project = PROJECTS / "separate_database_and_state"
    arguments = ("--dialect", "sqlite", "--schema", "state", "--quiet")
    assert run_forked(*arguments, cwd=project).stderr == ""
    assert "'pols'" in run_forked("--quiet", "--apps", "pols", cwd=POLLS).stderr


@needs_mssql
def test_sql_server_prints_the_state_and_says_so() -> None:
    ran = run_forked("--dialect", "mssql", cwd=POLLS)
    assert ran.status == 0
    assert "CREATE TABLE [polls_question]" in ran.stdout
    assert "the final state is printed, not the history" in ran.stderr


@needs_mssql
def test_a_nullable_unique_of_sql_server_is_a_filtered_index() -> None:
    ran = run_forked("--dialect", "mssql", cwd=PROJECTS / "unique_three_ways")
    assert ran.status == 0
    assert "CREATE UNIQUE INDEX" in ran.stdout
    assert "IS NOT NULL" in ran.stdout
