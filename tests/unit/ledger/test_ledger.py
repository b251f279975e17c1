"""Each kind of operation that isn't plain, told by ``replayer ledger`` of a project made for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from replayer.ledger.entry import Entry, Verdict
from replayer.ledger.report import as_json, as_text
from replayer.model import MigrationKey, OperationKey, Source
from replayer.replay.record import Outcome
from tests.support import run_command

_SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["shelf"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
_HEAD = """
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies = {dependencies}
    operations = [
{operations}
    ]
"""
_INITIAL = """
        migrations.CreateModel(
            name="Box",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("label", models.CharField(max_length=20)),
            ],
        ),
"""
_ADDED = 'migrations.AddField("box", "weight", models.IntegerField(null=True))'


def _project(directory: Path, body: str, before: str = "") -> Path:
    """Write a project whose second migration holds the operations."""
    migrations = directory / "shelf" / "migrations"
    migrations.mkdir(parents=True)
    for folder in (directory / "shelf", migrations):
        (folder / "__init__.py").touch()
    (directory / "project_settings.py").write_text(_SETTINGS)
    (directory / "shelf" / "models.py").touch()
    (migrations / "0001_initial.py").write_text(_HEAD.format(dependencies=[], operations=_INITIAL))
    text = _HEAD.format(dependencies=[("shelf", "0001_initial")], operations=body)
    (migrations / "0002_next.py").write_text(
        text.replace("\n\nclass Mig", f"\n\n{before}\n\nclass Mig")
    )
    return directory


def _entries(directory: Path, dialect: str = "postgresql", *arguments: str) -> list[dict[str, Any]]:
    ran = run_command(
        *("ledger", "--settings", "project_settings", "--format", "json", "--dialect", dialect),
        *arguments,
        cwd=directory,
    )
    assert ran.status == 0, ran.stderr
    found: list[dict[str, Any]] = json.loads(ran.stdout)["entries"]
    return found


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_sql_that_does_what_its_state_operations_say_is_equal(tmp_path: Path, dialect: str) -> None:
    body = (
        'migrations.RunSQL("ALTER TABLE shelf_box ADD COLUMN weight integer NULL", '
        f"state_operations=[{_ADDED}]),"
    )
    (entry,) = _entries(_project(tmp_path, body), dialect)
    assert (entry["verdict"], entry["outcome"]) == ("equal", "ran")
    assert entry["state_got"] == ["Add field weight to box"]
    assert entry["database_got"] == ["column shelf_box.weight is added"]
    assert entry["tables"] == ["shelf_box"]
    assert entry["path"].endswith("0002_next.py")
    lines = (tmp_path / "shelf" / "migrations" / "0002_next.py").read_text().splitlines()
    assert lines[entry["line"] - 1].startswith("migrations.RunSQL")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_sql_that_does_another_thing_than_its_state_operations_is_unequal(
    tmp_path: Path, dialect: str
) -> None:
    body = (
        'migrations.RunSQL("ALTER TABLE shelf_box ADD COLUMN weight bigint NULL", '
        f"state_operations=[{_ADDED}]),"
    )
    (entry,) = _entries(_project(tmp_path, body), dialect)
    assert entry["verdict"] == "unequal"
    assert len(entry["differences"]) == 1
    assert "shelf_box.weight: type" in entry["differences"][0]


def test_the_names_of_deferred_keys_count(tmp_path: Path) -> None:
    body = """
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(
                "ALTER TABLE shelf_box ADD COLUMN parent_id bigint NULL CONSTRAINT my_name "
                "REFERENCES shelf_box (id) DEFERRABLE INITIALLY DEFERRED; "
                "CREATE INDEX shelf_box_parent_id_2dbe8c4e ON shelf_box (parent_id)")],
            state_operations=[migrations.AddField("box", "parent", models.ForeignKey(
                "shelf.box", models.CASCADE, null=True))],
        ),
    """
    (entry,) = _entries(_project(tmp_path, body))
    assert entry["verdict"] == "unequal"
    (told,) = [line for line in entry["differences"] if "my_name" in line]
    assert told.endswith("of shelf_box is renamed to my_name")


_RAW = r'migrations.AddField("box", "raw", models.BinaryField(default=b"\x00\xff")),'


def test_bytes_that_a_document_cannot_hold_as_they_are_sent_are_opaque(tmp_path: Path) -> None:
    project = _project(tmp_path, _RAW)
    (entry,) = _entries(project, "mysql")
    assert (entry["verdict"], entry["outcome"]) == ("unknown", "opaque")
    assert entry["kind"] == "AddField"
    assert entry["tables"] == ["shelf_box"]
    assert "hexadecimal: X'00ff'" in entry["reason"]
    for dialect in ("mariadb", "postgresql", "sqlite"):
        # MariaDB's default goes again at once.
        assert _entries(project, dialect) == []


def test_bytes_that_a_document_cannot_hold_are_told_of_where_they_stay(tmp_path: Path) -> None:
    stays, goes = tmp_path / "stays", tmp_path / "goes"
    _project(stays, _RAW)
    _project(goes, _RAW + 'migrations.RemoveField("box", "raw")')
    for directory, status, told in ((stays, 1, 1), (goes, 0, 0)):
        ran = run_command(
            *("--settings", "project_settings", "--dialect", "mysql", "--strict"), cwd=directory
        )
        assert ran.status == status, ran.stderr
        assert ran.stderr.count("shelf.0002_next[0]: bytes that are no UTF-8") == told


def test_bytes_that_are_marked_as_binary_are_plain(tmp_path: Path) -> None:
    body = (
        'migrations.RunSQL([("ALTER TABLE shelf_box ADD raw longblob DEFAULT (_binary %s)", '
        r'[b"\xff"])], state_operations=[migrations.AddField("box", "raw", '
        "models.BinaryField(null=True))]),"
    )
    (entry,) = _entries(_project(tmp_path, body), "mysql")
    assert (entry["verdict"], entry["outcome"], entry["reason"]) == ("unequal", "ran", "")


def test_operations_on_one_side_alone_are_unequal(tmp_path: Path) -> None:
    body = f"""
        migrations.SeparateDatabaseAndState(database_operations=[{_ADDED}]),
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.AddField("box", "depth", models.IntegerField(null=True))]),
    """
    first, second = _entries(_project(tmp_path, body))
    assert (first["verdict"], first["state_got"]) == ("unequal", [])
    assert first["database_got"] == ["column shelf_box.weight is added"]
    assert (second["verdict"], second["database_got"]) == ("unequal", [])
    assert second["differences"] == ["column shelf_box.depth is dropped"]


def test_a_trial_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    body = """
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("box")]),
        migrations.RunSQL("CREATE INDEX still_there ON shelf_box (label)"),
    """
    for dialect in ("sqlite", "postgresql"):
        entries = _entries(_project(tmp_path / dialect, body), dialect)
        assert entries[0]["differences"] == ["table shelf_box is added"]
        assert entries[1]["database_got"] == ["index still_there of shelf_box is added"]


def test_functions_are_told_by_what_became_of_them(tmp_path: Path) -> None:
    before = """
