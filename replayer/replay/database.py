"""Replay the history on the database's side: every ``database_forwards``, in plan order, offline.

The schema editor of the dialect runs as it does under ``migrate``; behind its connection stands the
catalogue. Source: django/db/migrations/migration.py, ``Migration.apply``, and
django/db/migrations/executor.py, ``apply_migration`` (4.2 to 6.1).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction
from django.db.migrations import operations as django_operations
from django.db.migrations.migration import Migration

from replayer.model import MigrationKey, OperationKey
from replayer.project.blame import text_of
from replayer.replay.functions import decide
from replayer.replay.handlers import run_handlers
from replayer.replay.history_state import HistoryState, Sight
from replayer.replay.inert import is_inert
from replayer.replay.models import ModelStates
from replayer.replay.policy import RunPythonPolicy
from replayer.replay.record import MigrationRecord, Outcome, Step
from replayer.replay.rendering import Renderer
from replayer.replay.state import References
from replayer.replay.steps import Steps, is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.migrations.operations.base import Operation

    from replayer.history.loader import History
    from replayer.model import ModelKey
    from replayer.replay.handlers import Handler, HandlerRecord
    from replayer.replay.journal import Journal
    from replayer.replay.observer import Observer
    from replayer.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An operation at the moment when its database side is carried out."""

    editor: Any
    """The schema editor of the migration."""
    migration: Any
    """Django's ``Migration``."""
    key: OperationKey
    path: tuple[int, ...]
    """The indexes inside nested ``database_operations``."""
    operation: Operation
    before: HistoryState
    after: HistoryState


