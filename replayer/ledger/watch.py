"""Watches a replay and writes the ledger: both sides of each operation, and whether they agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.migrations.operations.base import Operation

from replayer.catalog.changes import (
    AddObject,
    AddTable,
    DropObject,
    DropTable,
    ModifyObject,
    ModifyTable,
)
from replayer.catalog.compare import compare
from replayer.dialects.literals import is_respelt
from replayer.ledger.account import account_of
from replayer.ledger.entry import Entry, Verdict
from replayer.ledger.scratch import Snapshot, scratch
from replayer.ledger.sides import StateSide, UntoldError
from replayer.project.blame import text_of
from replayer.replay.history_state import HistoryState
from replayer.replay.models import ModelStates
from replayer.replay.record import Outcome
from replayer.replay.rendering import Renderer
from replayer.replay.steps import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.catalog.changes import Change
    from replayer.model import OperationKey
    from replayer.replay.record import Step
    from replayer.sources import Sources

_GRAVITY = (
    *(Outcome.PLAIN, Outcome.DATA, Outcome.DENIED, Outcome.RAN, Outcome.SKIPPED),
    Outcome.OPAQUE,
)


@dataclass(slots=True, kw_only=True)
class _Begun:
    """What is known of an operation before its database side is run."""

    before: Snapshot | None = None
    by_state: Snapshot | None = None
    told: list[str] = field(default_factory=list)
    trouble: str = ""
    states: tuple[HistoryState, HistoryState] | None = None
    """Before and after, in the ledger's own renderer."""


