"""Tell Django's connections, editors and cursors from other objects, and what their use means."""

from __future__ import annotations

import types

from replayer.replay.examination.atoms import Thing, Token, Value, constant
from replayer.replay.examination.lookup import dotted_name

APPS = Token("apps")
EDITOR = Token("editor")
CONNECTION = Token("connection")
CONNECTIONS = Token("connections")
CURSOR = Token("cursor")
OPERATIONS = Token("operations")

FOLLOWED = frozenset({EDITOR, CONNECTION, CURSOR})
"""Whoever holds one of these can reach the schema."""

# Source: django/db/backends/base/schema.py, BaseDatabaseSchemaEditor: these change nothing.
HARMLESS_OF_EDITOR = frozenset({"quote_name", "quote_value", "atomic", "atomic_migration"})
HARMLESS_OF_EDITOR |= {"collect_sql", "__class__", "__enter__", "__exit__"}
REACHING_OF_CONNECTION = {
    "introspection": "uses introspection",
    "schema_editor": "opens a schema editor",
    "SchemaEditorClass": "opens a schema editor",
    "creation": "uses connection.creation",
    "connection": "uses the driver's connection",
    "prepare_database": "uses connection.prepare_database",
}
CURSOR_RUNS = frozenset({"execute", "executemany", "executescript"})
CONNECTION_GIVERS = frozenset({"django.db.transaction.get_connection"})
CONNECTION_NAMES = {
    "django.db.connection": CONNECTION,
    "django.db.connections": CONNECTIONS,
    "django.db.utils.connections": CONNECTIONS,
}
_TYPES = {
    "django.db.utils.ConnectionHandler": CONNECTIONS,
    "django.utils.connection.ConnectionProxy": CONNECTION,
    "django.db.DefaultConnectionProxy": CONNECTION,
}
_WRAPPER = "django.db.backends.base.base.BaseDatabaseWrapper"


def token_of(target: object) -> Token | None:
    """Return the token for one of Django's connection objects, by its class."""
    kind = type(target)
    if kind is types.ModuleType:
        return None
    token = _TYPES.get(dotted_name(kind))
    if token is None and any(
        dotted_name(base) == _WRAPPER for base in type.__getattribute__(kind, "__mro__")
    ):
        return CONNECTION
    return token


def tokenized(value: Value) -> Value:
    """Put tokens in the place of connection objects."""
    return frozenset(
        (token_of(atom.value) or atom) if isinstance(atom, Thing) else atom for atom in value
    )


def tokenized_constant(value: object) -> Value:
    """Return the value of an object that exists, a token for a connection."""
    return tokenized(constant(value))
