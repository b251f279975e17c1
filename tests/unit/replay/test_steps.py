"""A step that fails says where, and what before it may be the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import run_command

_FILES = {
    "project_settings.py": """
SECRET_KEY = "x"
INSTALLED_APPS = ["shelf"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
""",
    "shelf/__init__.py": "",
    "shelf/migrations/__init__.py": "",
    "shelf/migrations/0001_initial.py": """
from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL("CREATE TABLE a (id integer PRIMARY KEY)"),
        migrations.RunSQL("CREATE TABLE b (a_id integer REFERENCES a)"),
    ]
""",
    "shelf/migrations/0002_unknown.py": """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shelf", "0001_initial")]
    operations = [migrations.RunSQL("DO $$ BEGIN EXECUTE unknown(); END $$")]
""",
    "shelf/migrations/0003_refused.py": """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shelf", "0002_unknown")]
    operations = [migrations.RunSQL("DROP TABLE a")]
""",
}


@pytest.mark.parametrize("is_known", [True, False])
def test_a_refusal_after_what_is_not_known_says_so(tmp_path: Path, *, is_known: bool) -> None:
    for name, text in _FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        known = text.replace("EXECUTE unknown()", "NULL") if is_known else text
        (tmp_path / name).write_text(known, encoding="utf-8")
    _, stderr, status = run_command("--settings=project_settings", cwd=tmp_path)
    assert status == 2
    assert "shelf.0003_refused: operation 0 (Raw SQL operation) cannot be carried out" in stderr
    assert "cannot drop table a because other objects depend on it" in stderr
    hint = "shelf.0002_unknown[0] could not be carried out for certain"
    assert (hint in stderr) is not is_known
    assert ("replayer ledger --at shelf.0002_unknown tells why" in stderr) is not is_known
