"""Replays the state and watches for what Django accepts in silence and only a database refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.migrations import operations as ops

from replayer.drift.written import written
from replayer.findings import DriftClass, Finding
from replayer.model import MigrationKey, ModelKey
from replayer.replay.models import ModelStates
from replayer.replay.state import References, ReplayState
from replayer.replay.steps import Steps
from replayer.rules import RULES_BY_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.history.loader import History
    from replayer.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The final state, and what was seen on the way."""

    state: ReplayState
    findings: tuple[Finding, ...]


def watch(history: History, plan: Sequence[MigrationKey], sources: Sources) -> Watched:
    """Replay a plan to its final state.

    Raises
    ------
    ReplayError
        When an operation fails in ``state_forwards``.
    """
    state = ReplayState(ModelStates(), set(history.loader.unmigrated_apps), References())
    steps = Steps(state, sources)
    findings: list[Finding] = []
    for key in plan:
        migration = history.on_disk[key]
        for index, operation in steps.operations(migration):
            fault = _FAULTS.get(type(operation))
            if fault is not None:
                seen = fault(state, key, operation)
                if seen is not None:
                    rule_id, model, field, subject, message = seen
                    rule = RULES_BY_ID[rule_id]
                    place = sources.operation_source(migration, index)
                    findings.append(
                        Finding(
                            rule_id=rule_id,
                            drift_class=DriftClass.GRAPH,
                            severity=rule.severity,
                            app_label=key.app_label,
                            model=model,
                            field=field,
                            subject=subject,
                            message=f"{key}: {message}",
                            source=place,
                            migration=key,
                            migration_source=place,
                            hint=rule.cure_for(app=key.app_label, migration=key.name),
                        )
                    )
            steps.forwards(migration, index, operation)
    return Watched(state=state, findings=tuple(findings))


_Seen = tuple[str, str, str, str, str]


def _second_create(state: ReplayState, key: MigrationKey, operation: Any) -> _Seen | None:  # noqa: ANN401
    known = state.models.peek(ModelKey(key.app_label, operation.name_lower))
    if known is None or not _has_table(known):
        return None
    lost = sorted(set(known.fields) - {name for name, _ in operation.fields})
    text = f"the model {operation.name!r} is created a second time"
    if lost:
        text += f", which makes the state forget {', '.join(map(written, lost))}"
    return "R406", operation.name, "", key.name, text


def _has_table(model_state: Any) -> bool:  # noqa: ANN401 - a ModelState
    """Return whether its CreateModel made a table, which a second one would meet."""
    options = model_state.options
    return bool(options.get("managed", True)) and not options.get("proxy", False)


def _unknown_field(state: ReplayState, key: MigrationKey, operation: Any) -> _Seen | None:  # noqa: ANN401
    known = state.models.peek(ModelKey(key.app_label, operation.model_name_lower))
    if known is None or operation.name in known.fields:
        return None
    text = f"it alters the field {operation.name!r}, which {known.name} does not have there"
    return "R407", known.name, operation.name, key.name, text


def _unknown_name(state: ReplayState, key: MigrationKey, operation: Any) -> _Seen | None:  # noqa: ANN401
    known = state.models.peek(ModelKey(key.app_label, operation.model_name_lower))
    is_index = isinstance(operation, ops.RemoveIndex)
    things = known.options.get("indexes" if is_index else "constraints", ()) if known else ()
    if known is None or any(thing.name == operation.name for thing in things):
        return None
    noun = "index" if is_index else "constraint"
    text = f"it removes the {noun} {operation.name!r}, which {known.name} does not have there"
    return "R408", known.name, "", f"{key.name}: {operation.name}", text


_FAULTS = {
    ops.CreateModel: _second_create,
    ops.AlterField: _unknown_field,
    ops.RemoveIndex: _unknown_name,
    ops.RemoveConstraint: _unknown_name,
}