def rows(apps, schema_editor):
    apps.get_model("shelf", "Box").objects.update(label="")

def indexes(apps, schema_editor):
    schema_editor.execute("CREATE INDEX made_here ON shelf_box (label)")

def fails(apps, schema_editor):
    schema_editor.execute("CREATE INDEX other ON shelf_box (label)")
    raise LookupError("no such thing")
"""
    body = "".join(f"migrations.RunPython({name})," for name in ("rows", "indexes", "fails"))
    rows, indexes, fails = _entries(_project(tmp_path, body, before))
    assert (rows["outcome"], rows["verdict"], rows["database_got"]) == ("data", "equal", [])
    assert (indexes["outcome"], indexes["verdict"]) == ("ran", "unequal")
    assert indexes["database_got"] == ["index made_here of shelf_box is added"]
    assert (fails["outcome"], fails["verdict"]) == ("opaque", "unknown")
    assert "no such thing" in fails["reason"]


def test_a_kind_of_djangos_operation_is_compared_with_that(tmp_path: Path) -> None:
    before = """
class AddQuietly(migrations.AddField):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute("ALTER TABLE shelf_box ADD COLUMN weight integer NULL")

class AddNothing(migrations.AddField):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass

class OfItsOwn(Operation):
    def state_forwards(self, app_label, state):
        state.add_field(app_label, "box", "height", models.IntegerField(null=True), False)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass

