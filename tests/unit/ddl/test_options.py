"""The options of ``sql`` and ``init`` that are Atlas's, through the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import PROJECTS, run_command


@pytest.mark.parametrize("schema", ["history", "state"])
def test_positions_of_operations_and_of_models(schema: str) -> None:
    where = PROJECTS / "polls" / "polls"
    for kind, path in (("model", "models.py"), ("migration", "migrations/0001_initial.py")):
        arguments = ("--dialect", "sqlite", "--schema", schema, "--pos", kind)
        ran = run_command(*arguments, cwd=PROJECTS / "polls")
        head, _, body = ran.stdout.partition("\n\n")
        lines = head.splitlines()
        assert [line.split()[2] for line in lines] == [
            "polls_question[type=table]",
            "polls_choice[type=table]",
        ]
        assert all(line.split()[3].startswith(f"{where / path}:") for line in lines)
        assert body == run_command(*arguments[:4], cwd=PROJECTS / "polls").stdout


def test_no_positions_unless_they_are_asked_for() -> None:
    ran = run_command("--dialect", "sqlite", cwd=PROJECTS / "polls")
    assert "atlas:" not in ran.stdout


def test_an_unknown_kind_is_refused_with_the_nearest() -> None:
    ran = run_command("--dialect", "sqlite", "--omit", "viws", cwd=PROJECTS / "polls")
    assert (ran.stdout, ran.status) == ("", 2)
    assert "did you mean 'views'" in ran.stderr


def test_what_is_left_out_is_not_printed() -> None:
    # Triggers go with the functions that they execute.
    left_out = ("--omit", "functions", "views")
    project = PROJECTS / "run_sql_objects"
    whole = run_command("--dialect", "postgresql", cwd=project).stdout
    ran = run_command("--dialect", "postgresql", *left_out, cwd=project)
    assert ran.status == 0, ran.stderr
    for word in ("CREATE FUNCTION", "CREATE TRIGGER", "CREATE VIEW"):
        assert word in whole
        assert word not in ran.stdout


@pytest.mark.parametrize(
    "option", [("--pos", "model"), ("--omit", "views"), ("--no-foreign-keys",)]
)
def test_verbatim_is_the_history_as_it_is(option: tuple[str, ...]) -> None:
    ran = run_command("--dialect", "sqlite", "--verbatim", *option, cwd=PROJECTS / "polls")
    assert (ran.stdout, ran.status) == ("", 2)


def test_init_prints_and_writes_and_does_not_overwrite(tmp_path: Path) -> None:
    project = shutil.copytree(PROJECTS / "polls", tmp_path / "polls")
    path = Path(project) / "atlas.hcl"
    printed = run_command("init", cwd=project)
    assert printed.status == 0, printed.stderr
    assert 'data "external_schema"' in printed.stdout
    assert not path.exists()

    written = run_command("init", "--write", "--build", "file", cwd=project)
    assert (written.stdout, written.status) == ("", 0)
    text = path.read_text(encoding="utf-8")
    assert "file://schema.sql" in text

    again = run_command("init", "--write", cwd=project)
    assert again.status == 2
    assert "is there already" in again.stderr
    assert path.read_text(encoding="utf-8") == text


def test_verbatim_bodies_are_whole_for_mysql_s_client() -> None:
    ran = run_command("--dialect", "mysql", "--verbatim", cwd=PROJECTS / "run_sql_objects")
    assert ran.status == 0, ran.stderr
    assert "\nDELIMITER //\nCREATE TRIGGER" in ran.stdout
