"""Handlers of ``pre_migrate`` and ``post_migrate``: named, and run where that is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import PROJECTS, run_command

_PROJECT = PROJECTS / "post_migrate_handler"
_FILES = {
    "project_settings.py": """
SECRET_KEY = "x"
INSTALLED_APPS = ["shelf", "django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
""",
    "shelf/__init__.py": "",
    "shelf/models.py": "",
    "shelf/apps.py": """
from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def makes_one(sender, using, apps, plan, **kwargs):
    assert apps.get_model("auth", "Permission")
    assert ("auth", "0001_initial") in [(m.app_label, m.name) for m, _ in plan]
    with connections[using].cursor() as cursor:
        cursor.execute("CREATE TABLE made_for_%s (id integer)" % sender.label)


class Fails:
    def __call__(self, **kwargs):
        with connections["default"].cursor() as cursor:
            cursor.execute("CREATE VIEW never AS SELECT 1 AS one")
            raise LookupError("gone wrong")


def moves_rows(sender, apps, **kwargs):
    apps.get_model("auth", "Permission").objects.update(name="")


fails = Fails()


class ShelfConfig(AppConfig):
    name = "shelf"

    def ready(self):
        post_migrate.connect(makes_one)
        post_migrate.connect(fails, sender=self)
        post_migrate.connect(moves_rows)
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shelf").mkdir()
    for name, text in _FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_handlers_are_named_and_not_run_unless_asked_for(dialect: str) -> None:
    ran = run_command("--dialect", dialect, cwd=_PROJECT)
    assert ran.status == 0
    assert "geo_lookup" not in ran.stdout
    assert "pre_migrate handler geo.apps.make_lookup is not run" in ran.stderr
    assert "post_migrate handler geo.apps.make_helpers is not run" in ran.stderr


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_handlers_make_their_objects_before_and_after_the_migrations(dialect: str) -> None:
    ran = run_command("--dialect", dialect, "--signals", "--verbatim", cwd=_PROJECT)
    assert ran.status == 0, ran.stderr
    places = [
        ran.stdout.index(text) for text in ("geo_lookup", "geo.0001_initial", "geo_peak_height")
    ]
    assert places == sorted(places)
    assert "handler" not in ran.stderr


def test_a_handler_is_called_for_each_app_with_models_and_a_failing_one_is_opaque(
    project: Path,
) -> None:
    arguments = ("--settings", "project_settings", "--dialect", "postgresql", "--strict")
    ran = run_command(*arguments, "--signals", cwd=project)
    assert ran.status == 1, ran.stderr
    for label in ("shelf", "auth", "contenttypes"):
        assert f'CREATE TABLE "made_for_{label}"' in ran.stdout
    (line,) = [line for line in ran.stderr.splitlines() if "Fails" in line]
    assert "post_migrate handler shelf.apps.Fails is opaque" in line
    assert "gone wrong" in line


def test_handlers_that_move_rows_and_djangos_own_are_not_named(project: Path) -> None:
    ran = run_command(
        "--settings", "project_settings", "--dialect", "postgresql", "--strict", cwd=project
    )
    assert ran.status == 0, ran.stderr
    told = [line for line in ran.stderr.splitlines() if "handler" in line]
    assert len(told) == 2
    assert "shelf.apps.makes_one" in told[0]
    assert "shelf.apps.Fails" in told[1]
