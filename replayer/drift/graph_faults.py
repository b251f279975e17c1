"""Makes findings of what is wrong with the graph."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from replayer.findings import DriftClass, Finding
from replayer.model import MigrationKey, Source
from replayer.rules import RULES_BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.errors import HistoryError, ReplayError
    from replayer.history.loader import History
    from replayer.sources import Sources

_PLACE = re.compile(r"\((?P<path>[^()]*?\.py)(?::(?P<line>\d+))?\)")
_KINDS = (
    ("R403", re.compile(r"depend on each other in a circle")),
    ("R401", re.compile(r"has \d+ leaf nodes")),
    ("R409", re.compile(r"replaces itself|replaces it in turn|lists itself")),
    ("R404", re.compile(r"cannot be imported|no Migration class|is not one:|\.pyc file of ")),
    ("R402", re.compile(r"depends on|wants to run before|in its (?:dependencies|run_before)")),
)
_KEY = re.compile(r"\b([A-Za-z_]\w*)\.(\w+)\b")
_APP = re.compile(r"\bapp '([^']+)'")


def conflict_findings(history: History, sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each app with several leaf nodes."""
    rule = RULES_BY_ID["R401"]
    for label in sorted(history.conflicts):
        keys = sorted(history.conflicts[label])
        places = [sources.migration_source(history.on_disk[key]) for key in keys]
        names = ", ".join(key.name for key in keys)
        yield Finding(
            rule_id="R401",
            drift_class=DriftClass.GRAPH,
            severity=rule.severity,
            app_label=label,
            subject=names,
            message=f"app {label!r} has {len(keys)} leaf nodes: {names}",
            source=places[-1],
            migration=keys[-1],
            migration_source=places[-1],
            related=tuple(place for place in places[:-1] if place is not None),
            hint=rule.cure_for(app=label),
        )


def squash_findings(history: History, sources: Sources) -> Iterator[Finding]:
    """Yield a finding for each squash of whose replaced migrations some are gone, some not."""
    rule = RULES_BY_ID["R411"]
    squashed = set(history.replaced)
    for key in sorted(history.replaced):
        replaced = [other for other in history.replaced[key] if other not in squashed]
        gone = [other for other in replaced if other not in history.on_disk]
        if not gone or len(gone) == len(replaced) or key not in history.on_disk:
            continue
        place = sources.migration_source(history.on_disk[key])
        names = ", ".join(other.name for other in gone)
        yield Finding(
            rule_id="R411",
            drift_class=DriftClass.GRAPH,
            severity=rule.severity,
            app_label=key.app_label,
            subject=key.name,
            message=f"{key} replaces {len(replaced)} migrations, of which some are gone: {names}",
            source=place,
            migration=key,
            migration_source=place,
            hint=rule.cure_for(app=key.app_label, migration=key.name),
        )


def fault_findings(error: HistoryError) -> tuple[Finding, ...]:
    """Return a finding for each fault that kept the graph from being built."""
    return tuple(_fault(sentence) for sentence in error.faults or (error.message,))


def failing_operation(error: ReplayError) -> Finding:
    """Return the finding of an operation that fails on the state."""
    rule = RULES_BY_ID["R410"]
    key = error.migration
    return Finding(
        rule_id="R410",
        drift_class=DriftClass.GRAPH,
        severity=rule.severity,
        app_label=key.app_label,
        subject=f"{key.name}[{error.operation_index}]",
        message=_PLACE.sub("", error.message).strip(),
        source=error.source,
        migration=key,
        migration_source=error.source,
        hint=rule.cure_for(app=key.app_label, migration=key.name),
    )


def _fault(sentence: str) -> Finding:
    rule_id = next((rule for rule, pattern in _KINDS if pattern.search(sentence)), "R404")
    rule = RULES_BY_ID[rule_id]
    places = [
        Source(os.path.abspath(match["path"]), int(match["line"] or 1))  # noqa: PTH100 - as imported
        for match in _PLACE.finditer(sentence)
    ]
    bare = " ".join(_PLACE.sub("", sentence).split()).replace(" ;", ";").replace(" ,", ",")
    key = _KEY.search(bare)
    app = _APP.search(bare)
    label = app[1] if app and rule_id == "R401" else key[1] if key else app[1] if app else ""
    migration = MigrationKey(key[1], key[2]) if key and rule_id != "R401" else None
    return Finding(
        rule_id=rule_id,
        drift_class=DriftClass.GRAPH,
        severity=rule.severity,
        app_label=label,
        subject=bare,
        message=bare,
        source=places[0] if places else None,
        migration=migration,
        migration_source=places[0] if places else None,
        related=tuple(places[1:]),
        hint=rule.cure_for(
            app=label or "APP", migration=migration.name if migration else "MIGRATION"
        ),
    )
