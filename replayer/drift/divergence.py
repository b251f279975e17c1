"""What the history leaves in the database, against what its state says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from replayer.catalog.changes import (
    AddIndex,
    AddObject,
    AddTable,
    DropTable,
    ModifyTable,
    RenameConstraint,
    RenameIndex,
)
from replayer.catalog.compare import compare
from replayer.drift.stale import stale_objects
from replayer.findings import Attribute, DriftClass, Finding
from replayer.model import ModelKey
from replayer.replay.record import Outcome
from replayer.rules import RULES_BY_ID, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.errors import ReplayError
    from replayer.history.loader import History
    from replayer.model import Dialect, Source
    from replayer.replay.record import MigrationRecord, Step
    from replayer.sources import Sources

_WORD = re.compile(r"\w+")


class Divergence:
    """Tells two catalogues of one history apart, and finds the operations behind it.

    Parameters
    ----------
    state
        The catalogue of the final state, rendered.
    left
        The catalogue that the history's operations leave.
    owners
        The model of each table of the state.
    is_own
        Whether an app's code lies in the project; what others leave is told, and fails no check.
    """

    def __init__(
        self,
        state: Catalog,
        left: Catalog,
        *,
        records: Sequence[MigrationRecord],
        owners: Mapping[str, tuple[ModelKey, str]],
        history: History,
        sources: Sources,
        is_own: Callable[[str], bool],
    ) -> None:
        self._state = state
        self._left = left
        self._records = records
        self._owners = owners
        self._history = history
        self._sources = sources
        self._is_own = is_own
        self.dialect: Dialect = left.dialect

    def findings(self) -> Iterator[Finding]:
        """Yield what diverges, in no order."""
        yield from self._structure()
        yield from self._names()
        yield from self._stale()
        for record in self._records:
            for step in record.steps:
                if step.outcome in {Outcome.OPAQUE, Outcome.SKIPPED}:
                    name = type(step.operation).__name__
                    yield self._finding(
                        "R305",
                        f"{step.key}: what {name} does to the schema is not known: {step.reason}",
                        subject=str(step.key),
                        steps=[step],
                    )

    def _structure(self) -> Iterator[Finding]:
        by_table: dict[str, list[Any]] = {}
        for change in compare(self._state, self._left, names=False, column_order=False):
            if isinstance(change, AddObject):
                # A trigger is named with its table, a function with its arguments.
                name = _WORD.findall(change.object.name.name)[0]
                kind = change.object.kind.value.lower()
                yield self._unknown(f"the {kind} {str(change.object.name)!r}", name)
            elif isinstance(change, AddTable):
                yield self._unknown(f"the table {str(change.table.name)!r}", change.table.name.name)
            elif isinstance(change, AddIndex) and not change.index.implicit:
                yield self._unknown(
                    f"the index {change.index.name!r} of {change.table}", str(change.index.name)
                )
            else:
                by_table.setdefault(_table_of(change), []).append(change)
        for table, changes in sorted(by_table.items()):
            words = {table, *(word for change in changes for word in _words_of(change))}
            steps = [step for step in self._steps(table) if _is_foreign(step)]
            halves = [step for step in steps if step.path]
            # The words of the change tell its step from others that only touch the table.
            near = [step for step in steps if words - {table} & set(_WORD.findall(_text(step)))]
            yield self._finding(
                "R302" if halves else "R301",
                f"the migrations leave {table!r} other than their state says: "
                + "; ".join(str(change) for change in changes),
                subject=table,
                table=table,
                steps=halves or near or steps,
                # Names and left-over indexes of Django's own operations are nobody's mistake.
                is_quirk=not (halves or near),
                changes=tuple(
                    Attribute(f"schema {index}", "as the state says", str(change))
                    for index, change in enumerate(changes, 1)
                ),
            )

    def _unknown(self, what: str, name: str) -> Finding:
        return self._finding(
            "R303",
            f"the history makes {what}, which no state knows",
            subject=name,
            steps=[step for step in self._steps(name) if _is_foreign(step)] or self._steps(name),
        )

    def _names(self) -> Iterator[Finding]:
        by_table: dict[str, list[str]] = {}
        for change in compare(self._state, self._left, column_order=False):
            if isinstance(change, RenameIndex | RenameConstraint):
                text = f"{change.from_.name} -> {change.to.name}"
                by_table.setdefault(change.table.name, []).append(text)
        for table, texts in sorted(by_table.items()):
            yield self._finding(
                "R306",
                f"names of {table!r} come from the history, the state computes others: "
                + ", ".join(texts),
                subject=table,
                table=table,
                steps=[step for step in self._steps(table) if "RENAME" in _text(step).upper()],
            )

    def _stale(self) -> Iterator[Finding]:
        for stale in stale_objects(self._records, self._left):
            yield self._finding(
                "R304",
                f"the {stale.kind} {stale.name!r} names {', '.join(stale.gone)}, which went away",
                subject=stale.subject,
                steps=self._steps(_WORD.findall(stale.subject)[0]),
            )

    def _steps(self, name: str) -> list[Step]:
        """Return the steps whose statements have a name in them, in plan order."""
        return [step for record in self._records for step in record.steps if name in _text(step)]

    def _finding(
        self,
        rule_id: str,
        message: str,
        *,
        subject: str,
        table: str = "",
        steps: Sequence[Step] = (),
        changes: tuple[Attribute, ...] = (),
        is_quirk: bool = False,
    ) -> Finding:
        rule = RULES_BY_ID[rule_id]
        key, name = self._owners.get(table, (ModelKey("", ""), ""))
        step = steps[-1] if steps else None
        migration = step.key.migration if step is not None else None
        place = self._place(step) if step is not None else None
        app = key.app_label or (migration.app_label if migration else "")
        severity, reason = rule.severity, ""
        hint = rule.cure_for(app=app, migration=migration.name if migration else "MIGRATION")
        if is_quirk:
            severity = Severity.WARNING
            reason = "Django's own operations leave it so; no RunSQL or other code has part in it"
        if not self._is_own(app):
            severity, reason = Severity.NOTE, f"the code of {app} lies outside the project"
            hint = f"Tell the maintainers of {app}; its migrations are not yours to mend"
        return Finding(
            rule_id=rule_id,
            drift_class=DriftClass.DIVERGENCE,
            severity=severity,
            app_label=app,
            model=name,
            subject=subject,
            message=message,
            dialects=(self.dialect,),
            changes=changes,
            source=place,
            migration=migration,
            migration_source=place,
            related=tuple(
                found for found in map(self._place, steps[:-1][-5:]) if found is not None
            ),
            hint=hint,
            reason=reason,
        )

    def _place(self, step: Step) -> Source | None:
        migration = self._history.on_disk[step.key.migration]
        path: list[str | int] = []
        for position in step.path:
            path += ["database_operations", position]
        return self._sources.operation_source(migration, step.key.index, path)


def refused_step(error: ReplayError, dialect: Dialect) -> Finding:
    """Return the finding of an operation that a server would refuse."""
    rule = RULES_BY_ID["R308"]
    key = error.migration
    return Finding(
        rule_id="R308",
        drift_class=DriftClass.DIVERGENCE,
        severity=rule.severity,
        app_label=key.app_label,
        subject=f"{key.name}[{error.operation_index}]",
        message=error.message,
        dialects=(dialect,),
        source=error.source,
        migration=key,
        migration_source=error.source,
        hint=rule.cure_for(app=key.app_label, migration=key.name),
    )


def _table_of(change: Any) -> str:  # noqa: ANN401 - a change
    if isinstance(change, DropTable):
        return change.table.name.name
    if isinstance(change, ModifyTable):
        return change.to.name.name
    table = getattr(change, "table", None)
    if table is not None:
        return str(table.name)
    thing = getattr(change, "object", None) or change.to
    return str(thing.name.name)


def _words_of(change: Any) -> list[str]:  # noqa: ANN401 - a change
    things = [getattr(change, name, None) for name in ("column", "to", "constraint", "index")]
    return [str(getattr(thing, "name", "")) for thing in things if thing is not None]


def _is_foreign(step: Step) -> bool:
    return step.outcome is not Outcome.PLAIN or bool(step.path)


def _text(step: Step) -> str:
    return "\n".join(step.statements)