class LedgerObserver:
    """Writes an entry for each operation that is not plain.

    Parameters
    ----------
    connection
        The offline wrapper of the replay.
    sources
        Where operations are written.

    Notes
    -----
    What the schema editor has deferred to the end of the migration is carried out on each of the
    catalogues that are compared: the foreign keys of a new table belong to what made it.
    """

    def __init__(self, connection: Any, sources: Sources) -> None:  # noqa: ANN401 - a wrapper
        self._connection = connection
        self._sources = sources
        self._renderer: Renderer | None = None
        self._begun = _Begun()
        self.entries: list[Entry] = []

    def begins(
        self,
        subject: Any,  # noqa: ANN401 - an operation or a migration
        app_label: str,
        editor: Any,  # noqa: ANN401 - a schema editor
        before: HistoryState,
        after: HistoryState | None,
    ) -> None:
        """Carry out the state's side on a copy of the database."""
        self._begun = begun = _Begun()
        deferred = [str(statement) for statement in editor.deferred_sql]
        side = StateSide(self._own_state(before))
        begun.told = side.told
        if after is not None:
            models = ModelStates(before.models.frozen())
            for key, state in after.models.changed().items():
                if state is not None:
                    models[key] = state
                elif key in models:
                    del models[key]
            begun.states = (self._own_state(before), self._over(before, models))
        try:
            with scratch(self._connection) as catalog:
                catalog.execute_all(deferred)
                begun.before = Snapshot(catalog)
                own = type(editor)(self._connection, atomic=False)
                own.deferred_sql = []
                side.carry_out(subject, app_label, own)
                for statement in own.deferred_sql:
                    own.execute(statement, None)
                begun.by_state = Snapshot(self._connection.backing.catalog)
        except UntoldError as error:
            begun.trouble = str(error)
        except Exception as error:  # noqa: BLE001 - the user's operation, or the server's refusal
            begun.trouble = f"the state's side cannot be carried out: {text_of(error)}"

    def _own_state(self, before: HistoryState) -> HistoryState:
        """Return the state in a renderer of the ledger's own: the replay's stays as it is."""
        return self._over(before, ModelStates(before.models.frozen()))

    def _over(self, state: HistoryState, models: ModelStates) -> HistoryState:
        if self._renderer is None:
            self._renderer = Renderer(state.real_apps)
        return HistoryState(models, state.real_apps, state.references, self._renderer)

    def ends(
        self,
        subject: Any,  # noqa: ANN401 - an operation or a migration
        migration: Any,  # noqa: ANN401 - Django's Migration
        key: OperationKey,
        editor: Any,  # noqa: ANN401 - a schema editor
        steps: Sequence[Step],
    ) -> None:
        """Compare what the database got with what the state's side would have given it."""
        begun = self._begun
        database_got: tuple[str, ...] = ()
        differences: tuple[str, ...] = ()
        touched: set[str] = set()
        trouble, reason = begun.trouble, ""
        after: Snapshot | None = None
        if begun.before is not None:
            try:
                with scratch(self._connection) as catalog:
                    catalog.execute_all(str(statement) for statement in editor.deferred_sql)
                    after = Snapshot(catalog)
            except Exception as error:  # noqa: BLE001 - a refusal, in the driver's words
                trouble = f"the deferred statements are refused: {text_of(error)}"
        if begun.before is not None and after is not None:
            changes = compare(begun.before, after)
            database_got = tuple(map(str, changes))
            touched |= _tables_of(changes)
        if begun.before is not None and begun.by_state is not None and after is not None:
            touched |= _tables_of(compare(begun.before, begun.by_state))
            differences = tuple(map(str, compare(begun.by_state, after)))
        elif begun.states is not None and after is not None and begun.trouble:
            try:
                account = account_of(self._connection, editor, *begun.states)
            except Exception as error:  # noqa: BLE001 - a refusal, in the driver's words
                trouble += f"; nor can the state's tables be made anew: {text_of(error)}"
            else:
                told = [
                    change
                    for change in compare(account.schema, after)
                    if _tables_of([change]) & account.tables
                ]
                differences = tuple(map(str, told))
                touched |= account.tables
                reason, trouble = f"{trouble}; its tables were compared instead", ""
        outcome, cause = _gravest(steps)
        spelling = _spelling(steps)
        if spelling:
            outcome = Outcome.OPAQUE
        if trouble or outcome in {Outcome.OPAQUE, Outcome.SKIPPED}:
            verdict, differences = Verdict.UNKNOWN, ()
        else:
            verdict = Verdict.UNEQUAL if differences else Verdict.EQUAL
        is_operation = isinstance(subject, Operation)
        self.entries.append(
            Entry(
                key=key,
                kind=type(subject).__name__ if is_operation else "Migration.apply",
                description=describe(subject) if is_operation else str(migration),
                outcome=outcome,
                verdict=verdict,
                state_got=tuple(begun.told),
                database_got=database_got,
                differences=differences,
                tables=tuple(sorted(touched)),
                reason="; ".join(part for part in (cause, spelling, reason, trouble) if part),
                source=self._sources.operation_source(migration, key.index)
                if is_operation
                else self._sources.migration_source(migration),
            )
        )

    def respelt(
        self,
        operation: Any,  # noqa: ANN401 - an operation
        migration: Any,  # noqa: ANN401 - Django's Migration
        key: OperationKey,
        steps: Sequence[Step],
    ) -> None:
        """List a plain operation, if it leaves what is known and cannot be written as it is."""
        catalog = self._connection.backing.catalog
        spelt = {text for step in steps for text in step.respelt}
        if not any(is_respelt(text, left.sql) for left in catalog.statements() for text in spelt):
            # As on MariaDB, where the default went again with the next statement.
            return
        statements = tuple(sql for step in steps for sql in step.statements)
        quote = self._connection.ops.quote_name
        names = [str(name) for name in catalog.tables]
        self.entries.append(
            Entry(
                key=key,
                kind=type(operation).__name__,
                description=describe(operation),
                outcome=Outcome.OPAQUE,
                verdict=Verdict.UNKNOWN,
                state_got=(describe(operation),),
                database_got=statements,
                tables=tuple(
                    sorted(name for name in names if any(quote(name) in sql for sql in statements))
                ),
                reason=_spelling(steps),
                source=self._sources.operation_source(migration, key.index),
            )
        )


def _spelling(steps: Sequence[Step]) -> str:
    return "; ".join(dict.fromkeys(step.spelling for step in steps if step.respelt))


def _gravest(steps: Sequence[Step]) -> tuple[Outcome, str]:
    """Return the gravest outcome of the steps, and why it is that."""
    if not steps:
        return Outcome.PLAIN, ""
    outcome = max((step.outcome for step in steps), key=_GRAVITY.index)
    reasons = [step.reason for step in steps if step.outcome is outcome and step.reason]
    return outcome, "; ".join(dict.fromkeys(reasons))


def _tables_of(changes: Iterable[Change]) -> set[str]:
    found: set[str] = set()
    for change in changes:
        if isinstance(change, (AddTable, DropTable)):
            found.add(str(change.table.name))
        elif isinstance(change, ModifyTable):
            found.add(str(change.to.name))
        elif isinstance(change, (AddObject, DropObject, ModifyObject)):
            other = change.to if isinstance(change, ModifyObject) else change.object
            if other.depends is not None:
                found.add(str(other.depends))
        else:
            found.add(str(change.table))
    return found
