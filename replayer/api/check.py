"""The check: models against migrations, migrations against the schema that they leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import django

from replayer import __version__
from replayer.api.diverged import diverged, ownership_of
from replayer.api.graph_findings import undeclared_findings, unmigrated_findings
from replayer.dialects.connections import OfflineEngines, offline_connection, standing_in
from replayer.drift.baseline import apply_baseline
from replayer.drift.detect import detect
from replayer.drift.graph_faults import (
    conflict_findings,
    failing_operation,
    fault_findings,
    squash_findings,
)
from replayer.drift.ignores import Ignore, apply_ignores
from replayer.drift.merged import merged
from replayer.drift.suspects import has_foreign_receivers
from replayer.drift.watch import watch
from replayer.errors import HistoryError, ReplayError, UsageError
from replayer.findings import FailOn, Finding, Report
from replayer.history.loader import load_history
from replayer.model import Dialect, ModelKey
from replayer.project.drivers import backend_imports
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from replayer.api.diverged import Diverged
    from replayer.drift.baseline import Entry
    from replayer.drift.classify import Judged
    from replayer.drift.watch import Watched
    from replayer.history.loader import History
    from replayer.project.boot import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What is asked for."""

    dialects: tuple[Dialect, ...] = ()
    """Empty for the one that the project was booted with."""
    fail_on: FailOn = FailOn.STATE
    apps: tuple[str, ...] = ()
    """Empty for all."""
    has_sql: bool = False
    """Whether the DDL of each finding is worked out, for which the history is replayed."""
    has_divergence: bool | None = None
    """Whether the history is replayed and compared with its state; None for where the project's
    own apps have an operation that may leave another schema than its state says."""
    beside: Callable[[], Sequence[Diverged]] = tuple
    """Waits for what diverges on the dialects after the first, which need processes of their own:
    models and migrations ask for the vendor while they are imported."""
    ignores: tuple[Ignore, ...] = ()
    baseline: tuple[Entry, ...] = ()


def check(project: Project, request: CheckRequest) -> Report:
    """Compare a booted project's models, migrations and schemas.

    Raises
    ------
    UsageError
        When an app that is named does not exist.
    DialectError
        When a dialect cannot be had, or cannot express a model.
    ProjectError
        When a field of a model cannot be taken apart.

    Notes
    -----
    Faults of the graph are findings. Where they keep models and migrations from being compared,
    the report says so in ``undecided``, and having found nothing else is no all-clear.
    """
    return _Check(project, request).report()


