"""What is said on stderr of a history: how many operations are not plain, and which are opaque."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from replayer.dialects.literals import is_respelt
from replayer.replay.record import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.model import Statement
    from replayer.replay.handlers import Handler, HandlerRecord
    from replayer.replay.record import MigrationRecord

_OUTCOME_WORDS = {
    Outcome.RAN: "run as they are",
    Outcome.DATA: "that only move data",
    Outcome.DENIED: "kept away by a router",
    Outcome.SKIPPED: "skipped",
    Outcome.OPAQUE: "opaque",
}


def has_opaque(records: Sequence[MigrationRecord], handled: Sequence[HandlerRecord] = ()) -> bool:
    """Return whether what some operation or handler does to the schema is not known."""
    opaque = {Outcome.OPAQUE, Outcome.SKIPPED}
    if any(record.outcome in opaque for record in handled):
        return True
    return any(step.outcome in opaque for record in records for step in record.steps)


def handler_notes(unrun: Sequence[Handler], handled: Sequence[HandlerRecord]) -> tuple[str, ...]:
    """Return one line for each handler that was not run, and for each that is opaque."""
    notes = [
        f"{handler} is not run, though it {handler.reason} (--signals runs it)" for handler in unrun
    ]
    notes += [
        f"{record.handler} is opaque, what it does to the schema is not shown: {record.reason}"
        for record in handled
        if record.outcome is Outcome.OPAQUE
    ]
    return tuple(notes)


def function_notes(functions: Sequence[str]) -> tuple[str, ...]:
    """Return a line on the functions of the schema that an SQLite has only from Django."""
    if not functions:
        return ()
    called = ", ".join(functions)
    note = (
        f"the schema calls {called}, which SQLite has on Django's connections alone: whatever else "
        "loads it must define it"
    )
    return (note,)


def history_notes(records: Sequence[MigrationRecord]) -> tuple[str, ...]:
    """Return one line on the operations that are not plain, and one for each that is opaque."""
    outcomes = Counter(step.outcome for record in records for step in record.steps)
    parts = [
        f"{outcomes[outcome]} {words}"
        for outcome, words in _OUTCOME_WORDS.items()
        if outcomes[outcome]
    ]
    notes = []
    if parts:
        count = sum(outcomes.values())
        notes.append(f"{count} operations, of which {', '.join(parts)} (replayer ledger)")
    for record in records:
        for step in record.steps:
            if step.outcome in {Outcome.OPAQUE, Outcome.SKIPPED}:
                name = type(step.operation).__name__
                notes.append(
                    f"{step.key}: {name} is {step.outcome.value}, what it does to the schema is "
                    f"not shown: {step.reason}"
                )
    return tuple(notes)


def respelt_literals(
    records: Sequence[MigrationRecord], statements: Sequence[Statement]
) -> tuple[str, ...]:
    """Return one sentence for each step whose literals are printed otherwise than it sent them.

    Notes
    -----
    Most defaults go again with the statement that follows; those that are not printed are not told.
    """
    return tuple(
        f"{step.key}: {step.spelling}"
        for record in records
        for step in record.steps
        if any(is_respelt(text, made.sql) for text in step.respelt for made in statements)
    )
