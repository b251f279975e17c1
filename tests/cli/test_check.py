"""The check as a user types it: its exit status, its streams, its formats and its dialects."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.forks import run_forked
from tests.support import FIXTURES, PROJECTS, ROOT, Ran, run_command

BROKEN = FIXTURES / "broken"
UNREADABLE = (
    "cycle",
    "exception_whose_str_raises_in_an_operation",
    "migration_fails_to_import",
    "migration_syntax_error",
    "migration_without_class",
    "missing_dependency",
    "several_faults_at_once",
    "squash_that_replaces_itself",
    "stale_pyc",
    "state_forwards_fails",
)
UNLOADABLE = (
    "app_fails_to_import",
    "app_is_missing",
    "query_on_import_uncaught",
    "settings_call_sys_exit",
    "settings_fail_to_import",
    "settings_lack_a_variable",
)


def check(project: str, *options: str, root: Path = PROJECTS) -> Ran:
    return run_forked("check", *options, cwd=root / project)


def findings(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ran.stdout)["findings"]
    return found


def copy_of(name: str, directory: Path, root: Path = PROJECTS) -> Path:
    return Path(
        shutil.copytree(root / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    )


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("report_format", ["text", "json", "sarif", "gitlab", "junit", "github"])
def test_what_could_not_be_read_is_never_no_drift(name: str, report_format: str) -> None:
    options = ("--dialect=sqlite", f"--format={report_format}")
    assert check(name, *options, root=BROKEN).status == 1
    ran = check(name, *options, "--fail-on=never", root=BROKEN)
    assert ran.status == 2
    assert "No drift: " not in ran.stdout
    assert "nothing was compared" in ran.stdout or "were not compared" in ran.stdout


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_baseline_does_not_excuse_what_could_not_be_read(name: str, tmp_path: Path) -> None:
    file = str(tmp_path / "baseline.json")
    made = check(name, "--dialect=sqlite", f"--write-baseline={file}", root=BROKEN)
    assert made.status == 2
    ran = check(name, "--dialect=sqlite", f"--baseline={file}", root=BROKEN)
    assert ran.status == 2
    assert ran.stdout.rstrip().endswith("in the baseline.")


@pytest.mark.parametrize("name", UNLOADABLE)
@pytest.mark.parametrize("dialects", ["sqlite", "sqlite,postgresql"])
def test_a_project_that_cannot_be_loaded_has_no_report(name: str, dialects: str) -> None:
    ran = check(name, f"--dialect={dialects}", "--fail-on=never", root=BROKEN)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "replayer: error: " in ran.stderr


@pytest.mark.parametrize(
    ("project", "statuses"),
    [
        ("polls", {"schema": 0, "state": 0, "any": 0, "never": 0}),
        ("drift_help_text_only", {"schema": 0, "state": 1, "any": 1, "never": 0}),
        ("drift_index_lost", {"schema": 1, "state": 1, "any": 1, "never": 0}),
        ("third_party_drift", {"schema": 0, "state": 0, "any": 1, "never": 0}),
        ("run_sql_objects", {"schema": 0, "state": 0, "any": 1, "never": 0}),
        ("separate_database_and_state", {"schema": 1, "state": 1, "any": 1, "never": 0}),
    ],
)
def test_the_status_follows_what_the_user_fails_on(project: str, statuses: dict[str, int]) -> None:
    found = {
        word: check(project, "--dialect=postgresql", f"--fail-on={word}").status
        for word in statuses
    }
    assert found == statuses


def test_a_text_on_stdout_is_not_said_again_on_stderr() -> None:
    ran = check("polls", "--dialect=mssql,sqlite", "--ignore=nobody.Nothing")
    assert "nobody.Nothing" in ran.stdout
    assert ran.stderr == ""
    ran = check("polls", "--dialect=sqlite", "--ignore=nobody.Nothing", "--format=json")
    assert "nobody.Nothing" in ran.stderr
    ran = check("cycle", "--dialect=sqlite", root=BROKEN)
    assert "could not decide" in ran.stdout
    assert ran.stderr == ""
    ran = check("cycle", "--dialect=sqlite", "--format=sarif", root=BROKEN)
    assert "nothing was compared" in ran.stderr


def test_several_formats_in_one_run(tmp_path: Path) -> None:
    sarif = tmp_path / "drift.sarif"
    ran = check("drift_index_lost", "--dialect=sqlite", "--format=text", f"--format=sarif={sarif}")
    assert ran.status == 1
    assert "error[R106 index-changed]" in ran.stdout
    results = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"R105", "R106", "R107"}


def test_files_are_written_where_the_user_stood(tmp_path: Path) -> None:
    project = copy_of("settings_change_directory", tmp_path)
    ran = run_forked(
        "check",
        "--dialect=sqlite",
        "--format=json=report.json",
        "--write-baseline=known.json",
        cwd=project,
    )
    assert ran.status == 0, ran.stderr
    assert (project / "known.json").exists()
    ran = run_forked("check", "--dialect=sqlite", "--format=json=report.json", cwd=project)
    assert ran.status == 0, ran.stderr
    assert (project / "report.json").exists()


def test_the_published_schema_is_printed_and_holds_the_report(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(run_forked("check", "--json-schema", cwd=tmp_path).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    for project in ("drift_models_and_renames", "separate_database_and_state"):
        ran = check(project, "--dialect=postgresql,sqlite", "--format=json", "--sql")
        jsonschema.Draft202012Validator(schema).validate(json.loads(ran.stdout))


def test_each_dialect_is_named_with_its_own_sql() -> None:
    ran = check("drift_index_lost", "--dialect=postgresql,mysql,sqlite", "--sql", "--format=json")
    (lost,) = [one for one in findings(ran) if one["rule_id"] == "R106"]
    assert lost["dialects"] == ["postgresql", "mysql", "sqlite"]
    assert {one["dialect"]: one["statements"] for one in lost["sql"]} == {
        "postgresql": ['DROP INDEX IF EXISTS "wiki_page_changed"'],
        "mysql": ["DROP INDEX `wiki_page_changed` ON `wiki_page`"],
        "sqlite": ['DROP INDEX "wiki_page_changed"'],
    }


def test_a_difference_of_one_dialect_names_that_one() -> None:
    ran = check("drift_field_changed", "--dialect=sqlite,postgresql", "--format=json")
    assert ["postgresql"] in [one["dialects"] for one in findings(ran)]


def test_each_dialect_replays_the_migrations_that_were_imported_for_it() -> None:
    """The project's migrations choose their SQL by the vendor when they are imported."""
    ran = check("run_sql_objects", "--dialect=postgresql,mysql,mariadb,sqlite", "--format=json")
    found = findings(ran)
    assert {one["rule_id"] for one in found} == {"R303"}
    on = {one["subject"]: one["dialects"] for one in found}
    assert on["shop_cheap_product"] == ["postgresql", "mysql", "mariadb", "sqlite"]
    assert on["shop_audit_order"] == ["postgresql"]
    assert on["shop_product_search"] == ["sqlite"]


