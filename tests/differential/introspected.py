"""What Django's introspection says of every table, as JSON: of a real server, or of the catalogue.

Run in a project's directory: ``python -m tests.differential.introspected real``, with a settings
module that names a migrated database, or ``... DIALECT VERSION``, which replays the history.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from typing import Any

_MADE_BY_MIGRATE = "django_migrations"
_LEFT_OUT = ("display_size", "internal_size", "extra")
"""The sizes differ between drivers, and with the rows that are in a table; ``extra`` tells whether
MySQL took a default for an expression."""


def introspected(connection: Any) -> dict[str, object]:
    """Return every answer of the introspection, by method and table."""
    ask = connection.introspection
    found: dict[str, object] = {}
    with connection.cursor() as cursor:
        tables = sorted(ask.get_table_list(cursor))
        found["get_table_list"] = [row for row in tables if row.name != _MADE_BY_MIGRATE]
        for name in ask.table_names(cursor):
            if name == _MADE_BY_MIGRATE:
                continue
            description = ask.get_table_description(cursor, name)
            found[f"get_table_description {name}"] = [
                {
                    key: _whether_default(value) if key == "default" else value
                    for key, value in row._asdict().items()
                    if key not in _LEFT_OUT
                }
                for row in description
            ]
            found[f"get_field_type {name}"] = [
                ask.get_field_type(row.type_code, row) if row.type_code in ask.data_types_reverse
                else None
                for row in description
            ]  # fmt: skip
            found[f"get_sequences {name}"] = ask.get_sequences(cursor, name)
            found[f"get_relations {name}"] = {
                key: [str(value) for value in row]
                for key, row in ask.get_relations(cursor, name).items()
            }
            found[f"get_constraints {name}"] = {
                key: _without_definition(item)
                for key, item in ask.get_constraints(cursor, name).items()
            }
            found[f"get_primary_key_column {name}"] = ask.get_primary_key_column(cursor, name)
    return found


def _whether_default(value: Any) -> Any:
    """Leave whether there is a default: its words are the server's own."""
    return value if value in {None, "NULL"} else "a default"


def _without_definition(constraint: dict[str, Any]) -> dict[str, Any]:
    """Take the server's own words away, and leave whether there are any."""
    if "definition" in constraint:
        constraint["definition"] = constraint["definition"] is not None
    return constraint


def _offline(dialect: str, version: str) -> Any:
    from replayer.api.history_schema import replay_history
    from replayer.cli.context import boot_project
    from replayer.dialects.connections import offline_connection
    from replayer.history.loader import load_history
    from replayer.sources import Sources

    boot_project(
        Namespace(
            settings=None, pythonpath=None, dialect=dialect, server_version=version,
            database="default",
        )
    )  # fmt: skip
    history = load_history()
    connection = offline_connection("default")
    replay_history(history, history.plan, connection, Sources())
    return connection


def _real() -> Any:
    import django
    from django.db import connection

    django.setup()
    return connection


def main() -> None:
    """Print the answers."""
    connection = _real() if sys.argv[1] == "real" else _offline(sys.argv[1], sys.argv[2])
    sys.stdout.write(json.dumps(introspected(connection), default=str))


if __name__ == "__main__":
    main()