class Looks(Operation):
    def state_forwards(self, app_label, state):
        state.models[app_label, "box"]

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        pass
"""
    body = """
        AddQuietly("box", "weight", models.IntegerField(null=True)),
        OfItsOwn(),
        AddNothing("box", "depth", models.IntegerField(null=True)),
        Looks(),
    """
    quiet, own, nothing, looks = _entries(_project(tmp_path, body, before))
    assert (quiet["kind"], quiet["verdict"]) == ("AddQuietly", "equal")
    assert nothing["differences"] == ["column shelf_box.depth is dropped"]
    assert own["differences"] == ["column shelf_box.height is dropped"]
    assert own["reason"] == (
        "OfItsOwn changes the state by no operation of Django's; its tables were compared instead"
    )
    assert (looks["verdict"], looks["state_got"]) == ("equal", [])


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
def test_where_the_state_takes_over_a_table_that_stands_the_tables_are_compared(
    tmp_path: Path, dialect: str
) -> None:
    body = """
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel("Crate", [
                ("id", models.BigAutoField(primary_key=True)),
                ("label", models.CharField(max_length={length})),
            ], options={{"db_table": "shelf_box"}}),
            migrations.DeleteModel("Box"),
        ]),
    """
    (same,) = _entries(_project(tmp_path / "same", body.format(length=20)), dialect)
    assert (same["verdict"], same["tables"]) == ("equal", ["shelf_box"])
    assert "already exists" in same["reason"]
    assert same["state_got"] == ["Create model Crate", "Delete model Box"]
    (other,) = _entries(_project(tmp_path / "other", body.format(length=30)), dialect)
    assert other["verdict"] == "unequal"
    assert "shelf_box.label: type" in other["differences"][0]


def test_a_migration_that_applies_itself_is_one_entry(tmp_path: Path) -> None:
    project = _project(tmp_path, f"{_ADDED},")
    path = project / "shelf" / "migrations" / "0002_next.py"
    path.write_text(
        path.read_text()
        + """
    def apply(self, project_state, schema_editor, collect_sql=False):
        project_state = super().apply(project_state, schema_editor, collect_sql)
        schema_editor.execute("CREATE INDEX extra ON shelf_box (label)")
        return project_state
"""
    )
    (entry,) = _entries(project)
    assert (entry["kind"], entry["verdict"]) == ("Migration.apply", "unequal")
    assert entry["differences"] == ["index extra of shelf_box is added"]
    assert "column shelf_box.weight is added" in entry["database_got"]


_ENTRY = Entry(
    key=OperationKey(MigrationKey("shelf", "0002_next"), 3),
    kind="RunSQL",
    description="Raw SQL operation",
    outcome=Outcome.RAN,
    verdict=Verdict.UNEQUAL,
    database_got=("index a of b is added",),
    differences=("index a of b is added",),
    tables=("b",),
    source=Source("/nowhere/0002_next.py", 7),
)


def test_the_text_tells_each_entry_and_counts() -> None:
    text = as_text([_ENTRY])
    assert "shelf.0002_next[3] RunSQL: unequal" in text
    assert "state got: nothing" in text
    assert text.endswith("1 operation that isn't plain: 0 equal, 1 unequal, 0 unknown\n")


def test_an_empty_ledger_is_a_document() -> None:
    assert as_text([]) == "0 operations that aren't plain: 0 equal, 0 unequal, 0 unknown\n"
    document = json.loads(as_json([]))
    assert document["entries"] == []
    assert document["counts"] == {"equal": 0, "unequal": 0, "unknown": 0}
