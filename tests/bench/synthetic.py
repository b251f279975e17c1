"""Write a synthetic project: as many migrations and models as asked for, the same each time.

The history is drawn from a seeded generator, one migration after the other, each on an app of
its own choosing; ``models.py`` is what it ends in, so there is no drift. ``migrate`` takes it.

``python -m tests.bench.synthetic DIRECTORY --migrations 1000 --models 200``
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass, field
from pathlib import Path

import django

CHECK = "condition" if django.VERSION >= (5, 1) else "check"
"""What a CheckConstraint calls its expression; ``check`` went in Django 6.0."""
FIELDS = (
    ("CharField", "max_length=50, default=''"),
    ("CharField", "max_length=120, blank=True, null=True"),
    ("IntegerField", "default=0"),
    ("PositiveIntegerField", "default=0"),
    ("BigIntegerField", "blank=True, null=True"),
    ("BooleanField", "default=False"),
    ("DateTimeField", "blank=True, null=True"),
    ("DateField", "blank=True, null=True"),
    ("DecimalField", "decimal_places=2, max_digits=10, default=0"),
    ("TextField", "default='', blank=True"),
    ("SlugField", "default=''"),
    ("URLField", "blank=True, null=True"),
    ("UUIDField", "blank=True, null=True"),
    ("JSONField", "default=dict"),
)
OPERATIONS = {
    "add_field": 34,
    "alter_field": 22,
    "add_index": 12,
    "add_constraint": 8,
    "add_foreign_key": 8,
    "rename_field": 5,
    "remove_field": 4,
    "alter_options": 3,
    "add_many_to_many": 2,
    "run_python": 2,
}
USER = "settings.AUTH_USER_MODEL"
AUTO_KEY = "auto_created=True, primary_key=True, serialize=False, verbose_name='ID'"
SQLITE = "{'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}"


@dataclass(slots=True)
class Column:
    """A field of a model, as the history has left it so far."""

    kind: str
    arguments: str
    target: str = ""
    """What a relation points at, as source."""
    is_used: bool = False
    """Whether an index or a constraint names it, so that it can't be renamed or removed."""

    def source(self) -> str:
        """Return the expression that makes the field."""
        inner = ", ".join(part for part in (self.arguments, self.target) if part)
        return f"models.{self.kind}({inner})"


@dataclass(slots=True)
class Model:
    """A model, as the history has left it so far."""

    app: str
    name: str
    made_in: str
    columns: dict[str, Column] = field(default_factory=dict)
    indexes: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    verbose_name: str = ""
    counter: int = 0

    def next_name(self, prefix: str) -> str:
        """Return a name that no field had before."""
        self.counter += 1
        return f"{prefix}{self.counter}"

    def plain(self, *kinds: str, free: bool = False) -> list[str]:
        """Return the names of the fields that are no relations."""
        return [
            name
            for name, column in self.columns.items()
            if not column.target
            and (not kinds or column.kind in kinds)
            and not (free and column.is_used)
        ]

    def source(self) -> str:
        """Return the class as it stands in ``models.py``."""
        lines = [f"class {self.name}(models.Model):"]
        lines += [f"    {name} = {column.source()}" for name, column in self.columns.items()]
        lines += ["", "    class Meta:"]
        lines.append(f"        verbose_name = {self.verbose_name or self.name!r}")
        lines.append(f"        indexes = [{', '.join(self.indexes)}]")
        lines.append(f"        constraints = [{', '.join(self.constraints)}]")
        return "\n".join(lines)


