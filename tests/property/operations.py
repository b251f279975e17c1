"""Random histories: sequences of operations that Django's state takes, over two apps."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from hypothesis import strategies as st

from replayer.history.disk import Disk
from replayer.model import MigrationKey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LABELS = ("alpha", "beta")
MODEL_NAMES = ("Author", "Book", "Genre", "Shelf", "Tag")
FIELD_NAMES = ("code", "note", "rank", "size", "title", "when")

Draw = Any
Operations = "list[tuple[str, ops.base.Operation]]"


def plain_fields(draw: Draw) -> Any:
    """A field without relations; the kinds differ in what a server makes of them."""
    kind = draw(st.sampled_from(("char", "integer", "positive", "slug", "date", "decimal", "bool")))
    options: dict[str, Any] = {"null": draw(st.booleans())}
    if kind != "bool":
        extra = draw(st.sampled_from(("", "", "db_index", "unique")))
        if extra:
            options[extra] = True
    if draw(st.integers(0, 7)) == 0:
        options["db_column"] = draw(st.sampled_from(("Odd name", "weird", "col")))
    if kind == "char":
        return models.CharField(max_length=draw(st.sampled_from((10, 40))), default="x", **options)
    if kind == "slug":
        return models.SlugField(default="x", **options)
    if kind == "date":
        options["null"] = True
        return models.DateField(**options)
    if kind == "decimal":
        return models.DecimalField(max_digits=8, decimal_places=2, default=0, **options)
    if kind == "bool":
        return models.BooleanField(default=False, **options)
    if kind == "positive":
        return models.PositiveIntegerField(default=0, **options)
    return models.IntegerField(default=0, **options)


def key_fields(draw: Draw) -> Any:
    """A primary key."""
    return draw(
        st.sampled_from(
            (
                models.AutoField(primary_key=True, serialize=False),
                models.BigAutoField(primary_key=True, serialize=False),
                models.BigAutoField(primary_key=True, serialize=False),
                models.CharField(primary_key=True, serialize=False, max_length=12),
            )
        )
    ).clone()


class Author:
    """Writes operations one after the other, each valid for the state that the last one left."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.state = ProjectState()
        self.written: list[tuple[str, Any]] = []
        self._number = 0

    def write(self, count: int) -> None:
        """Write some operations; the first makes a model."""
        for _ in range(count):
            choices = self._choices()
            self.draw(st.sampled_from(choices))()

    def add(self, label: str, operation: Any) -> None:
        self.written.append((label, operation))
        copy.deepcopy(operation).state_forwards(label, self.state)

    def _choices(self) -> list[Callable[[], None]]:
        keys = sorted(self.state.models)
        if not keys:
            return [self.create_model]
        always = [self.create_model, self.add_field, self.add_field, self.add_foreign_key]
        always += [self.rename_model, self.alter_table, self.add_many_to_many, self.alter_key]
        if any(self._columns(key) for key in keys):
            always += [self.alter_field, self.alter_field, self.rename_field, self.rename_field]
            always += [self.remove_field, self.unique_together, self.add_index]
            always += [self.add_constraint]
        if any(state.options.get("indexes") for state in self.state.models.values()):
            always += [self.remove_index, self.rename_index]
        if any(state.options.get("constraints") for state in self.state.models.values()):
            always.append(self.remove_constraint)
        if any(self._is_alone(key) for key in keys):
            always.append(self.delete_model)
        return always

    def _model(self, *, having: Callable[[Any], object] = bool) -> Any:
        return self.draw(st.sampled_from([k for k in sorted(self.state.models) if having(k)]))

    def _columns(self, key: Any) -> list[str]:
        """The plain fields of a model that no constraint, index or condition names."""
        state = self.state.models[key]
        return [
            name
            for name, field in state.fields.items()
            if not field.primary_key and field.remote_field is None
        ]

    def _used(self, key: Any) -> set[str]:
        options = self.state.models[key].options
        names = {name for names in options.get("unique_together") or () for name in names}
        names.update(name for index in options.get("indexes", ()) for name in index.fields)
        for constraint in options.get("constraints", ()):
            names.update(getattr(constraint, "fields", ()))
            names.update(
                part[0]
                for holder in ("check", "condition")
                for part in getattr(getattr(constraint, holder, None), "children", ())
            )
        return {name.removesuffix("__gte") for name in names}

    def _is_alone(self, key: Any) -> bool:
        target = f"{key[0]}.{key[1]}"
        return not any(
            str(field.remote_field.model).lower() in {target, "self"}
            for state in self.state.models.values()
            for field in state.fields.values()
            if field.remote_field is not None
        )

    def _fresh(self, key: Any) -> str | None:
        taken = {name.removesuffix("_id") for name in self.state.models[key].fields}
        names = [name for name in FIELD_NAMES if name not in taken]
        return self.draw(st.sampled_from(names)) if names else None

    def _name(self, word: str) -> str:
        self._number += 1
        return f"{word}_{self._number}"

    def create_model(self) -> None:
        label = self.draw(st.sampled_from(LABELS))
        names = [n for n in MODEL_NAMES if (label, n.lower()) not in self.state.models]
        if not names:
            return
        name = self.draw(st.sampled_from(names))
        columns = self.draw(st.lists(st.sampled_from(FIELD_NAMES), unique=True, max_size=3))
        fields: list[tuple[str, Any]] = [("id", key_fields(self.draw))]
        fields += [(column, plain_fields(self.draw)) for column in columns]
        options: dict[str, Any] = {}
        if len(columns) > 1 and self.draw(st.booleans()):
            options["unique_together"] = {tuple(columns[:2])}
        self.add(label, ops.CreateModel(name=name, fields=fields, options=options))

    def delete_model(self) -> None:
        label, name = self._model(having=self._is_alone)
        self.add(label, ops.DeleteModel(name=self.state.models[label, name].name))

    def rename_model(self) -> None:
        label, name = self._model()
        names = [n for n in MODEL_NAMES if (label, n.lower()) not in self.state.models]
        if names:
            old = self.state.models[label, name].name
            self.add(label, ops.RenameModel(old, self.draw(st.sampled_from(names))))

    def alter_table(self) -> None:
        label, name = self._model()
        table = self.draw(st.sampled_from((None, self._name("tbl"))))
        self.add(label, ops.AlterModelTable(name, table))

    def add_field(self) -> None:
        key = self._model()
        field = self._fresh(key)
        if field:
            self.add(key[0], ops.AddField(key[1], field, plain_fields(self.draw)))

    def _target(self) -> str:
        label, name = self._model()
        return f"{label}.{self.state.models[label, name].name}"

    def add_foreign_key(self) -> None:
        key = self._model()
        field = self._fresh(key)
        if field:
            kind = self.draw(st.sampled_from((models.ForeignKey, models.OneToOneField)))
            relation: Any = kind(self._target(), models.CASCADE, null=True, related_name="+")
            self.add(key[0], ops.AddField(key[1], field, relation))

    def add_many_to_many(self) -> None:
        key = self._model()
        field = self._fresh(key)
        if field:
            relation: Any = models.ManyToManyField(self._target(), related_name="+")
            self.add(key[0], ops.AddField(key[1], field, relation))

    def alter_key(self) -> None:
        key = self._model()
        state = self.state.models[key]
        name, field = next((n, f) for n, f in state.fields.items() if f.primary_key)
        if isinstance(field, models.AutoField):
            new: Any = models.BigAutoField(primary_key=True, serialize=False)
        elif isinstance(field, models.CharField):
            new = models.CharField(
                primary_key=True, serialize=False, max_length=(field.max_length or 0) + 8
            )
        else:
            return
        self.add(key[0], ops.AlterField(key[1], name, new))

    def alter_field(self) -> None:
        """Change how a column is held, not what it means: any server can convert it."""
        key = self._model(having=self._columns)
        name = self.draw(st.sampled_from(self._columns(key)))
        field = self.state.models[key].fields[name].clone()
        change = self.draw(st.sampled_from(("null", "db_index", "unique", "length", "help", "col")))
        if change == "null" and field.has_default():
            field.null = not field.null
        elif change in {"db_index", "unique"} and not isinstance(field, models.BooleanField):
            attribute = "_unique" if change == "unique" else "db_index"
            setattr(field, attribute, not getattr(field, attribute))
        elif change == "length" and field.max_length:
            field.max_length += 7
        elif change == "help":
            field.help_text = self._name("help")
        elif change == "col":
            field.db_column = self._name("col")
        else:
            return
        self.add(key[0], ops.AlterField(key[1], name, field.clone()))

    def rename_field(self) -> None:
        key = self._model()
        names = [n for n, f in self.state.models[key].fields.items() if not f.primary_key]
        new = self._fresh(key)
        checked = {
            part[0].removesuffix("__gte")
            for constraint in self.state.models[key].options.get("constraints", ())
            for holder in ("check", "condition")
            for part in getattr(getattr(constraint, holder, None), "children", ())
        }
        names = [name for name in names if name not in checked]
        if new and names:
            self.add(key[0], ops.RenameField(key[1], self.draw(st.sampled_from(names)), new))

    def remove_field(self) -> None:
        key = self._model()
        fields = self.state.models[key].fields
        names = [n for n, f in fields.items() if not f.primary_key and n not in self._used(key)]
        if names:
            self.add(key[0], ops.RemoveField(key[1], self.draw(st.sampled_from(names))))

    def unique_together(self) -> None:
        key = self._model(having=self._columns)
        columns = self._columns(key)
        together = {tuple(columns[:2])} if len(columns) > 1 and self.draw(st.booleans()) else set()
        self.add(key[0], ops.AlterUniqueTogether(key[1], together))

    def add_index(self) -> None:
        key = self._model(having=self._columns)
        columns = self._columns(key)[: self.draw(st.integers(1, 2))]
        index = models.Index(fields=columns, name=self._name("idx"))
        self.add(key[0], ops.AddIndex(key[1], index))

    def _having(self, option: str) -> tuple[Any, Any]:
        models_ = self.state.models
        key = self._model(having=lambda k: models_[k].options.get(option))
        return key, self.draw(st.sampled_from(models_[key].options[option]))

    def remove_index(self) -> None:
        key, index = self._having("indexes")
        self.add(key[0], ops.RemoveIndex(key[1], index.name))

    def rename_index(self) -> None:
        key, index = self._having("indexes")
        rename = ops.RenameIndex(key[1], new_name=self._name("ren"), old_name=index.name)
        self.add(key[0], rename)

    def add_constraint(self) -> None:
        key = self._model(having=self._columns)
        columns = self._columns(key)
        fields = self.state.models[key].fields
        numbers = [n for n in columns if isinstance(fields[n], models.IntegerField)]
        name = self._name("con")
        constraint: Any = models.UniqueConstraint(fields=columns[:2], name=name)
        if numbers and self.draw(st.booleans()):
            condition = models.Q((f"{numbers[0]}__gte", 0))
            constraint = models.UniqueConstraint(fields=columns[:1], condition=condition, name=name)
        self.add(key[0], ops.AddConstraint(key[1], constraint))

    def remove_constraint(self) -> None:
        key, constraint = self._having("constraints")
        self.add(key[0], ops.RemoveConstraint(key[1], constraint.name))


@st.composite
def operation_lists(draw: Draw, max_size: int = 14) -> list[tuple[str, Any]]:
    """Operations, each with the label of the app whose migration holds it."""
    author = Author(draw)
    author.write(draw(st.integers(1, max_size)))
    return author.written


def disk_of(written: Sequence[tuple[str, Any]], breaks: int = 3) -> Disk:
    """Return migrations in one line that hold copies of the operations.

    Parameters
    ----------
    breaks
        How many operations stand in one migration at most; an app's change ends one too.
    """
    migrations: dict[MigrationKey, Any] = {}
    last: Any = None
    for label, operation in written:
        if last is None or last.app_label != label or len(last.operations) >= breaks:
            number = sum(key.app_label == label for key in migrations) + 1
            following: Any = Migration(f"{number:04}", label)
            following.initial = number == 1
            following.dependencies = [] if last is None else [(last.app_label, last.name)]
            following.operations = []
            migrations[MigrationKey(label, following.name)] = last = following
        last.operations.append(copy.deepcopy(operation))
    return Disk(
        migrations=migrations,
        paths={},
        migrated_apps=frozenset(key.app_label for key in migrations),
        unmigrated_apps=frozenset(),
        failed=frozenset(),
        faults=(),
        warnings=(),
    )
