"""The tool as a process of its own: streams, status, and the ways in which it is started."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.forks import run_forked
from tests.support import FIXTURES, PROJECTS, ROOT, Ran, run_command, run_python

POLLS = PROJECTS / "polls"
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
    "PYTHONPATH": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
}

pytestmark = pytest.mark.slow


def shell(script: str, *, cwd: Path = POLLS, **environment: str) -> Ran:
    """Run a shell script in which ``$PY`` is this Python."""
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=cwd,
        env={**ENVIRONMENT, "PY": sys.executable, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Ran(done.stdout, done.stderr, done.returncode)


def copy_of(name: str, directory: Path) -> Path:
    return Path(
        shutil.copytree(
            PROJECTS / name, directory / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    )


def files_below(directory: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(directory)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def wanted() -> str:
    """What the forked runs of the other tests print; real processes must print the same."""
    ran = run_forked("--dialect", "sqlite", cwd=POLLS)
    assert ran.status == 0
    return ran.stdout


def test_a_process_of_its_own_prints_the_document_and_nothing_else(wanted: str) -> None:
    ran = run_command("--dialect", "sqlite", cwd=POLLS)
    assert ran == Ran(wanted, "", 0)
    assert wanted.startswith('CREATE TABLE "polls_question"')
    assert wanted.endswith(";\n")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    ran = shell('"$PY" -m replayer --dialect sqlite | head -1; exit "${PIPESTATUS[0]}"')
    # A document that fits the pipe's buffer may be written before its reader leaves.
    assert ran.status in {0, 141}
    assert len(ran.stdout.splitlines()) == 1
    assert ran.stderr == ""


def test_a_reader_that_is_gone_is_told_by_the_status() -> None:
    ran = shell(
        '{ "$PY" -m replayer --dialect sqlite; echo "$?" >&2; } | true', cwd=PROJECTS / "polls"
    )
    assert ran.stderr.strip() == "141"


def test_a_closed_stdout_is_one_sentence() -> None:
    ran = shell('"$PY" -m replayer --dialect sqlite >&-')
    assert ran.status == 2
    assert ran.stderr == (
        "replayer: error: stdout is closed, so the document cannot be written; use --output FILE\n"
    )


def test_a_closed_stderr_changes_nothing(wanted: str) -> None:
    ran = shell('"$PY" -m replayer --dialect sqlite 2>&-')
    assert ran.status == 0
    assert ran.stdout == wanted


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_one_sentence() -> None:
    ran = shell('"$PY" -m replayer --dialect sqlite >/dev/full')
    assert ran.status == 2
    assert ran.stderr.startswith("replayer: error: stdout cannot be written: ")
    assert len(ran.stderr.splitlines()) == 1


def test_output_is_written_whole(wanted: str, tmp_path: Path) -> None:
    target = tmp_path / "schema.sql"
    target.write_text("old", encoding="utf-8")
    ran = run_command("--dialect", "sqlite", "--output", target, cwd=POLLS)
    assert ran == Ran("", "", 0)
    assert target.read_text(encoding="utf-8") == wanted
    assert [path.name for path in tmp_path.iterdir()] == ["schema.sql"]


def test_an_unwritable_output_is_one_sentence(tmp_path: Path) -> None:
    ran = run_command("--dialect", "sqlite", "-o", tmp_path / "missing" / "a.sql", cwd=POLLS)
    assert (ran.stdout, ran.status) == ("", 2)
    assert re.fullmatch(r"replayer: error: '.*a\.sql' cannot be written: .*\n", ran.stderr)


def test_a_failure_leaves_an_old_output_untouched(tmp_path: Path) -> None:
    target = tmp_path / "schema.sql"
    target.write_text("old", encoding="utf-8")
    ran = run_command(
        "--dialect", "sqlite", "-o", target, cwd=FIXTURES / "broken" / "two_leaf_nodes"
    )
    assert ran.status == 2
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["schema.sql"]


def test_a_noisy_project_says_nothing_on_stdout() -> None:
    ran = run_command("--dialect", "sqlite", cwd=PROJECTS / "noisy_settings")
    assert ran.status == 0
    assert "NOISE" not in ran.stdout
    for line in ran.stdout.splitlines():
        assert line.startswith(("CREATE ", "ALTER ", "PRAGMA ")), line
    for noise in ("print in settings", "by os.write", "from a child", "at exit"):
        assert f"NOISE {noise}" in ran.stderr


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql"])
def test_names_that_are_not_ascii_in_the_c_locale(dialect: str) -> None:
    # Python reads file names as UTF-8 there (PEP 538); its streams are told not to be.
    environment = {"LC_ALL": "C", "LANG": None, "PYTHONIOENCODING": "ascii"}
    ran = run_command("--dialect", dialect, cwd=PROJECTS / "nonascii_names", env=environment)
    assert ran.status == 0, ran.stderr
    assert "Blüten" in ran.stdout
    assert "λουλούδι" in ran.stdout
    assert ran.stdout == run_forked("--dialect", dialect, cwd=PROJECTS / "nonascii_names").stdout


def test_nothing_is_written_into_the_project(tmp_path: Path) -> None:
    project = copy_of("noisy_settings", tmp_path)
    before = files_below(project)
    ran = run_command("--dialect", "sqlite", cwd=project)
    assert ran.status == 0
    assert files_below(project) == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="to root nothing is read-only"
)
def test_a_read_only_checkout(tmp_path: Path, wanted: str) -> None:
    project = copy_of("polls", tmp_path)
    for path in (project, *project.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    ran = run_command("--dialect", "sqlite", cwd=project, env={"PYTHONDONTWRITEBYTECODE": None})
    assert ran == Ran(wanted, "", 0)


@pytest.mark.parametrize("option", ["-OO", "-B", "-X dev"])
def test_pythons_own_options(option: str, wanted: str) -> None:
    ran = run_python(*option.split(), "-m", "replayer", "--dialect", "sqlite", cwd=POLLS)
    assert ran.status == 0, ran.stderr
    assert ran.stdout == wanted


def test_warnings_as_errors(wanted: str) -> None:
    ran = run_command("--dialect", "sqlite", cwd=POLLS, env={"PYTHONWARNINGS": "error"})
    assert ran == Ran(wanted, "", 0)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_isolated_python(dialect: str) -> None:
    """``python -I`` has neither PYTHONPATH nor the current directory on its path."""
    found = run_python("-I", "-c", "import replayer")
    if found.status:
        pytest.skip("replayer is not installed in this environment")
    ran = run_python("-I", "-m", "replayer", "--dialect", dialect, cwd=POLLS)
    assert ran.status == 0, ran.stderr
    assert ran.stdout == run_forked("--dialect", dialect, cwd=POLLS).stdout


def test_settings_that_change_the_directory() -> None:
    project = PROJECTS / "settings_change_directory"
    ran = run_command("--dialect", "sqlite", cwd=project)
    assert ran.status == 0, ran.stderr
    assert "CREATE TABLE" in ran.stdout


def test_output_is_relative_to_where_the_command_was_typed(tmp_path: Path) -> None:
    project = copy_of("settings_change_directory", tmp_path)
    ran = run_command("--dialect", "sqlite", "-o", "out.sql", cwd=project)
    assert ran.status == 0, ran.stderr
    assert "CREATE TABLE" in (project / "out.sql").read_text(encoding="utf-8")


def test_the_console_script(wanted: str) -> None:
    script = Path(sys.executable).with_name("replayer")
    if not script.exists():
        pytest.skip("replayer is not installed in this environment")
    assert shell(f'"{script}" --dialect sqlite') == Ran(wanted, "", 0)
    assert shell(f'"{script}" --dialect sqlit').status == 2


def managed(directory: Path, project: str) -> Path:
    copy = copy_of(project, directory)
    (settings,) = copy.glob("*/settings.py")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\nINSTALLED_APPS = [*INSTALLED_APPS, "replayer"]\n', "utf-8")
    return copy


def test_the_management_command(tmp_path: Path, wanted: str) -> None:
    project = managed(tmp_path, "polls")
    ran = run_python("manage.py", "replayer", "--dialect", "sqlite", cwd=project)
    assert ran == Ran(wanted, "", 0)
    ran = run_python("manage.py", "replayer", "sql", "--dialect=postgresql", cwd=project)
    assert ran.stdout == run_forked("--dialect", "postgresql", cwd=POLLS).stdout


def test_the_management_command_hands_on_errors_and_status(tmp_path: Path) -> None:
    project = managed(tmp_path, "polls")
    ran = run_python("manage.py", "replayer", "--apps", "pols", cwd=project)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "did you mean 'polls'?" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_management_command_of_a_noisy_project(tmp_path: Path) -> None:
    project = managed(tmp_path, "noisy_settings")
    ran = run_python("manage.py", "replayer", "--dialect", "sqlite", cwd=project)
    assert ran.status == 0, ran.stderr
    created = [line for line in ran.stdout.splitlines() if line.startswith("CREATE TABLE")]
    assert created
    plain = run_command("--dialect", "sqlite", cwd=PROJECTS / "noisy_settings")
    # What settings write to the descriptor itself before a command may run is out of its reach.
    assert ran.stdout.endswith(plain.stdout)
