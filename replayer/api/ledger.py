"""The ledger of a booted project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.api.history_schema import replay_history
from replayer.api.schema import chosen_plan
from replayer.dialects.connections import offline_connection
from replayer.history.loader import load_history
from replayer.ledger.watch import LedgerObserver
from replayer.replay.policy import RunPythonPolicy
from replayer.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.ledger.entry import Entry
    from replayer.project.boot import Project


def build_ledger(
    project: Project,
    *,
    at: Sequence[str] = (),
    apps: Sequence[str] = (),
    run_python: RunPythonPolicy = RunPythonPolicy.AUTO,
) -> tuple[Entry, ...]:
    """Return an entry for each operation of the history that isn't plain, in plan order.

    Parameters
    ----------
    at
        As ``--at``.
    apps
        Only the entries of these apps; all where there is none.

    Raises
    ------
    HistoryError
        When the migrations don't form a history.
    ReplayError
        When an operation fails.
    DialectError
        For SQL Server.
    """
    sources = Sources()
    history = load_history()
    history.raise_for_conflicts()
    connection = offline_connection(project.target.alias)
    observer = LedgerObserver(connection, sources)
    replay_history(
        history,
        chosen_plan(history, at),
        connection,
        sources,
        run_python=run_python,
        observer=observer,
    )
    return tuple(
        entry for entry in observer.entries if not apps or entry.key.migration.app_label in apps
    )
