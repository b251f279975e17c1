"""A backend that imports models, as django-tenants' does: it can't be imported before the apps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import run_command

_SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {"default": {"ENGINE": "tenants", "NAME": "none"}}
DATABASE_ROUTERS = ["routers.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
_ROUTERS = """
from django.db import connections


class Router:
    def allow_migrate(self, db, app_label, **hints):
        return app_label in connections[db].shown_apps
"""
_BASE = """
from django.contrib.contenttypes.models import ContentType
from django.db.backends.postgresql import base, introspection, schema


class Introspection(introspection.DatabaseIntrospection):
    pass


class Editor(schema.DatabaseSchemaEditor):
    sql_create_table = "CREATE TABLE %(table)s (%(definition)s) WITH (fillfactor=70)"


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = Editor

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.shown_apps = {ContentType._meta.app_label, "auth"}
        self.introspection = Introspection(self)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants/__init__.py").write_text("")
    (tmp_path / "tenants/base.py").write_text(_BASE)
    (tmp_path / "routers.py").write_text(_ROUTERS)
    (tmp_path / "project_settings.py").write_text(_SETTINGS)
    return tmp_path


@pytest.mark.parametrize("arguments", [(), ("--dialect", "postgresql"), ("--schema", "state")])
def test_its_own_editor_renders(project: Path, arguments: tuple[str, ...]) -> None:
    ran = run_command("--settings", "project_settings", *arguments, cwd=project)
    assert ran.status == 0, ran.stderr
    tables = [line for line in ran.stdout.splitlines() if line.startswith("CREATE TABLE")]
    assert len(tables) == 7
    assert all("fillfactor" in line for line in tables)


def test_an_introspection_of_its_own_is_answered_from_the_catalogue(project: Path) -> None:
    ran = run_command("--settings", "project_settings", cwd=project)
    # contenttypes.0002 asks which constraints the column "name" has.
    assert '"django_content_type_app_label_model_76bd3d3b_uniq"' in ran.stdout
    assert '"name" varchar(100)' not in ran.stdout.splitlines()[0]


def test_its_models_may_fail_and_are_named(project: Path) -> None:
    with (project / "tenants/base.py").open("a") as base:
        base.write("\nimport tenants.missing\n")
    ran = run_command("--settings", "project_settings", cwd=project)
    assert ran.status == 2
    assert "tenants.missing" in ran.stderr