class Writer:
    """Draws a history and writes it."""

    def __init__(self, directory: Path, *, migrations: int, models: int, apps: int) -> None:
        self._directory = directory
        self._migrations = migrations
        self._model_count = models
        self._random = random.Random(f"{migrations} {models} {apps}")
        self._apps = [f"app{number:03}" for number in range(apps)]
        self._last: dict[str, list[str]] = {app: [] for app in self._apps}
        self._models: list[Model] = []
        self._of_app: dict[str, list[Model]] = {app: [] for app in self._apps}
        self._dependencies: set[str] = set()
        self._functions: list[str] = []

    def write(self) -> None:
        """Write the whole project."""
        for app in self._apps:
            (self._directory / app / "migrations").mkdir(parents=True)
            for package in (app, f"{app}/migrations"):
                (self._directory / package / "__init__.py").touch()
        for number in range(self._migrations):
            self._write_migration(number)
        for app in self._apps:
            classes = "\n\n\n".join(model.source() for model in self._of_app[app])
            (self._directory / app / "models.py").write_text(
                "import django.db.models.deletion\nfrom django.conf import settings\n"
                f"from django.db import models\n\n\n{classes}\n",
                encoding="utf-8",
            )
        self._write_settings()

    def _write_migration(self, number: int) -> None:
        # Two thirds of the history also make models; each app's first migration makes its first.
        is_due = len(self._models) < self._model_count and (
            number * self._model_count * 3 >= len(self._models) * self._migrations * 2
        )
        app = self._apps[len(self._models) % len(self._apps)] if is_due else self._pick_app()
        name = f"{len(self._last[app]) + 1:04}_{'model' if is_due else 'change'}"
        self._dependencies, self._functions = set(), []
        if self._last[app]:
            self._dependencies.add(f"({app!r}, {self._last[app][-1]!r})")
        if is_due:
            operations = [self._create_model(app, name)]
        else:
            count = self._random.choices((1, 2, 3), (6, 3, 1))[0]
            operations = [self._operation(app) for _ in range(count)]
        self._last[app].append(name)
        lines = [
            "import django.db.models.deletion",
            "from django.conf import settings",
            "from django.db import migrations, models",
            *self._functions,
            "",
            "class Migration(migrations.Migration):",
            f"    dependencies = [{', '.join(sorted(self._dependencies))}]",
            "    operations = [",
            *(f"        {operation}," for operation in operations),
            "    ]",
            "",
        ]
        path = self._directory / app / "migrations" / f"{name}.py"
        path.write_text("\n".join(lines), encoding="utf-8")

    def _pick_app(self) -> str:
        return self._random.choice([app for app in self._apps if self._of_app[app]])

    def _create_model(self, app: str, migration: str) -> str:
        model = Model(app=app, name=f"Model{len(self._models):04}", made_in=migration)
        for _ in range(self._random.randint(3, 7)):
            model.columns[model.next_name("field")] = Column(*self._random.choice(FIELDS))
        if self._models and self._random.random() < 0.6:
            name = model.next_name("parent")
            model.columns[name] = self._relation(model, name, "ForeignKey")
        self._models.append(model)
        self._of_app[app].append(model)
        fields = [f"('id', models.BigAutoField({AUTO_KEY}))"]
        fields += [f"({name!r}, {column.source()})" for name, column in model.columns.items()]
        return (
            f"migrations.CreateModel(name={model.name!r}, fields=[{', '.join(fields)}], "
            f"options={{'verbose_name': {model.name!r}}})"
        )

    def _relation(self, model: Model, name: str, kind: str) -> Column:
        reverse = f"related_name='{model.name.lower()}_{name}'"
        if kind == "ForeignKey":
            reverse += (
                ", null=True, blank=True, on_delete=django.db.models.deletion."
                f"{self._random.choice(('CASCADE', 'SET_NULL'))}"
            )
        if self._random.random() < 0.1:
            self._dependencies.add(f"migrations.swappable_dependency({USER})")
            return Column(kind, reverse, target=f"to={USER}")
        others = [other for other in self._models if other is not model] or [model]
        # Most relations stay within the app.
        near = [other for other in others if other.app == model.app]
        target = self._random.choice(near if near and self._random.random() < 0.7 else others)
        if target.app != model.app:
            self._dependencies.add(f"({target.app!r}, {target.made_in!r})")
        return Column(kind, reverse, target=f"to='{target.app}.{target.name}'")

    def _operation(self, app: str) -> str:
        model = self._random.choice(self._of_app[app])
        kinds = list(OPERATIONS)
        while True:
            kind = self._random.choices(kinds, list(OPERATIONS.values()))[0]
            if source := getattr(self, f"_{kind}")(model):
                return str(source)

    def _add_field(self, model: Model) -> str:
        name = model.next_name("field")
        model.columns[name] = column = Column(*self._random.choice(FIELDS))
        return self._field_operation("AddField", model, name, column)

    def _add_foreign_key(self, model: Model) -> str:
        name = model.next_name("link")
        model.columns[name] = column = self._relation(model, name, "ForeignKey")
        return self._field_operation("AddField", model, name, column)

    def _add_many_to_many(self, model: Model) -> str:
        name = model.next_name("many")
        model.columns[name] = column = self._relation(model, name, "ManyToManyField")
        return self._field_operation("AddField", model, name, column)

    def _alter_field(self, model: Model) -> str:
        names = model.plain("CharField", "IntegerField", "TextField", "SlugField")
        if not names:
            return ""
        name = self._random.choice(names)
        column = model.columns[name]
        if column.kind == "IntegerField":
            column.kind = "BigIntegerField"
        elif column.kind == "CharField" and self._random.random() < 0.7:
            length = int(column.arguments.split("max_length=", 1)[1].split(",", 1)[0])
            column.arguments = column.arguments.replace(
                f"max_length={length}", f"max_length={length + 5}"
            )
        else:
            kept = column.arguments.split(", help_text=", 1)[0]
            column.arguments = f"{kept}, help_text='Text {self._random.randrange(10**6)}'"
        return self._field_operation("AlterField", model, name, column)

    def _field_operation(self, operation: str, model: Model, name: str, column: Column) -> str:
        return (
            f"migrations.{operation}(model_name={model.name.lower()!r}, name={name!r}, "
            f"field={column.source()})"
        )

    def _rename_field(self, model: Model) -> str:
        names = model.plain(free=True)
        if not names:
            return ""
        old, new = self._random.choice(names), model.next_name("renamed")
        model.columns[new] = model.columns.pop(old)
        return (
            f"migrations.RenameField(model_name={model.name.lower()!r}, old_name={old!r}, "
            f"new_name={new!r})"
        )

    def _remove_field(self, model: Model) -> str:
        names = [name for name, column in model.columns.items() if not column.is_used]
        if len(names) < 4:
            return ""
        name = self._random.choice(names)
        del model.columns[name]
        return f"migrations.RemoveField(model_name={model.name.lower()!r}, name={name!r})"

    def _use(self, model: Model, count: int, *kinds: str) -> list[str]:
        names = model.plain(*kinds)
        if len(names) < count:
            return []
        chosen = self._random.sample(names, count)
        for name in chosen:
            model.columns[name].is_used = True
        return chosen

    def _add_index(self, model: Model) -> str:
        kinds = ("CharField", "IntegerField", "BigIntegerField", "DateTimeField", "DateField")
        names = self._use(model, self._random.randint(1, 2), *kinds)
        if not names:
            return ""
        name = f"{model.next_name(model.name.lower() + '_')}_idx"
        index = f"models.Index(fields={names!r}, name={name!r})"
        model.indexes.append(index)
        return f"migrations.AddIndex(model_name={model.name.lower()!r}, index={index})"

    def _add_constraint(self, model: Model) -> str:
        name = f"{model.next_name(model.name.lower() + '_')}_con"
        if self._random.random() < 0.5:
            fields = self._use(model, 2, "CharField", "IntegerField", "BigIntegerField")
            constraint = f"models.UniqueConstraint(fields={fields!r}, name={name!r})"
        else:
            fields = self._use(model, 1, "IntegerField", "BigIntegerField", "DecimalField")
            condition = f"models.Q(**{{'{''.join(fields)}__gte': 0}})"
            constraint = f"models.CheckConstraint({CHECK}={condition}, name={name!r})"
        if not fields:
            return ""
        model.constraints.append(constraint)
        return (
            f"migrations.AddConstraint(model_name={model.name.lower()!r}, constraint={constraint})"
        )

    def _alter_options(self, model: Model) -> str:
        model.verbose_name = f"Name {self._random.randrange(10**6)}"
        return (
            f"migrations.AlterModelOptions(name={model.name.lower()!r}, "
            f"options={{'verbose_name': {model.verbose_name!r}}})"
        )

    def _run_python(self, model: Model) -> str:
        name = f"forwards{len(self._functions)}"
        self._functions += [
            "",
            f"def {name}(apps, schema_editor):",
            f"    apps.get_model({model.app!r}, {model.name!r}).objects.filter(pk=0).delete()",
        ]
        return f"migrations.RunPython({name}, migrations.RunPython.noop)"

    def _write_settings(self) -> None:
        apps = ["django.contrib.contenttypes", "django.contrib.auth", *self._apps]
        (self._directory / "settings.py").write_text(
            "SECRET_KEY = 'a-benchmark-needs-no-secret'\n"
            f"INSTALLED_APPS = {apps!r}\n"
            f"DATABASES = {{'default': {SQLITE}}}\n"
            "DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\n"
            "USE_TZ = True\n",
            encoding="utf-8",
        )
        (self._directory / "manage.py").write_text(
            "import os\nimport sys\n\n"
            "from django.core.management import execute_from_command_line\n\n"
            "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"
            "execute_from_command_line(sys.argv)\n",
            encoding="utf-8",
        )


def write_project(directory: Path, *, migrations: int, models: int, apps: int = 0) -> Path:
    """Write a project and return its directory.

    Parameters
    ----------
    directory
        Empty, or not there.
    apps
        How many apps share the models; 0: one for twenty models.
    """
    count = apps or max(2, models // 20)
    Writer(directory, migrations=migrations, models=models, apps=count).write()
    return directory


def main() -> None:
    """Write a project where the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--migrations", type=int, default=1000)
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--apps", type=int, default=0)
    options = parser.parse_args()
    write_project(
        options.directory,
        migrations=options.migrations,
        models=options.models,
        apps=options.apps,
    )


if __name__ == "__main__":
    main()
