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
from replayer.findings import Attribute, DriftClass, Finding
from replayer.model import ModelKey
from replayer.replay.record import Outcome
from replayer.rules import RULES_BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.errors import ReplayError
    from replayer.history.loader import History
    from replayer.model import Dialect, Source
    from replayer.replay.record import MigrationRecord, Step
    from replayer.sources import Sources

_MADE = re.compile(
    r"\bCREATE\s+(?:TEMP\w*\s+|VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>[^\s(]+)"
    r"|\bRENAME\s+TO\s+(?P<renamed>[^\s;]+)",
    re.IGNORECASE,
)
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
    ) -> None:
        self._state = state
        self._left = left
        self._records = records
        self._owners = owners
        self._history = history
        self._sources = sources
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
            elif isinstance(change, AddIndex):
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
            rule = "R302" if halves else "R301"
            yield self._finding(
                rule,
                f"the migrations leave {table!r} other than their state says: "
                + "; ".join(str(change) for change in changes),
                subject=table,
                table=table,
                steps=halves or near or steps,
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
        ever: set[str] = set()
        for record in self._records:
            for step in record.steps:
                for statement in step.statements:
                    for match in _MADE.finditer(statement):
                        ever.add(_bare(match["name"] or match["renamed"]))
        now = {name.name for name in self._left.tables}
        gone = {name for name in ever - now if not name.startswith("new__")}
        for other in self._left.others.values():
            words = {word for text in other.statements for word in _WORD.findall(text)}
            named = sorted(words & gone)
            if named:
                kind = other.kind.value.lower()
                yield self._finding(
                    "R304",
                    f"the {kind} {str(other.name)!r} names {', '.join(named)}, which went away",
                    subject=other.name.name,
                    steps=self._steps(other.name.name),
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
    ) -> Finding:
        rule = RULES_BY_ID[rule_id]
        key, name = self._owners.get(table, (ModelKey("", ""), ""))
        step = steps[-1] if steps else None
        migration = step.key.migration if step is not None else None
        place = self._place(step) if step is not None else None
        app = key.app_label or (migration.app_label if migration else "")
        return Finding(
            rule_id=rule_id,
            drift_class=DriftClass.DIVERGENCE,
            severity=rule.severity,
            app_label=app,
            model=name,
            subject=f"{self.dialect.value}: {subject}",
            message=message,
            changes=changes,
            source=place,
            migration=migration,
            migration_source=place,
            related=tuple(
                found for found in map(self._place, steps[:-1][-5:]) if found is not None
            ),
            hint=rule.cure_for(app=app, migration=migration.name if migration else "MIGRATION"),
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
        subject=f"{dialect.value}: {key.name}[{error.operation_index}]",
        message=f"{dialect.value}: {error.message}",
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


def _bare(name: str) -> str:
    return name.rpartition(".")[2].strip('"`[];')
