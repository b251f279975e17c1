"""Print the history's own statements, migration by migration, as ``sqlmigrate`` would for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.ddl.document import write_statement
from replayer.model import Statement
from replayer.replay.record import Outcome
from replayer.replay.steps import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.model import Dialect
    from replayer.replay.handlers import HandlerRecord
    from replayer.replay.record import MigrationRecord


def verbatim(
    records: Sequence[MigrationRecord], dialect: Dialect, handled: Sequence[HandlerRecord] = ()
) -> tuple[str, tuple[Statement, ...]]:
    """Return the history's own statements as a document, and as values.

    Notes
    -----
    A comment names the migration, and one each operation, as ``sqlmigrate`` writes them.
    """
    lines: list[str] = []
    statements: list[Statement] = []

    def add_handlers(signal: str) -> None:
        for done in handled:
            if done.handler.signal == signal:
                lines.append(f"--\n-- {done.handler}\n--\n")
                lines.extend(write_statement(sql, dialect) for sql in done.statements)
                statements.extend(Statement(sql=sql) for sql in done.statements)

    add_handlers("")
    add_handlers("pre_migrate")
    for record in records:
        lines.append(f"--\n-- {record.key}\n--\n")
        for step in record.steps:
            told = describe(step.operation) if step.outcome is not Outcome.DATA else "data only"
            lines.append(f"-- {step.key.index}: {told}\n")
            lines.extend(write_statement(sql, dialect) for sql in step.statements)
            statements.extend(Statement(sql=sql) for sql in step.statements)
        if record.deferred:
            lines.append("-- deferred to the end of the migration\n")
        lines.extend(write_statement(sql, dialect) for sql in record.deferred)
        statements.extend(Statement(sql=sql) for sql in record.deferred)
    add_handlers("post_migrate")
    return "".join(lines), tuple(statements)