class _Check:
    """One check, from the graph to the report."""

    def __init__(self, project: Project, request: CheckRequest) -> None:
        self.project = project
        self.request = request
        self.sources = Sources()
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self.undecided: list[str] = []
        self.dialects: tuple[Dialect, ...] = request.dialects or (project.target.facts.dialect,)
        self.ownership = ownership_of(project)

    def report(self) -> Report:
        """Return the report."""
        try:
            history = load_history()
        except HistoryError as error:
            self.findings += fault_findings(error)
            self.undecided.append("the migrations form no graph, so nothing was compared with them")
            self.dialects = ()
            return self._report()
        self._check_apps(history)
        self.notes += history.warnings
        self.findings += conflict_findings(history, self.sources)
        self.findings += squash_findings(history, self.sources)
        self.findings += undeclared_findings(history, self.sources, self.ownership)
        try:
            watched = watch(history, history.plan, self.sources)
        except ReplayError as error:
            self.findings.append(failing_operation(error))
            self.undecided.append(
                "the state of the migrations can't be built beyond a failing "
                "operation, so the models were not compared with it"
            )
            self.dialects = ()
            return self._report()
        self.findings += watched.findings
        self.findings += unmigrated_findings(history, self.sources, self.ownership)
        self._drift(history, watched)
        self._divergence(history, watched)
        return self._report()

    def _check_apps(self, history: History) -> None:
        import difflib

        known = sorted({*history.loader.migrated_apps, *history.loader.unmigrated_apps})
        for label in self.request.apps:
            if label not in known:
                near = difflib.get_close_matches(label, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
                message = f"there is no app {label!r}"
                raise UsageError(message, hint=hint)

    def _report(self) -> Report:
        chosen = merged(self.findings, self.dialects)
        if self.request.apps:
            chosen = [found for found in chosen if found.app_label in {"", *self.request.apps}]
        chosen = sorted(chosen, key=lambda found: found.sort_key)
        kept, unused = apply_ignores(chosen, self.request.ignores)
        fresh, stale = apply_baseline(kept, self.request.baseline)
        return Report(
            findings=fresh,
            tool_version=__version__,
            django_version=django.get_version(),
            dialects=self.dialects,
            root=str(self.project.root),
            fail_on=self.request.fail_on,
            ignored=len(chosen) - len(kept),
            in_baseline=len(kept) - len(fresh),
            unused_baseline=tuple(str(entry) for entry in stale),
            unused_ignores=unused,
            notes=tuple(dict.fromkeys(self.notes)),
            undecided=tuple(self.undecided),
        )

    # The models.

    def _drift(self, history: History, watched: Watched) -> None:
        detected = detect(history, watched.state)
        if detected.command.note:
            self.notes.append(detected.command.note)
        if not detected.differing and detected.is_empty:
            return
        # Imported here: most checks find the models as their state is, and need none of it.
        from replayer.drift.classify import Judge
        from replayer.drift.findings import Teller
        from replayer.drift.places import Setters
        from replayer.drift.subjects import Subjects

        connections = {dialect: self._connection(dialect) for dialect in self.dialects}
        judge = Judge(connections, _render, _live_models(), set(history.loader.unmigrated_apps))
        judged, after = judge.judge(detected, watched.state)
        teller = Teller(
            detected,
            Subjects(detected.models, self.sources),
            Setters(history, self.sources),
            self.ownership,
            self.dialects,
        )
        with detected.command.in_place():
            told = teller.tell(judged)
        if self.request.has_sql and judged:
            told = self._with_sql(history, judged, told, connections)
        self.findings += [finding for finding, _ in told]
        self.findings += [
            teller.unseen(key, dialects) for key, dialects in judge.unseen(detected, after)
        ]

    def _with_sql(
        self,
        history: History,
        judged: Sequence[Judged],
        told: Sequence[tuple[Finding, tuple[int, ...]]],
        connections: Mapping[Dialect, Any],
    ) -> tuple[tuple[Finding, tuple[int, ...]], ...]:
        from replayer.api.drift_sql import operation_sql
        from replayer.findings import DialectSql

        texts: dict[Dialect, tuple[tuple[str, ...], ...]] = {}
        operations = [one.found for one in judged]
        for dialect, connection in connections.items():
            if dialect is Dialect.MSSQL:
                self.notes.append("SQL Server's schema editor asks the server: no SQL is shown")
                continue
            try:
                with standing_in(connection):
                    texts[dialect] = operation_sql(history, operations, connection, self.sources)
            except ReplayError as error:
                self.notes.append(f"no SQL is shown for {dialect.value}: {error.message}")
        return tuple(
            (
                replace(
                    finding,
                    sql=tuple(
                        DialectSql(dialect, tuple(sql for index in indexes for sql in found[index]))
                        for dialect, found in texts.items()
                        if indexes
                    ),
                ),
                indexes,
            )
            for finding, indexes in told
        )

    def _connection(self, dialect: Dialect) -> Any:  # noqa: ANN401 - a class made at run time
        """Return the wrapper that was booted, or another dialect's beside it."""
        target = self.project.target
        booted = offline_connection(target.alias)
        if dialect is target.facts.dialect:
            return booted
        engines = OfflineEngines(backend_imports)
        same_vendor = dialect.vendor == target.facts.dialect.vendor
        engine = target.engine
        if not same_vendor:
            geometry = engines.is_gis(engine)
            engine = engines.default_engine(dialect, geometry=geometry)
        wrapper = engines.offline(engine, engines.facts(dialect, None))
        settings = {**booted.settings_dict, "ENGINE": engine, "OPTIONS": {}}
        return wrapper(settings, target.alias)

    # The schemas.

    def _divergence(self, history: History, watched: Watched) -> None:
        wanted = self.request.has_divergence
        if wanted is not False:
            self._handlers()
        booted = diverged(self.project, history, watched.state, self.sources, wanted)
        beside = self.request.beside()
        for found in (booted, *beside):
            self.findings += found.findings
            self.notes += found.notes
            self.undecided += found.undecided
        if len(beside) + 1 < len(self.dialects) and wanted is not False:
            own = self.project.target.facts.dialect.value
            self.notes.append(f"divergence is looked for on {own} alone")

    def _handlers(self) -> None:
        if has_foreign_receivers():
            from replayer.api.handler_findings import handler_findings

            self.findings += handler_findings()


def _render(models: Sequence[Any], connection: Any) -> frozenset[str]:  # noqa: ANN401 - a wrapper
    from replayer.ddl.render import render_models
    from replayer.drift.columns import without_column_order

    rendered = render_models(models, connection)
    return frozenset(without_column_order(statement.sql) for statement in rendered.statements)


def _live_models() -> dict[ModelKey, Any]:
    from django.apps import apps

    return {
        ModelKey(model._meta.app_label, str(model._meta.model_name)): model  # noqa: SLF001 - public
        for model in apps.get_models(include_swapped=True)
    }
