"""A backend's ``prepare_database``, which ``migrate`` calls before the first migration."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import run_command

_SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "prepared", "NAME": "none"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
_BASE = """
import logging

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def prepare_database(self):
        super().prepare_database()
        with self.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS hstore")
        logging.getLogger("prepared").warning("the server gave no answer")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "prepared").mkdir()
    (tmp_path / "prepared/__init__.py").write_text("")
    (tmp_path / "prepared/base.py").write_text(_BASE)
    (tmp_path / "project_settings.py").write_text(_SETTINGS)
    return tmp_path


def test_what_a_backend_prepares_is_part_of_the_schema(project: Path) -> None:
    ran = run_command("--settings", "project_settings", "--strict", cwd=project)
    assert ran.status == 0, ran.stderr
    assert "CREATE EXTENSION" in ran.stdout
    assert "prepare" not in ran.stderr
    assert "no answer" not in ran.stderr


def test_what_a_backend_prepares_stands_before_the_first_migration(project: Path) -> None:
    ran = run_command("--settings", "project_settings", "--verbatim", cwd=project)
    name = "-- prepared.base.DatabaseWrapper.prepare_database\n"
    statement = "CREATE EXTENSION IF NOT EXISTS hstore;"
    places = [ran.stdout.index(text) for text in (name, statement, "contenttypes.0001_initial")]
    assert places == sorted(places)


def test_a_preparation_that_fails_is_opaque_and_what_it_did_stays(project: Path) -> None:
    with (project / "prepared/base.py").open("a") as base:
        base.write("        raise LookupError('gone wrong')\n")
    ran = run_command("--settings", "project_settings", "--strict", cwd=project)
    assert ran.status == 1
    assert "CREATE EXTENSION" in ran.stdout
    assert "prepared.base.DatabaseWrapper.prepare_database is opaque" in ran.stderr
    assert "gone wrong" in ran.stderr


def test_another_dialect_has_nothing_of_it(project: Path) -> None:
    ran = run_command("--settings", "project_settings", "--dialect", "sqlite", cwd=project)
    assert ran.status == 0
    assert "EXTENSION" not in ran.stdout
