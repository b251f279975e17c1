"""What tables need before them on PostgreSQL: the extensions and collations of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.dialects.backing import Recorder
from replayer.model import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.history.loader import History
    from replayer.model import MigrationKey

_KINDS = {"CreateExtension", "CreateCollation"}


def prelude_statements(
    history: History,
    plan: Sequence[MigrationKey],
    connection: Any,  # noqa: ANN401 - a wrapper
) -> tuple[Statement, ...]:
    """Return the statements of ``django.contrib.postgres``'s operations that the plan runs.

    Notes
    -----
    They leave no trace in a ``ProjectState``, and a state that uses them doesn't load without.
    Source: django/contrib/postgres/operations.py.
    """
    recorder = Recorder()
    connection.back_with(recorder)
    editor = connection.SchemaEditorClass(connection, atomic=False)
    for key in plan:
        migration = history.on_disk[key]
        for operation in migration.operations:
            names = {kind.__name__ for kind in type(operation).__mro__}
            if names & _KINDS and "contrib.postgres" in _modules(operation):
                nowhere: Any = None  # these operations look at no state
                operation.database_forwards(migration.app_label, editor, nowhere, nowhere)
    wanted = (sql for sql in recorder.statements if sql.lstrip().upper().startswith("CREATE"))
    return tuple(Statement(sql=sql.strip().rstrip(";")) for sql in dict.fromkeys(wanted))


def _modules(operation: object) -> str:
    return " ".join(kind.__module__ for kind in type(operation).__mro__)