class DatabaseReplay:
    """Runs the migrations of a plan against an offline connection.

    Parameters
    ----------
    history
        The migrations.
    connection
        An offline wrapper, backed by a catalogue that is empty.
    journal
        What the backing writes each statement to.
    sources
        Where operations are written.
    run_python
        Which ``RunPython`` functions are run.
    is_eager
        Render all models for every operation, as Django does; for comparison.
    observer
        Who looks at the operations that are not plain.
    """

    def __init__(
        self,
        history: History,
        connection: Any,  # noqa: ANN401 - a class that is made at run time
        journal: Journal,
        sources: Sources,
        *,
        run_python: RunPythonPolicy = RunPythonPolicy.AUTO,
        is_eager: bool = False,
        observer: Observer | None = None,
    ) -> None:
        self._history = history
        self._connection = connection
        self._journal = journal
        self._run_python = run_python
        self._observer = observer
        self._models: dict[ModelKey, Any] = {}
        self.renderer = Renderer(set(history.loader.unmigrated_apps), is_eager=is_eager)
        self.state = HistoryState(
            ModelStates(self._models),
            set(history.loader.unmigrated_apps),
            References(),
            self.renderer,
        )
        self._steps = Steps(self.state, sources)

    def run(self, plan: Sequence[MigrationKey]) -> Iterator[MigrationRecord]:
        """Replay the plan, and yield a record after each migration.

        Raises
        ------
        ReplayError
            When an operation fails, or the server would refuse one of its statements; it names
            the migration, the operation and what was refused.
        """
        for key in plan:
            yield self._migrate(self._history.on_disk[key])

    def create_tables(self, models: Sequence[Any]) -> None:
        """Make the tables of models that no migration makes."""
        if models:
            with self._connection.schema_editor() as editor:
                for model in models:
                    editor.create_model(model)
        self._journal.take()

    def run_handlers(
        self, handlers: Sequence[Handler], signal: str, plan: Sequence[MigrationKey]
    ) -> tuple[HandlerRecord, ...]:
        """Call the handlers of one signal with the models as they are now."""
        chosen = [handler for handler in handlers if handler.signal == signal]
        if not chosen:
            return ()
        migrations = [(self._history.on_disk[key], False) for key in plan]
        apps = self.state.clone().apps
        return run_handlers(chosen, self._connection, self._journal, apps, migrations)

    def _migrate(self, migration: Any) -> MigrationRecord:  # noqa: ANN401 - Django's Migration
        steps: list[Step] = []
        key = MigrationKey(migration.app_label, migration.name)
        self._index = len(migration.operations) - 1
        editor = self._connection.schema_editor(atomic=migration.atomic)
        try:
            with editor:
                if type(migration).apply is Migration.apply:
                    for index, operation in enumerate(migration.operations):
                        self._index = index
                        steps.extend(self._apply(editor, migration, index, operation))
                else:
                    steps.extend(self._apply_own(editor, migration))
                self._journal.take()
            deferred = self._journal.take()
        except DatabaseError as error:
            # From a deferred statement, or from the end of the transaction.
            self._journal.take()
            index = self._index
            raise self._steps.failure(
                migration,
                index,
                migration.operations[index],
                error,
                "is refused by the server at the end of the migration",
            ) from error
        return MigrationRecord(key=key, steps=tuple(steps), deferred=deferred)

    def _apply(
        self,
        editor: Any,  # noqa: ANN401 - a schema editor
        migration: Any,  # noqa: ANN401 - Django's Migration
        index: int,
        operation: Operation,
    ) -> list[Step]:
        before, after = self._advance(migration, index, operation)
        is_atomic = operation.atomic or (migration.atomic and operation.atomic is not False)
        guard: Any = contextlib.nullcontext()
        if not editor.atomic_migration and is_atomic:
            guard = transaction.atomic(self._connection.alias)
        observer = None if is_plain(operation) else self._observer
        key = OperationKey(_key(migration), index)
        try:
            with guard:
                if observer is not None:
                    observer.begins(operation, migration.app_label, editor, before, after)
                steps = self._forwards(
                    Moment(
                        editor=editor,
                        migration=migration,
                        key=key,
                        path=(),
                        operation=operation,
                        before=before,
                        after=after,
                    )
                )
                if observer is not None:
                    observer.ends(operation, migration, key, editor, steps)
                elif self._observer is not None and any(step.respelt for step in steps):
                    self._observer.respelt(operation, migration, key, steps)
        finally:
            self._settle(after)
        if any(step.outcome is Outcome.OPAQUE for step in steps):
            self._steps.opaque.append(key)
        return steps

    def _advance(
        self,
        migration: Any,  # noqa: ANN401 - Django's Migration
        index: int,
        operation: Operation,
    ) -> tuple[HistoryState, HistoryState]:
        """Carry the state forwards and return the states before and after."""
        before = self.state.over(ModelStates(self._models))
        after = self.state.over(ModelStates(self._models))
        self._steps.state = after
        self._steps.forwards(migration, index, operation)
        return before, after

    def _settle(self, after: HistoryState) -> None:
        """Make what an operation changed part of the base that the next one starts from."""
        for key, state in after.models.changed().items():
            if state is None:
                self._models.pop(key, None)
            else:
                self._models[key] = state
        self.state = self.state.over(ModelStates(self._models))

    def _forwards(self, moment: Moment) -> list[Step]:
        operation = moment.operation
        if type(operation) is django_operations.SeparateDatabaseAndState:
            return self._separate(moment, operation)
        moment.after.earlier = moment.before
        sight = Sight(moment.before, moment.after)
        app_label = moment.migration.app_label
        outcome, reason = Outcome.PLAIN, ""
        if isinstance(operation, django_operations.RunPython):
            outcome, reason = decide(operation, self._run_python, moment.editor, app_label)
        elif not is_plain(operation):
            outcome = Outcome.RAN
        elif not self.renderer.is_eager and is_inert(
            operation, app_label, moment.editor, moment.before, moment.after
        ):
            return [_step(moment, Outcome.PLAIN)]
        if outcome is Outcome.PLAIN:
            sight.set_for(app_label, operation)
        elif outcome is Outcome.RAN and not isinstance(operation, django_operations.RunSQL):
            sight.see_all()
        self._journal.take()
        self._journal.take_respelt(())
        if outcome in {Outcome.PLAIN, Outcome.RAN}:
            outcome, reason = self._run(moment, outcome)
        statements = self._journal.take()
        respelt = self._journal.take_respelt(statements)
        return [replace(_step(moment, outcome, statements, reason), respelt=respelt)]

    def _run(self, moment: Moment, outcome: Outcome) -> tuple[Outcome, str]:
        operation, migration = moment.operation, moment.migration
        is_python = isinstance(operation, django_operations.RunPython)
        self._journal.skips_data = isinstance(operation, django_operations.RunSQL)
        guard: Any = contextlib.nullcontext()
        if is_python:
            guard = self._journal.undone_on_error(self._connection)
        try:
            with guard:
                operation.database_forwards(
                    migration.app_label, moment.editor, moment.before, moment.after
                )
        except Exception as error:
            # What it could not be told here, or what could not be read of what it did, may be why
            # it fails; taken in any case, for the next operation has no part in it.
            if self._journal.take_opaque() or is_python:
                return Outcome.OPAQUE, text_of(error)
            raise self._steps.failure(
                migration, moment.key.index, operation, error, "cannot be carried out"
            ) from error
        finally:
            self._journal.skips_data = False
        if self._journal.opaque:
            return Outcome.OPAQUE, "; ".join(self._journal.take_opaque())
        return outcome, ""

    def _separate(self, moment: Moment, operation: Any) -> list[Step]:  # noqa: ANN401
        """Do as ``SeparateDatabaseAndState.database_forwards``: a state of the database's own."""
        steps: list[Step] = []
        current = moment.before
        app_label = moment.migration.app_label
        for position, inner in enumerate(operation.database_operations):
            following = self.state.over(ModelStates(current.models.frozen()))
            try:
                inner.state_forwards(app_label, following)
            except Exception as error:
                raise self._steps.failure(
                    moment.migration, moment.key.index, inner, error
                ) from error
            if not is_plain(inner):
                following.note_touched()
            path = (*moment.path, position)
            steps.extend(
                self._forwards(
                    replace(moment, path=path, operation=inner, before=current, after=following)
                )
            )
            current = following
        return steps

    def _apply_own(self, editor: Any, migration: Any) -> list[Step]:  # noqa: ANN401
        """Let a migration that overrides ``apply`` do it its own way."""
        state = self.state.over(ModelStates(self._models))
        state.is_whole = True
        observer = self._observer
        if observer is not None:
            frozen = self.state.over(ModelStates(state.models.frozen()))
            observer.begins(migration, migration.app_label, editor, frozen, None)
        self._journal.take()
        try:
            result = migration.apply(state, editor)
        except Exception as error:
            raise self._steps.failure(
                migration, 0, migration.operations[0], error, "cannot be carried out"
            ) from error
        self._settle(result if isinstance(result, HistoryState) else state)
        key = OperationKey(_key(migration), 0)
        statements = self._journal.take()
        step = Step(
            key=key,
            operation=migration,
            outcome=Outcome.RAN,
            statements=statements,
            respelt=self._journal.take_respelt(statements),
            reason="the migration overrides apply",
        )
        if observer is not None:
            observer.ends(migration, migration, key, editor, [step])
        return [step]


def _key(migration: Any) -> MigrationKey:  # noqa: ANN401 - Django's Migration
    return MigrationKey(migration.app_label, migration.name)


def _step(
    moment: Moment, outcome: Outcome, statements: tuple[str, ...] = (), reason: str = ""
) -> Step:
    return Step(
        key=moment.key,
        path=moment.path,
        operation=moment.operation,
        outcome=outcome,
        statements=statements,
        reason=reason,
    )
