"""Makes findings of the operations that ``makemigrations`` would write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.drift.drafts import Draft, Drafter
from replayer.drift.renames import renames
from replayer.drift.written import operation_text
from replayer.findings import DriftClass, Finding
from replayer.rules import RULES_BY_ID, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from replayer.drift.attributes import Differing
    from replayer.drift.classify import Judged
    from replayer.drift.detect import Detected
    from replayer.drift.ownership import Ownership
    from replayer.drift.places import Setters
    from replayer.drift.subjects import Subjects
    from replayer.findings import Attribute
    from replayer.model import Dialect, ModelKey

_CAN_BE_STATE_ONLY = frozenset({"R105", "R106", "R107", "R108", "R109"})


class Teller:
    """Turns judged operations into findings.

    Parameters
    ----------
    dialects
        Those for which schemas are compared, in the order asked.
    """

    def __init__(
        self,
        detected: Detected,
        subjects: Subjects,
        setters: Setters,
        ownership: Ownership,
        dialects: Sequence[Dialect],
    ) -> None:
        self._detected = detected
        self._subjects = subjects
        self._setters = setters
        self._ownership = ownership
        self._dialects = tuple(dialects)

    def tell(self, judged: Iterable[Judged]) -> tuple[tuple[Finding, tuple[int, ...]], ...]:
        """Return the findings, each with the positions of its operations, and possible renames."""
        listed = list(judged)
        found: list[tuple[Finding, tuple[int, ...]]] = []
        for draft in Drafter(self._subjects, self._setters).drafts(listed):
            found.extend((finding, tuple(draft.indexes)) for finding in self._findings(draft))
        found.extend(
            (self._finding(draft, draft.changes, DriftClass.SCHEMA), ())
            for draft in renames(self._detected, listed, self._subjects, self._setters)
        )
        return tuple(found)

    def unseen(self, key: ModelKey, dialects: Sequence[Dialect]) -> Finding:
        """Return the finding of a model that renders another schema without Django noticing."""
        words = ", ".join(dialect.value for dialect in dialects)
        draft = Draft(
            rule_id="R113",
            key=key,
            message=f"{self._subjects.label(key)} renders another schema than its migrations "
            f"({words}), which makemigrations does not see",
            dialects=set(dialects),
            source=self._subjects.model_source(key),
            setter=self._setters.find(key),
        )
        return self._finding(draft, (), DriftClass.SCHEMA)

    def _findings(self, draft: Draft) -> Iterator[Finding]:
        """Yield the finding of a draft, and apart from it that of its flickering attributes."""
        if draft.rule_id != "R105":
            yield self._finding(draft, draft.changes, _class_of(draft))
            return
        flickering = [one for one in draft.differing if one.flicker is not None]
        steady = [one for one in draft.differing if one.flicker is None]
        if flickering:
            yield self._flicker(draft, flickering)
            if not steady:
                return
        parts = ", ".join(one.attribute.name for one in steady)
        label = f"{self._subjects.label(draft.key)}.{draft.field}"
        rest = replace(draft, message=f"the field {label} differs from its migrations: {parts}")
        changes = [one.attribute for one in steady]
        swap = _swap(steady)
        if swap:
            rest = replace(rest, rule_id="R206")
            yield self._finding(rest, changes, DriftClass.SWAPPABLE, reason=swap)
        else:
            yield self._finding(rest, changes, _class_of(rest))

    def _flicker(self, draft: Draft, flickering: Sequence[Differing]) -> Finding:
        flickers = [
            (one.attribute.name, one.flicker) for one in flickering if one.flicker is not None
        ]
        parts = ", ".join(name for name, _ in flickers)
        label = f"{self._subjects.label(draft.key)}.{draft.field}"
        noisy = replace(
            draft,
            rule_id=flickers[0][1].rule_id,
            message=f"the field {label} differs from its migrations at every run: {parts}",
        )
        if any(flicker.rule_id == "R201" for _, flicker in flickers):
            # They would tell the order of this run; a report is the same at every run.
            noisy = replace(noisy, operations=[])
        reason = "; ".join(f"{name}: {flicker.reason}" for name, flicker in flickers)
        changes = [one.attribute for one in flickering]
        return self._finding(noisy, changes, DriftClass.FLICKER, reason=reason)

    def _finding(
        self,
        draft: Draft,
        changes: Sequence[Attribute],
        kind: DriftClass,
        reason: str = "",
    ) -> Finding:
        rule_id = draft.rule_id
        if kind is DriftClass.STATE_ONLY and rule_id in _CAN_BE_STATE_ONLY:
            rule_id = "R110"
        rule = RULES_BY_ID[rule_id]
        severity = rule.severity
        if kind is DriftClass.STATE_ONLY:
            severity = Severity.WARNING
        app = draft.key.app_label
        if not self._ownership.is_own(app):
            rule = RULES_BY_ID["R205" if _is_auto_field(draft.field, changes) else "R204"]
            does = "changes the schema" if draft.dialects else "changes no schema"
            kind, severity, reason = DriftClass.THIRD_PARTY, rule.severity, reason or does
        setter = draft.setter
        return Finding(
            rule_id=rule.id,
            drift_class=kind,
            severity=severity,
            app_label=app,
            model=self._subjects.name(draft.key),
            field=draft.field,
            subject=draft.subject,
            message=draft.message,
            dialects=tuple(one for one in self._dialects if one in draft.dialects),
            changes=tuple(changes),
            source=draft.source,
            migration=setter.migration if setter else None,
            migration_source=setter.source if setter else None,
            operations=tuple(operation_text(operation) for operation in draft.operations),
            hint=rule.cure_for(app=app, migration=setter.migration.name if setter else "MIGRATION"),
            reason=reason,
        )


def _class_of(draft: Draft) -> DriftClass:
    return DriftClass.SCHEMA if draft.dialects else DriftClass.STATE_ONLY


def _swap(steady: Sequence[Differing]) -> str:
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
