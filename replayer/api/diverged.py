"""What diverges on the dialect that a project was booted with, found only where it is worth it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from replayer.dialects.connections import offline_connection
from replayer.drift.ownership import Ownership
from replayer.drift.suspects import count_suspects
from replayer.drift.watch import watch
from replayer.errors import DialectError, HistoryError, ReplayError
from replayer.history.loader import load_history
from replayer.model import Dialect
from replayer.sources import Sources

if TYPE_CHECKING:
    from replayer.findings import Finding
    from replayer.history.loader import History
    from replayer.project.boot import Project
    from replayer.replay.state import ReplayState


@dataclass(frozen=True, slots=True, kw_only=True)
class Diverged:
    """What a comparison of the history with its state came to."""

    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


def ownership_of(project: Project) -> Ownership:
    """Return what tells the apps of a project from installed ones."""
    return Ownership([str(project.root), *project.location.python_path])


def diverged_alone(project: Project, wanted: bool | None) -> Diverged:  # noqa: FBT001 - three answers
    """Return what diverges in a project of which nothing else is asked.

    Notes
    -----
    For the second and every further dialect of a check: whoever checks the first one tells what
    is wrong with the graph.
    """
    sources = Sources()
    try:
        history = load_history()
        state = watch(history, history.plan, sources).state
    except (HistoryError, ReplayError):
        return Diverged()
    return diverged(project, history, state, sources, wanted)


def diverged(
    project: Project,
    history: History,
    state: ReplayState,
    sources: Sources,
    wanted: bool | None,  # noqa: FBT001 - three answers
) -> Diverged:
    """Compare the schema that a history leaves with its state's.

    Parameters
    ----------
    wanted
        None: only where an app of the project has an operation that may leave another schema.
    """
    ownership = ownership_of(project)
    dialect = project.target.facts.dialect
    if wanted is None:
        own, others = count_suspects(history, ownership.is_own)
        wanted = bool(own)
        if others and not own:
            noun = "operation" if others == 1 else "operations"
            note = (
                f"{others} {noun} of installed packages may leave another schema than the state "
                "says; to compare: --divergence"
            )
            return Diverged(notes=(note,))
    if not wanted:
        return Diverged()
    if dialect is Dialect.MSSQL:
        note = "divergence is not looked for on mssql: its history can't be replayed offline"
        return Diverged(notes=(note,))
    from replayer.api.divergence import divergence_findings

    connection = offline_connection(project.target.alias)
    try:
        return Diverged(
            findings=divergence_findings(history, state, connection, sources, ownership.is_own)
        )
    except DialectError as error:
        text = (
            f"the history can't be compared with its state on {dialect.value} "
            f"(--no-divergence leaves that out): {error.message}"
        )
        return Diverged(undecided=(text,))
