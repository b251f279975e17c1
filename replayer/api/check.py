"""The check: models against migrations, migrations against the schema that they leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import django

from replayer import __version__
from replayer.ddl.render import render_models
from replayer.dialects.connections import OfflineEngines, offline_connection
from replayer.drift.baseline import apply_baseline
from replayer.drift.classify import Judge
from replayer.drift.columns import without_column_order
from replayer.drift.detect import detect
from replayer.drift.findings import Teller
from replayer.drift.graph_faults import (
    conflict_findings,
    failing_operation,
    fault_findings,
    squash_findings,
)
from replayer.drift.ignores import Ignore, apply_ignores
from replayer.drift.places import Setters
from replayer.drift.watch import watch
from replayer.errors import HistoryError, ReplayError, UsageError
from replayer.findings import DriftClass, FailOn, Finding, Report
from replayer.history.loader import load_history
from replayer.model import Dialect, ModelKey
from replayer.project.drivers import backend_imports
from replayer.rules import RULES_BY_ID
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    has_divergence: bool = False
    """Whether the history is replayed and compared with its state."""
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
        own = project.target.facts.dialect
        self.dialects = request.dialects or (own,)

    def report(self) -> Report:
        """Return the report."""
        try:
            history = load_history()
        except HistoryError as error:
            self.findings += fault_findings(error)
            self.undecided.append("the migrations form no graph, so nothing was compared with them")
            return self._report()
        self._check_apps(history)
        self.notes += history.warnings
        self.findings += conflict_findings(history, self.sources)
        self.findings += squash_findings(history, self.sources)
        self._undeclared(history)
        try:
            watched = watch(history, history.plan, self.sources)
        except ReplayError as error:
            self.findings.append(failing_operation(error))
            self.undecided.append(
                "the state of the migrations can't be built beyond a failing "
                "operation, so the models were not compared with it"
            )
            return self._report()
        self.findings += watched.findings
        self._unmigrated(history)
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
        chosen = self.findings
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
            notes=tuple(self.notes),
            undecided=tuple(self.undecided),
        )

    # The graph.

    def _undeclared(self, history: History) -> None:
        if not any(map(self._is_first_party, {key.app_label for key in history.plan})):
            # Only the user's own are told, and networkx costs a fifth of a second.
            return
        from replayer.graph.ancestors import index_ancestors
        from replayer.graph.build import build_digraph
        from replayer.graph.undeclared import undeclared_dependencies

        rule = RULES_BY_ID["R405"]
        for fault in undeclared_dependencies(history, index_ancestors(build_digraph(history))):
            key = fault.operation.migration
            if not self._is_first_party(key.app_label):
                continue
            place = self.sources.operation_source(history.on_disk[key], fault.operation.index)
            maker = fault.makers[0] if fault.makers else None
            by = f" ({maker} makes it)" if maker else ""
            self.findings.append(
                Finding(
                    rule_id=rule.id,
                    drift_class=DriftClass.GRAPH,
                    severity=rule.severity,
                    app_label=key.app_label,
                    subject=f"{key.name}: {fault.model}",
                    message=f"{key} needs {fault.model}{by}, which is not among its dependencies",
                    source=place,
                    migration=key,
                    migration_source=place,
                    hint=rule.cure_for(app=key.app_label, migration=key.name),
                )
            )

    def _is_first_party(self, label: str) -> bool:
        from django.apps import apps

        from replayer.sources import is_first_party

        try:
            return is_first_party(apps.get_app_config(label).path, str(self.project.root))
        except LookupError:
            return True

    def _unmigrated(self, history: History) -> None:
        from django.apps import apps

        rule = RULES_BY_ID["R112"]
        for label in history.unmigrated_apps:
            models = list(apps.get_app_config(label).get_models())
            if not self._is_first_party(label) or not models:
                continue
            names = ", ".join(sorted(str(model._meta.object_name) for model in models))  # noqa: SLF001
            self.findings.append(
                Finding(
                    rule_id=rule.id,
                    drift_class=DriftClass.GRAPH,
                    severity=rule.severity,
                    app_label=label,
                    message=f"app {label!r} has models and no migrations: {names}",
                    source=self.sources.model_source(models[0]),
                    hint=rule.cure_for(app=label),
                )
            )

    # The models.

    def _drift(self, history: History, watched: Watched) -> None:
        detected = detect(history, watched.state)
        if not detected.differing:
            return
        connections = {dialect: self._connection(dialect) for dialect in self.dialects}
        judge = Judge(connections, _render, _live_models(), set(history.loader.unmigrated_apps))
        judged, after = judge.judge(detected, watched.state)
        teller = Teller(
            detected,
            Setters(history, self.sources),
            self.sources,
            [str(self.project.root), *self.project.location.python_path],
        )
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
        engine = target.engine if same_vendor else engines.default_engine(dialect)
        wrapper = engines.offline(engine, engines.facts(dialect, None))
        settings = {**booted.settings_dict, "ENGINE": engine, "OPTIONS": {}}
        return wrapper(settings, target.alias)

    # The schemas.

    def _divergence(self, history: History, watched: Watched) -> None:
        if not self.request.has_divergence:
            if watched.unshown:
                count = watched.unshown
                noun = "operation" if count == 1 else "operations"
                self.notes.append(
                    f"{count} {noun} may leave another schema than the state says; to compare: "
                    "--divergence"
                )
            return
        from replayer.api.divergence import divergence_findings

        for dialect in self.dialects:
            if dialect is not self.project.target.facts.dialect or dialect is Dialect.MSSQL:
                self.notes.append(f"divergence is not looked for on {dialect.value}")
                continue
            self.findings += divergence_findings(
                history, watched.state, self._connection(dialect), self.sources
            )


def _render(models: Sequence[Any], connection: Any) -> frozenset[str]:  # noqa: ANN401 - a wrapper
    rendered = render_models(models, connection)
    return frozenset(without_column_order(statement.sql) for statement in rendered.statements)


def _live_models() -> dict[ModelKey, Any]:
    from django.apps import apps

    return {
        ModelKey(model._meta.app_label, str(model._meta.model_name)): model  # noqa: SLF001 - public
        for model in apps.get_models(include_swapped=True)
    }
