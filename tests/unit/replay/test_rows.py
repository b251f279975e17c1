"""What a function has written it meets again, on every dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import run_command

if TYPE_CHECKING:
    from pathlib import Path

_SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
_INITIAL = """
from django.db import migrations, models

KEY = ("id", models.BigAutoField(primary_key=True, auto_created=True, serialize=False))


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Item", [
            KEY,
            ("name", models.CharField(max_length=50)),
            ("n", models.IntegerField(default=0)),
            ("on", models.DateField(null=True)),
            ("is_sold", models.BooleanField(default=False)),
        ]),
        migrations.CreateModel("Box", [
            KEY, ("item", models.ForeignKey("shop.item", models.CASCADE)),
            ("others", models.ManyToManyField("shop.item", related_name="+")),
        ]),
    ]
"""
_FUNCTION = """
import datetime

from django.db import migrations, transaction
from django.db.models import F, Max


def run(apps, editor):
    Item, Box = apps.get_model("shop", "Item"), apps.get_model("shop", "Box")
    alias = editor.connection.alias
    editor.connection.introspection  # It is run because of this.
    Item.objects.all().delete()
{body}


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(run)]
"""
_BODIES = {
    "save": """
    made = Item.objects.create(name="a")
    made.n = 2
    made.save()
    made.save(update_fields=["n"])
    made.save(force_update=True)
    made.refresh_from_db()
    assert Item.objects.get(pk=made.pk).n == made.n == 2
""",
    "get_or_create": """
    first, was_made = Item.objects.get_or_create(name="a")
    again, was_made_again = Item.objects.get_or_create(name="a")
    assert (was_made, was_made_again, first.pk) == (True, False, again.pk)
    Item.objects.update_or_create(name="a", defaults={"n": 4})
    assert Item.objects.filter(name="a").update(n=F("n") + 1) == 1
    assert Item.objects.aggregate(most=Max("n"))["most"] == 5
""",
    "bulk": """
    Item.objects.bulk_create([Item(name="a"), Item(name="b")])
    assert Item.objects.count() == 2
    found = Item.objects.order_by("name").iterator(chunk_size=1)
    assert [item.name for item in found] == ["a", "b"]
    assert Item.objects.filter(name="a").delete()[0] == 1
    assert Item.objects.exists()
""",
    "types": """
    Item.objects.create(name="a", on=datetime.date(2020, 2, 1), is_sold=True)
    item = Item.objects.select_for_update().get(name="a")
    assert (item.on.year, item.is_sold) == (2020, True)
""",
    "relations": """
    item = Item.objects.create(name="a")
    box = Box.objects.create(item=item)
    box.others.add(item)
    assert list(box.others.all()) == [item]
""",
    "savepoint": """
    with transaction.atomic(using=alias):
        Item.objects.create(name="kept")
        point = transaction.savepoint(using=alias)
        Item.objects.create(name="undone")
        transaction.savepoint_rollback(point, using=alias)
    assert [item.name for item in Item.objects.all()] == ["kept"]
""",
    "cursor": """
    with editor.connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_item (name, n, is_sold) VALUES (%s, 1, %s)", ["a", False])
        assert cursor.rowcount == 1
        cursor.execute("SELECT count(*) FROM shop_item")
        assert cursor.fetchone()[0] == 1
        cursor.execute("SELECT name FROM shop_item WHERE n = 1")
        assert [name for name, in cursor.fetchall()] == ["a"]
""",
}


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql", "mariadb"])
@pytest.mark.parametrize("body", _BODIES)
def test_a_function_meets_what_it_has_written(tmp_path: Path, dialect: str, body: str) -> None:
    migrations = tmp_path / "shop/migrations"
    migrations.mkdir(parents=True)
    for folder in (migrations, tmp_path / "shop"):
        (folder / "__init__.py").touch()
    (tmp_path / "project_settings.py").write_text(_SETTINGS)
    (migrations / "0001_initial.py").write_text(_INITIAL)
    (migrations / "0002_rows.py").write_text(_FUNCTION.replace("{body}", _BODIES[body]))
    ran = run_command(
        "--settings", "project_settings", "--dialect", dialect, "--strict", cwd=tmp_path
    )
    assert ran.status == 0, ran.stderr
    assert "opaque" not in ran.stderr, ran.stderr
