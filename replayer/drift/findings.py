"""Makes findings of the operations that ``makemigrations`` would write."""

from __future__ import annotations

import ast
import dataclasses
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.migrations import operations as ops

from replayer.drift.attributes import Differing, field_differences, option_differences
from replayer.drift.places import Setter, Setters
from replayer.drift.written import field_text, operation_text, written
from replayer.findings import Attribute, DriftClass, Finding
from replayer.model import ModelKey
from replayer.rules import RULES_BY_ID, Severity
from replayer.sources import is_first_party

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.drift.classify import Judged
    from replayer.drift.detect import Detected
    from replayer.model import Dialect, Source
    from replayer.sources import Sources

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
class _Draft:
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


class Teller:
    """Turns judged operations into findings.

    Parameters
    ----------
    roots
        The directories of the project: code outside them is a third party's.
    """

    def __init__(
        self, detected: Detected, setters: Setters, sources: Sources, roots: Sequence[str]
    ) -> None:
        self._detected = detected
        self._setters = setters
        self._sources = sources
        self._roots = tuple(roots)
        self._drafts: dict[tuple[str, ModelKey, str, str], _Draft] = {}
        self._added: set[ModelKey] = set()
        self._removed: set[ModelKey] = set()
        self._names: dict[ModelKey, str] = {}

    def tell(self, judged: Iterable[Judged]) -> tuple[tuple[Finding, tuple[int, ...]], ...]:
        """Return the findings, each with the positions of its operations, and possible renames."""
        listed = list(judged)
        for one in listed:
            if isinstance(one.found.operation, ops.CreateModel):
                self._added.add(one.key)
            elif isinstance(one.found.operation, ops.DeleteModel):
                self._removed.add(one.key)
        for index, one in enumerate(listed):
            state = one.after or one.before
            if state is not None:
                self._names[one.key] = state.name
            draft = self._draft(one)
            draft.operations.append(one.found.operation)
            draft.dialects.update(one.dialects)
            draft.indexes.append(index)
        found: list[tuple[Finding, tuple[int, ...]]] = []
        for draft in self._drafts.values():
            found.extend((finding, tuple(draft.indexes)) for finding in self._findings(draft))
        found.extend((finding, ()) for finding in self._renames(listed))
        return tuple(found)

    def unseen(self, key: ModelKey, dialects: Sequence[Dialect]) -> Finding:
        """Return the finding of a model that renders another schema without Django noticing."""
        model = self._detected.models[key]
        words = ", ".join(dialect.value for dialect in dialects)
        setter = self._setters.find(key)
        draft = _Draft(
            rule_id="R113",
            key=key,
            message=f"{self._label(key)} renders another schema than its migrations ({words}), "
            "which makemigrations does not see",
            dialects=set(dialects),
            source=self._sources.model_source(model),
            setter=setter,
        )
        return self._finding(draft, (), DriftClass.SCHEMA)

    # Drafts.

    def _draft(self, one: Judged) -> _Draft:
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

    def _get(self, rule_id: str, key: ModelKey, field: str = "", subject: str = "") -> _Draft:
        place = (rule_id, key, field, subject)
        return self._drafts.setdefault(
            place, _Draft(rule_id=rule_id, key=key, field=field, subject=subject)
        )

    def _of_model(self, rule_id: str, key: ModelKey, text: str) -> _Draft:
        draft = self._get(rule_id, key)
        if not draft.message:
            name = self._names.get(key, key.model_name)
            is_added = rule_id == "R101"
            draft.message = f"the model {key.app_label}.{name} {text}"
            draft.changes = [
                Attribute("model", None if is_added else name, name if is_added else None)
            ]
            model = self._detected.models.get(key)
            draft.source = self._sources.model_source(model) if is_added and model else None
            draft.setter = None if is_added else self._setters.find(key)
        return draft

    def _of_field(self, one: Judged, operation: Any) -> _Draft:  # noqa: ANN401 - of a field
        name = operation.name
        label = f"{self._label(one.key)}.{name}"
        old = one.before.fields.get(name) if one.before is not None else None
        new = one.after.fields.get(name) if one.after is not None else None
        if isinstance(operation, ops.AlterField) and old is not None and new is not None:
            draft = self._get("R105", one.key, name)
            model = self._detected.models.get(one.key)
            live = self._live_field(one.key, name)
            draft.differing = field_differences(
                old,
                live if live is not None else new,
                model=model,
                expression_of=lambda argument: self._expression(model, name, argument),
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
        draft.source = self._field_source(one.key, name)
        if not isinstance(operation, ops.AddField):
            draft.setter = self._setters.find(one.key, field=name)
        return draft

    def _of_named(self, one: Judged, operation: Any, *, is_index: bool) -> _Draft:  # noqa: ANN401
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
        draft.message = f"the {noun} {name!r} of {self._label(one.key)} {how}"
        model = self._detected.models.get(one.key)
        if model is not None:
            draft.source = self._meta_source(model, option, name)
        draft.setter = self._setters.find(one.key, name=name) or draft.setter
        return draft

    def _of_options(self, one: Judged, kind: str) -> _Draft:
        option = _MODEL_OPTIONS.get(kind)
        model = self._detected.models.get(one.key)
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
        draft.message = f"the options of {self._label(one.key)} differ from its migrations: {parts}"
        if model is not None:
            first = draft.changes[0].name if draft.changes else None
            draft.source = self._meta_source(model, first, None)
        draft.setter = self._setters.find(one.key)
        return draft

    # Findings.

    def _findings(self, draft: _Draft) -> Iterable[Finding]:
        """Return the finding of a draft, and apart from it that of its flickering attributes."""
        if draft.rule_id != "R105":
            yield self._finding(draft, draft.changes, self._class_of(draft))
            return
        flickering = [one for one in draft.differing if one.flicker is not None]
        steady = [one for one in draft.differing if one.flicker is None]
        if flickering:
            first = flickering[0].flicker
            parts = ", ".join(one.attribute.name for one in flickering)
            reason = "; ".join(
                f"{one.attribute.name}: {one.flicker.reason}"
                for one in flickering
                if one.flicker is not None
            )
            noisy = replace(
                draft,
                rule_id=first.rule_id if first is not None else "R201",
                message=f"the field {self._label(draft.key)}.{draft.field} differs from its "
                f"migrations at every run: {parts}",
            )
            changes = [one.attribute for one in flickering]
            if any(one.flicker is not None and one.flicker.rule_id == "R201" for one in flickering):
                # They would tell the order of this run; a report is the same at every run.
                noisy = replace(noisy, operations=[])
            yield self._finding(noisy, changes, DriftClass.FLICKER, reason=reason)
        if not steady and flickering:
            return
        parts = ", ".join(one.attribute.name for one in steady)
        label = f"{self._label(draft.key)}.{draft.field}"
        rest = replace(draft, message=f"the field {label} differs from its migrations: {parts}")
        swap = self._swap(steady)
        if swap:
            rest = replace(rest, rule_id="R206")
            changes = [one.attribute for one in steady]
            yield self._finding(rest, changes, DriftClass.SWAPPABLE, reason=swap)
            return
        kind = self._class_of(rest)
        yield self._finding(rest, [one.attribute for one in steady], kind)

    def _class_of(self, draft: _Draft) -> DriftClass:
        return DriftClass.SCHEMA if draft.dialects else DriftClass.STATE_ONLY

    def _finding(
        self,
        draft: _Draft,
        changes: Sequence[Attribute],
        kind: DriftClass,
        reason: str = "",
    ) -> Finding:
        rule_id = draft.rule_id
        if kind is DriftClass.STATE_ONLY and rule_id in {"R105", "R106", "R107", "R108", "R109"}:
            rule_id = "R110"
        rule = RULES_BY_ID[rule_id]
        severity = rule.severity
        if kind is DriftClass.STATE_ONLY:
            severity = Severity.WARNING
        if not self.is_first_party(draft.key.app_label):
            rule = RULES_BY_ID["R205" if _is_auto_field(draft.field, changes) else "R204"]
            does = "changes the schema" if draft.dialects else "changes no schema"
            kind, severity, reason = DriftClass.THIRD_PARTY, rule.severity, reason or does
        setter = draft.setter
        app = draft.key.app_label
        return Finding(
            rule_id=rule.id,
            drift_class=kind,
            severity=severity,
            app_label=app,
            model=self._names.get(draft.key) or self._name_of(draft.key),
            field=draft.field,
            subject=draft.subject,
            message=draft.message,
            changes=tuple(changes),
            source=draft.source,
            migration=setter.migration if setter else None,
            migration_source=setter.source if setter else None,
            operations=tuple(operation_text(operation) for operation in draft.operations),
            hint=rule.cure_for(app=app, migration=setter.migration.name if setter else "MIGRATION"),
            reason=reason,
        )

    def _renames(self, judged: Sequence[Judged]) -> Iterable[Finding]:
        for rename in self._detected.model_renames:
            new = ModelKey(rename.app_label, rename.new.lower())
            old = ModelKey(rename.app_label, rename.old.lower())
            draft = _Draft(
                rule_id="R111",
                key=new,
                subject=f"{rename.old} -> {rename.new}",
                message=f"the model {rename.app_label}.{rename.new} looks like {rename.old} under "
                "a new name",
                source=self._model_source(new),
                setter=self._setters.find(old),
            )
            change = Attribute("name", rename.old, rename.new)
            yield self._finding(draft, [change], DriftClass.SCHEMA)
        fields = {
            (one.key, one.found.operation.name)
            for one in judged
            if isinstance(one.found.operation, ops.AddField)
        }
        for name in self._detected.field_renames:
            for key, added in sorted(fields):
                if key.model_name != name.model or added != name.new:
                    continue
                draft = _Draft(
                    rule_id="R111",
                    key=key,
                    field=name.new,
                    subject=f"{name.old} -> {name.new}",
                    message=f"the field {self._label(key)}.{name.new} looks like {name.old} under "
                    "a new name",
                    source=self._field_source(key, name.new),
                    setter=self._setters.find(key, field=name.old),
                )
                change = Attribute("name", name.old, name.new)
                yield self._finding(draft, [change], DriftClass.SCHEMA)

    def is_first_party(self, app_label: str) -> bool:
        """Return whether an app's code lies in the project."""
        from django.apps import apps

        try:
            path = apps.get_app_config(app_label).path
        except LookupError:
            return True
        return any(is_first_party(path, root) for root in self._roots)

    # Names, values and places.

    def _swap(self, steady: Sequence[Differing]) -> str:
        """Return why a difference comes from a swapped model, or an empty text."""
        if [one.attribute.name for one in steady] != ["to"]:
            return ""
        from django.apps import apps

        for target in (steady[0].old, steady[0].new):
            if not isinstance(target, str) or "." not in target:
                continue
            try:
                model = apps.get_model(target, require_ready=False)
            except (LookupError, ValueError):
                continue
            if model._meta.swapped:  # noqa: SLF001 - Django's public name
                return f"{model._meta.label} is swapped for {model._meta.swapped}"  # noqa: SLF001
        return ""

    def _label(self, key: ModelKey) -> str:
        return f"{key.app_label}.{self._names.get(key) or self._name_of(key)}"

    def _name_of(self, key: ModelKey) -> str:
        model = self._detected.models.get(key)
        return str(model._meta.object_name) if model is not None else key.model_name  # noqa: SLF001

    def _live_field(self, key: ModelKey, name: str) -> Any:  # noqa: ANN401 - a field or None
        model = self._detected.models.get(key)
        if model is None:
            return None
        meta = model._meta  # noqa: SLF001 - Django's public name
        for found in (*meta.local_fields, *meta.local_many_to_many):
            if found.name == name:
                return found
        return None

    def _model_source(self, key: ModelKey) -> Source | None:
        model = self._detected.models.get(key)
        return self._sources.model_source(model) if model is not None else None

    def _field_source(self, key: ModelKey, name: str) -> Source | None:
        model = self._detected.models.get(key)
        if model is None:
            return None
        return self._sources.field_source(model, name) or self._sources.model_source(model)

    def _meta_source(self, model: Any, option: str | None, item: str | None) -> Source | None:  # noqa: ANN401
        found = self._sources.meta_source(model, option, item)
        return found or self._sources.meta_source(model) or self._sources.model_source(model)

    def _expression(self, model: Any, field: str, argument: str) -> ast.AST | None:  # noqa: ANN401
        """Return the expression of a field's argument, read again at its place."""
        place = self._sources.field_source(model, field) if model is not None else None
        if place is None or place.end_line is None:
            return None
        try:
            with open(place.path, encoding="utf-8") as file:  # noqa: PTH123 - a path as imported
                lines = file.read().splitlines()[place.line - 1 : place.end_line]
            tree = ast.parse("\n".join(lines).strip())
        except (OSError, SyntaxError, ValueError):
            return None
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == argument:
                return node.value
        return None


def _named(state: Any, option: str, name: str) -> object | None:  # noqa: ANN401 - a ModelState
    things: Sequence[Any] = state.options.get(option, ()) if state is not None else ()
    return next((thing for thing in things if thing.name == name), None)


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, set | frozenset) else value


def _managers(state: Any) -> str:  # noqa: ANN401 - a ModelState
    return ", ".join(f"{name}: {written(manager)}" for name, manager in state.managers)


def _is_auto_field(field: str, changes: Sequence[Attribute]) -> bool:
    return (
        bool(field)
        and [change.name for change in changes] == ["type"]
        and all(
            side is not None and side.endswith("AutoField")
            for change in changes
            for side in (change.old, change.new)
        )
    )