def test_the_version_that_is_typed_is_that_of_the_first_dialect() -> None:
    ran = check("run_sql_objects", "--dialect=postgresql,mysql", "--server-version=15")
    assert ran.status == 0, ran.stdout
    assert "could not decide" not in ran.stdout
    assert "on: postgresql, mysql" in ran.stdout


def test_a_further_dialect_that_cannot_be_compared_is_undecided(tmp_path: Path) -> None:
    project = copy_of("run_sql_objects", tmp_path)
    broken = "from django.db import connection\nif connection.vendor == 'mysql':\n    1 / 0\n"
    models = project / "shop" / "models.py"
    models.write_text(broken + models.read_text(encoding="utf-8"), encoding="utf-8")
    ran = run_forked("check", "--dialect=sqlite,mysql", cwd=project)
    assert ran.status == 2
    assert "could not decide: divergence on mysql" in ran.stdout
    assert "ZeroDivisionError" in ran.stdout
    ran = run_forked("check", "--dialect=sqlite,mysql", "--no-divergence", cwd=project)
    assert ran.status == 0


def test_divergence_is_looked_for_where_an_operation_can_cause_it() -> None:
    assert findings(check("run_sql_objects", "--dialect=sqlite", "--format=json"))
    ran = check("run_sql_objects", "--dialect=sqlite", "--format=json", "--no-divergence")
    assert findings(ran) == []
    renamed = check("renamed_models", "--dialect=postgresql", "--format=json")
    assert findings(renamed) == []
    renamed = check("renamed_models", "--dialect=postgresql", "--format=json", "--divergence")
    assert {one["rule_id"] for one in findings(renamed)} == {"R306"}


def test_what_an_installed_package_leaves_is_a_note_and_only_on_request(tmp_path: Path) -> None:
    project = copy_of("separate_database_and_state", tmp_path)
    installed = project / "site-packages"
    installed.mkdir()
    for app in ("archive", "books", "people"):
        (project / app).rename(installed / app)
    options = ("--dialect=postgresql", "--format=json")
    path = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(installed)))}
    ran = run_command("check", *options, cwd=project, env=path)
    assert (ran.status, findings(ran)) == (0, [])
    assert "operations of installed packages may leave another schema" in ran.stderr
    ran = run_command("check", *options, "--divergence", cwd=project, env=path)
    assert ran.status == 0
    assert {one["rule_id"] for one in findings(ran)} == {"R302", "R306"}
    for one in findings(ran):
        assert one["severity"] == "note"
        assert one["reason"].endswith("lies outside the project")
        assert "makemigrations" not in one["hint"]


def test_a_refused_history_is_told_of_the_dialect_that_refuses() -> None:
    ran = check(
        "text_indexes_refused_by_mysql", "--dialect=sqlite,mysql", "--divergence", "--format=json"
    )
    assert [(one["rule_id"], one["dialects"]) for one in findings(ran)] == [("R308", ["mysql"])]
    assert ran.status == 1


@pytest.mark.parametrize(
    ("project", "said"),
    [
        ("polls", ""),
        ("drift_index_lost", "the models have left the migrations behind: 3 changes in wiki"),
        ("third_party_drift", ""),
    ],
)
def test_the_schema_ends_with_a_line_of_drift(project: str, said: str) -> None:
    ran = run_forked("--dialect=sqlite", cwd=PROJECTS / project)
    assert ran.status == 0
    assert ("left the migrations behind" in ran.stderr) == bool(said)
    assert said in "".join(ran.stderr.splitlines()[-1:])
    failing = run_forked("--dialect=sqlite", "--fail-on-drift", cwd=PROJECTS / project)
    assert failing.status == (1 if said else 0)
    assert failing.stdout == ran.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
@pytest.mark.parametrize(
    ("variables", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)]
)
def test_a_terminal_has_colours_unless_it_wants_none(
    variables: dict[str, str], *, is_coloured: bool
) -> None:
    main, terminal = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **variables}
    with subprocess.Popen(
        [sys.executable, "-m", "replayer", "check", "--dialect=sqlite"],
        cwd=PROJECTS / "drift_swapped",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(terminal)
        read = b""
        with contextlib.suppress(OSError):  # Linux ends a terminal so
            while part := os.read(main, 4096):
                read += part
    os.close(main)
    assert process.returncode == 0
    assert b"R206" in read
    assert (b"\x1b[" in read) == is_coloured
