"""Which ``RunPython`` functions are run against the offline connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import router

from replayer.replay.policy import RunPythonPolicy
from replayer.replay.record import Outcome

if TYPE_CHECKING:
    from django.db.migrations.operations import RunPython


def decide(
    operation: RunPython,
    policy: RunPythonPolicy,
    editor: Any,  # noqa: ANN401 - a schema editor
    app_label: str,
) -> tuple[Outcome, str]:
    """Return what becomes of a ``RunPython``, and why.

    Notes
    -----
    A router is asked first, with the operation's hints, as ``RunPython.database_forwards`` asks.
    """
    alias = editor.connection.alias
    if not router.allow_migrate(alias, app_label, **operation.hints):
        return Outcome.DENIED, f"a router keeps it from {alias!r}"
    if policy is RunPythonPolicy.ALL:
        return Outcome.RAN, "--run-python all"
    from replayer.replay.examination.examine import examine  # few histories need it

    reach = examine(operation.code)
    if not reach.reaches_schema:
        return Outcome.DATA, reach.reason
    if policy is RunPythonPolicy.NEVER:
        return Outcome.SKIPPED, f"--run-python never ({reach.reason})"
    return Outcome.RAN, reach.reason
