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


def test_what_a_function_could_not_be_told_is_not_held_against_the_next_operation(
    tmp_path: Path,
) -> None:
    asks = """
from django.db import migrations, models


def ask(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT nobody_knows()")


class Migration(migrations.Migration):
    dependencies = [("shelf", "0001_initial")]
    operations = [
        migrations.RunPython(ask),
        migrations.CreateModel("Book", [("id", models.AutoField(primary_key=True))]),
    ]
"""
    for name, text in {**_FILES, "shelf/migrations/0002_unknown.py": asks}.items():
        if "0003" not in name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    stdout, stderr, status = run_command(
        "--settings=project_settings", "--run-python=all", cwd=tmp_path
    )
    assert status == 0
    assert 'CREATE TABLE "shelf_book"' in stdout
    assert "shelf.0002_unknown[0]: RunPython is opaque" in stderr
    assert "CreateModel" not in stderr


def test_a_question_of_run_sql_that_nobody_reads_is_opaque_and_no_failure(tmp_path: Path) -> None:
    files = {
        **_FILES,
        "shelf/migrations/0002_unknown.py": _FILES["shelf/migrations/0002_unknown.py"].replace(
            "DO $$ BEGIN EXECUTE unknown(); END $$", "NOTIFY changed; VALUES (unknown())"
        ),
        "shelf/migrations/0003_refused.py": _FILES["shelf/migrations/0003_refused.py"].replace(
            "DROP TABLE a", "CREATE TABLE c (id integer)"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    stdout, stderr, status = run_command("--settings=project_settings", cwd=tmp_path)
    assert status == 0, stderr
    assert 'CREATE TABLE "c"' in stdout
    assert "shelf.0002_unknown[0]: RunSQL is opaque" in stderr
