"""A project's own ``makemigrations``: what it finds is what the check finds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import django
import pytest

from tests.forks import run_forked
from tests.support import PROJECTS

DJANGOS = "from django.core.management.commands.makemigrations import Command as Djangos\n"
PATCH = """
from django.db import models
from django.db.migrations.operations import AlterModelOptions
_deconstruct = models.Field.deconstruct

def deconstruct(self):
    name, path, args, kwargs = _deconstruct(self)
    for attribute in ("help_text", "verbose_name", "choices", "validators", "db_column"):
        kwargs.pop(attribute, None)
    if not isinstance(self, models.AutoField):
        kwargs.pop("blank", None)
    return name, path, args, kwargs

def patch():
    models.Field.deconstruct = deconstruct
    AlterModelOptions.ALTER_OPTION_KEYS.remove("ordering")
    AlterModelOptions.ALTER_OPTION_KEYS.remove("verbose_name_plural")
"""
WHEN_IMPORTED = f"{DJANGOS}{PATCH}\npatch()\n\nclass Command(Djangos):\n    pass\n"
IN_HANDLE = f"""{DJANGOS}{PATCH}
class Command(Djangos):
    def handle(self, *args, **options):
        if not options["check_changes"]:
            raise RuntimeError("for developers alone")
        patch()
        super().handle(*args, **options)
        open("written.txt", "w").close()
"""
OWN_CLASS = f"""{DJANGOS}
from django.db.migrations.autodetector import MigrationAutodetector

class Quiet(MigrationAutodetector):
    def _detect_changes(self, *args, **kwargs):
        super()._detect_changes(*args, **kwargs)
        return {{}}

class Command(Djangos):
    autodetector = Quiet
"""
OF_ITS_OWN = f"""{DJANGOS}
class Command(Djangos):
    def handle(self, *args, **options):
        1 / 0
"""
FAILING = f"{OF_ITS_OWN}        super().handle(*args, **options)\n"
NOT_DERIVED = (
    "from django.core.management.base import BaseCommand\n\nclass Command(BaseCommand):\n    pass\n"
)
UNIMPORTABLE = "import nowhere_to_be_found\n"
READY = """
from django.apps import AppConfig

class ZooConfig(AppConfig):
    name = "zoo"

    def ready(self):
        from django.core.management.commands import makemigrations

        class Quiet(makemigrations.MigrationAutodetector):
            def _detect_changes(self, *args, **kwargs):
                return {}

        makemigrations.MigrationAutodetector = Quiet
        makemigrations.Command.autodetector = Quiet
"""


def project(directory: Path, command: str = "", apps: str = "") -> Path:
    root = directory / "project"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECTS / "drift_help_text_only", root, ignore=ignored)
    if command:
        commands = root / "zoo" / "management" / "commands"
        commands.mkdir(parents=True)
        (commands / "makemigrations.py").write_text(dedent(command), encoding="utf-8")
    if apps:
        (root / "zoo" / "apps.py").write_text(apps, encoding="utf-8")
    return root


def theirs(root: Path) -> int:
    """Return the exit status of the project's own command."""
    # Without Django's checks: one wants migrate to have the same autodetector.
    options = ["--check", "--dry-run", "--skip-checks"]
    arguments = [sys.executable, "manage.py", "makemigrations", *options]
    done = subprocess.run(arguments, cwd=root, capture_output=True, timeout=60, check=False)
    return done.returncode


@pytest.mark.parametrize("command", [WHEN_IMPORTED, IN_HANDLE], ids=["import", "handle"])
def test_what_the_command_changes_in_django_holds_for_the_check(
    command: str, tmp_path: Path
) -> None:
    root = project(tmp_path, command)
    # A manager of migrations is left, which the command does not look away from.
    assert theirs(root) == 1
    (root / "written.txt").unlink(missing_ok=True)
    ran = run_forked("check", "--format=json", "--fail-on=any", cwd=root)
    told = json.loads(ran.stdout)
    assert ran.status == 1
    assert [found["subject"] for found in told["findings"]] == ["AlterModelManagers"]
    assert not (root / "written.txt").exists()
    models = root / "zoo" / "models.py"
    text = models.read_text(encoding="utf-8").replace("migrations = True", "migrations = False")
    models.write_text(text, encoding="utf-8")
    assert theirs(root) == 0
    assert run_forked("check", "--fail-on=any", cwd=root).status == 0


def test_the_attributes_told_are_those_that_the_command_looks_at(tmp_path: Path) -> None:
    root = project(tmp_path, IN_HANDLE)
    models = root / "zoo" / "models.py"
    text = models.read_text(encoding="utf-8")
    models.write_text(text.replace("max_length=", "max_length=1"), encoding="utf-8")
    told = json.loads(run_forked("check", "--format=json", cwd=root).stdout)
    fields = [found for found in told["findings"] if found["field"]]
    assert fields
    for found in fields:
        assert [change["name"] for change in found["changes"]] == ["max_length"]


def test_what_the_command_changes_in_django_changes_no_schema(tmp_path: Path) -> None:
    plain = project(tmp_path / "plain")
    own = project(tmp_path / "own", IN_HANDLE)
    for root in (plain, own):
        models = root / "zoo" / "models.py"
        text = models.read_text(encoding="utf-8")
        models.write_text(text.replace("max_length=", "db_column='c', max_length="), "utf-8")
    lines = []
    for schema in ("models", "state", "history"):
        printed = [
            run_forked("--dialect=sqlite", f"--schema={schema}", cwd=root) for root in (plain, own)
        ]
        assert printed[0].stdout == printed[1].stdout != ""
        lines = [ran.stderr for ran in printed]
    # The line on drift is that of the command too: a column that it does not look at is none.
    assert "changes in zoo" in lines[0]
    assert "1 change in zoo" in lines[1]


def test_the_autodetector_of_the_command_is_asked(tmp_path: Path) -> None:
    root = project(tmp_path, OWN_CLASS)
    status = theirs(root)
    # An attribute of the command since Django 5.2.
    assert status == (0 if django.VERSION >= (5, 2) else 1)
    assert run_forked("check", cwd=root).status == status


def test_the_autodetector_that_an_app_gives_to_djangos_command_is_asked(tmp_path: Path) -> None:
    root = project(tmp_path, apps=READY)
    assert theirs(root) == 0
    assert run_forked("check", cwd=root).status == 0


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (OF_ITS_OWN, "the makemigrations of 'zoo' does not call Django's, and can't be asked"),
        (FAILING, "the makemigrations of 'zoo' ends before it compares: ZeroDivisionError"),
        (NOT_DERIVED, "the makemigrations of 'zoo' is not derived from Django's"),
        (UNIMPORTABLE, "the makemigrations of 'zoo' ends before it compares: ModuleNotFoundError"),
    ],
    ids=["of-its-own", "failing", "not-derived", "unimportable"],
)
def test_a_command_that_cannot_be_asked_is_told_and_hides_nothing(
    command: str, reason: str, tmp_path: Path
) -> None:
    root = project(tmp_path, command)
    ran = run_forked("check", cwd=root)
    assert ran.status == 1
    assert reason in ran.stdout
    assert "models are compared as Django's own would" in ran.stdout
    assert "1 division by zero" not in ran.stderr
