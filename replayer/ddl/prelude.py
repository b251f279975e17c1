"""What tables need before them on PostgreSQL: extensions and the history's collations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from replayer.dialects.backing import Recorder
from replayer.model import Statement
from replayer.replay.preparation import ask_to_prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from replayer.history.loader import History
    from replayer.model import MigrationKey

_KINDS = {"CreateExtension", "CreateCollation", "RemoveCollation"}
_COLLATION = re.compile(
    r"\s*(?P<verb>CREATE|DROP) COLLATION (?:IF (?:NOT )?EXISTS )?(?P<name>\"(?:[^\"]|\"\")+\")"
)
_FUZZY = re.compile(r"deterministic\s*=\s*false", re.IGNORECASE)
_SCHEMA = re.compile(r"(?P<schema>\"(?:[^\"]|\"\")+\")\.")


def prelude_statements(
    history: History,
    plan: Sequence[MigrationKey],
    connection: Any,  # noqa: ANN401 - a wrapper
) -> tuple[Statement, ...]:
    """Return what the backend prepares, and what ``django.contrib.postgres``'s operations do.

    Notes
    -----
    They leave no trace in a ``ProjectState``, and a state that uses them doesn't load without.
    Source: django/contrib/postgres/operations.py.
    """
    recorder = Recorder()
    connection.back_with(recorder)
    # PostGIS makes its extension there, before the first migration.
    ask_to_prepare(connection)
    editor = connection.SchemaEditorClass(connection, atomic=False)
    for key in plan:
        migration = history.on_disk[key]
        for operation in _flat(migration.operations):
            names = {kind.__name__ for kind in type(operation).__mro__}
            if names & _KINDS and "contrib.postgres" in _modules(operation):
                nowhere: Any = None  # these operations look at no state
                operation.database_forwards(migration.app_label, editor, nowhere, nowhere)
    kept: dict[str, str] = {}
    for sql in recorder.statements:
        text = sql.strip().rstrip(";")
        match = _COLLATION.match(text)
        if match and match["verb"] == "DROP":
            kept.pop(match["name"], None)
        elif text.upper().startswith("CREATE "):
            kept.setdefault(match["name"] if match else text, text)
    return tuple(Statement(sql=sql) for sql in kept.values())


def fuzzy_collations(prelude: Sequence[Statement]) -> frozenset[str]:
    """Return the unquoted names of the collations that a prelude makes nondeterministic."""
    matches = (_COLLATION.match(item.sql) for item in prelude if _FUZZY.search(item.sql))
    return frozenset(match["name"][1:-1].replace('""', '"') for match in matches if match)


def schema_statements(models: Sequence[Any]) -> tuple[Statement, ...]:
    """Return what makes the schemas that the ``db_table`` of models name: ``"audit"."log"``.

    Notes
    -----
    Django has no operation that makes a schema; a history does it by ``RunSQL``, which leaves no
    trace in a state, and without it the state doesn't load.
    """
    tables = (model._meta.db_table for model in models)  # noqa: SLF001 - Django's public name
    found = (_SCHEMA.match(table if table.startswith('"') else f'"{table}"') for table in tables)
    names = dict.fromkeys(match["schema"] for match in found if match)
    return tuple(Statement(sql=f"CREATE SCHEMA {name}") for name in sorted(names))


def _flat(operations: Iterable[Any]) -> Iterator[Any]:
    for operation in operations:
        yield operation
        yield from _flat(getattr(operation, "database_operations", ()))


def _modules(operation: object) -> str:
    return " ".join(kind.__module__ for kind in type(operation).__mro__)
