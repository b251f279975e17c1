"""A router that fails is the project's fault, not a bug of replayer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import run_command

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {
    "project_settings.py": """
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DATABASE_ROUTERS = ["routers.Router"]
""",
    "routers.py": """
from django.db import connections


class Router:
    def allow_migrate(self, db, app_label, **hints):
        return connections[db].schema_name == "public"
""",
}


@pytest.mark.parametrize("schema", ["history", "state", "models"])
def test_a_router_that_asks_for_another_backend_is_named(tmp_path: Path, schema: str) -> None:
    for name, text in _FILES.items():
        (tmp_path / name).write_text(text)
    ran = run_command("--settings", "project_settings", "--schema", schema, cwd=tmp_path)
    assert ran.status == 2
    assert not ran.stdout
    assert "has no attribute 'schema_name'" in ran.stderr
    assert "bug" not in ran.stderr
