"""Drafts of findings: what ``makemigrations`` would write, gathered by what it is about."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.migrations import operations as ops

from replayer.drift.attributes import Differing, field_differences, option_differences
from replayer.drift.written import field_text, written
from replayer.findings import Attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.drift.classify import Judged
    from replayer.drift.places import Setter, Setters
    from replayer.drift.subjects import Subjects
    from replayer.model import Dialect, ModelKey, Source

_MODEL_OPTIONS = {
    "AlterUniqueTogether": "unique_together",
    "AlterIndexTogether": "index_together",
    "AlterModelTable": "db_table",
    "AlterModelTableComment": "db_table_comment",
    "AlterOrderWithRespectTo": "order_with_respect_to",
}
_OF_INDEX = ("AddIndex", "RemoveIndex", "RenameIndex")
_OF_CONSTRAINT = ("AddConstraint", "RemoveConstraint", "AlterConstraint")


@dataclass(slots=True)
class Draft:
    """What becomes one finding: the operations on one thing."""

    rule_id: str
    key: ModelKey
    field: str = ""
    subject: str = ""
    message: str = ""
    changes: list[Attribute] = dataclasses.field(default_factory=list)
    differing: tuple[Differing, ...] = ()
    operations: list[Any] = dataclasses.field(default_factory=list)
    dialects: set[Dialect] = dataclasses.field(default_factory=set)
    source: Source | None = None
    setter: Setter | None = None
    indexes: list[int] = dataclasses.field(default_factory=list)
    """The positions of the operations among all that were found."""


class Drafter:
    """Gathers judged operations into drafts, one for each thing that differs."""

    def __init__(self, subjects: Subjects, setters: Setters) -> None:
        self._subjects = subjects
        self._setters = setters
        self._drafts: dict[tuple[str, ModelKey, str, str], Draft] = {}
        self._added: set[ModelKey] = set()
        self._removed: set[ModelKey] = set()

    def drafts(self, judged: Iterable[Judged]) -> tuple[Draft, ...]:
        """Return the drafts, in the order of their first operations."""
        listed = list(judged)
        for one in listed:
            if isinstance(one.found.operation, ops.CreateModel):
                self._added.add(one.key)
            elif isinstance(one.found.operation, ops.DeleteModel):
                self._removed.add(one.key)
        for index, one in enumerate(listed):
            state = one.after or one.before
            if state is not None:
                self._subjects.note_name(one.key, state.name)
            draft = self._draft(one)
            draft.operations.append(one.found.operation)
            draft.dialects.update(one.dialects)
            draft.indexes.append(index)
        return tuple(self._drafts.values())

    def _draft(self, one: Judged) -> Draft:
        operation: Any = one.found.operation
        kind = type(operation).__name__
        if one.key in self._added and not isinstance(operation, ops.DeleteModel):
            return self._of_model("R101", one.key, "is in models.py and in no migration")
        if one.key in self._removed:
            return self._of_model("R102", one.key, "is made by the migrations and not in models.py")
        if isinstance(operation, ops.AddField | ops.RemoveField | ops.AlterField):
            return self._of_field(one, operation)
        if kind in _OF_INDEX or kind in _OF_CONSTRAINT:
            return self._of_named(one, operation, is_index=kind in _OF_INDEX)
        return self._of_options(one, kind)

    def _get(self, rule_id: str, key: ModelKey, field: str = "", subject: str = "") -> Draft:
        place = (rule_id, key, field, subject)
        return self._drafts.setdefault(
            place, Draft(rule_id=rule_id, key=key, field=field, subject=subject)
        )

    def _of_model(self, rule_id: str, key: ModelKey, text: str) -> Draft:
        draft = self._get(rule_id, key)
        if not draft.message:
            name = self._subjects.name(key)
            is_added = rule_id == "R101"
            draft.message = f"the model {self._subjects.label(key)} {text}"
            draft.changes = [
                Attribute("model", None if is_added else name, name if is_added else None)
            ]
            draft.source = self._subjects.model_source(key) if is_added else None
            draft.setter = None if is_added else self._setters.find(key)
        return draft

    def _of_field(self, one: Judged, operation: Any) -> Draft:  # noqa: ANN401 - of a field
        name = operation.name
        label = f"{self._subjects.label(one.key)}.{name}"
        old = one.before.fields.get(name) if one.before is not None else None
        new = one.after.fields.get(name) if one.after is not None else None
        if isinstance(operation, ops.AlterField) and old is not None and new is not None:
            draft = self._get("R105", one.key, name)
            live = self._subjects.field(one.key, name)
            draft.differing = field_differences(
                old,
                live if live is not None else new,
                model=self._subjects.models.get(one.key),
                expression_of=lambda argument: self._subjects.expression(one.key, name, argument),
            )
            parts = ", ".join(differing.attribute.name for differing in draft.differing)
            draft.message = f"the field {label} differs from its migrations: {parts}"
        else:
            is_added = isinstance(operation, ops.AddField)
            draft = self._get("R103" if is_added else "R104", one.key, name)
            draft.message = (
                f"the field {label} is in models.py and in no migration"
                if is_added
                else f"the field {label} is made by the migrations and not in models.py"
            )
            draft.changes = [
                Attribute(
                    "field",
                    None if old is None else field_text(old),
                    field_text(operation.field) if is_added else None,
                )
            ]
        draft.source = self._subjects.field_source(one.key, name)
        if not isinstance(operation, ops.AddField):
            draft.setter = self._setters.find(one.key, field=name)
        return draft

    def _of_named(self, one: Judged, operation: Any, *, is_index: bool) -> Draft:  # noqa: ANN401
        option = "indexes" if is_index else "constraints"
        thing = getattr(operation, "index", None) or getattr(operation, "constraint", None)
        name = getattr(thing, "name", None) or getattr(operation, "name", None)
        name = str(name or getattr(operation, "new_name", None) or operation.describe())
        draft = self._get("R106" if is_index else "R107", one.key, subject=name)
        old, new = (_named(state, option, name) for state in (one.before, one.after))
        noun = "index" if is_index else "constraint"
        known = draft.changes[0].old if draft.changes else (None if old is None else written(old))
        draft.changes = [Attribute(noun, known, None if new is None else written(new))]
        if known is not None and new is not None:
            how = "differs from its migrations"
        elif new is not None:
            how = "is in models.py and in no migration"
        else:
            how = "is made by the migrations and not in models.py"
        draft.message = f"the {noun} {name!r} of {self._subjects.label(one.key)} {how}"
        draft.source = self._subjects.meta_source(one.key, option, name)
        draft.setter = self._setters.find(one.key, name=name) or draft.setter
        return draft

    def _of_options(self, one: Judged, kind: str) -> Draft:
        option = _MODEL_OPTIONS.get(kind)
        before = one.before.options if one.before is not None else {}
        after = one.after.options if one.after is not None else {}
        rule = "R108" if option in {"unique_together", "index_together"} else "R109"
        if kind == "AlterModelManagers":
            old = [name for name, _ in one.before.managers]
            new = [name for name, _ in one.after.managers]
            differing = [Attribute("managers", written(old), written(new))]
            if old == new:
                differing = [Attribute("managers", _managers(one.before), _managers(one.after))]
        else:
            names = {option} if option else {*before, *after} - set(_MODEL_OPTIONS.values())
            names -= {"indexes", "constraints"}
            differing = [
                found.attribute
                for found in option_differences(
                    {key: _sorted(value) for key, value in before.items() if key in names},
                    {key: _sorted(value) for key, value in after.items() if key in names},
                )
            ]
        draft = self._get(rule, one.key, subject=option or kind)
        known = {change.name: change for change in draft.changes}
        for change in differing:
            earlier = known.get(change.name)
            old_text = earlier.old if earlier is not None else change.old
            known[change.name] = Attribute(change.name, old_text, change.new)
        draft.changes = [known[name] for name in sorted(known)]
        parts = ", ".join(change.name for change in draft.changes) or option or kind
        label = self._subjects.label(one.key)
        draft.message = f"the options of {label} differ from its migrations: {parts}"
        first = draft.changes[0].name if draft.changes else None
        draft.source = self._subjects.meta_source(one.key, first, None)
        draft.setter = self._setters.find(one.key)
        return draft


def _named(state: Any, option: str, name: str) -> object | None:  # noqa: ANN401 - a ModelState
    things: Sequence[Any] = state.options.get(option, ()) if state is not None else ()
    return next((thing for thing in things if thing.name == name), None)


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, set | frozenset) else value


def _managers(state: Any) -> str:  # noqa: ANN401 - a ModelState
    return ", ".join(f"{name}: {written(manager)}" for name, manager in state.managers)
