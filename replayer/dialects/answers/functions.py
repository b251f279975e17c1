"""The functions of PostgreSQL and MySQL that look-ups call, for the miniature's SQLite."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import TYPE_CHECKING

from replayer.catalog.refusals import CatalogError, UndefinedTable
from replayer.catalog.schema import QualifiedName
from replayer.dialects.answers.mysql.system import MysqlSystem
from replayer.dialects.answers.postgresql.settings import current_setting, settings_of
from replayer.dialects.answers.quoting import format_text, quote_ident, quote_literal
from replayer.dialects.answers.tables import array, items
from replayer.dialects.refusals import CannotAnswer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from replayer.catalog.catalog import Catalog
    from replayer.dialects.answers.postgresql.system import PostgresqlSystem


def add_functions(
    connection: sqlite3.Connection,
    catalog: Catalog,
    system: PostgresqlSystem | MysqlSystem,
    database: str,
    failures: list[Exception],
) -> None:
    """Give a connection the functions of the catalogue's server.

    Parameters
    ----------
    failures
        Takes the refusal that a function answers with, which SQLite would swallow.
    """
    found: dict[str, tuple[int, Callable[..., object]]] = {
        "concat": (-1, lambda *values: "".join(_text(value) for value in values)),
        "now": (0, lambda: dt.datetime.now(tz=dt.timezone.utc).isoformat(" ")),
        "regexp": (2, _matches),
        "md5": (1, _md5),
        "left": (2, lambda value, size: _text(value)[:size]),
        "right": (2, lambda value, size: _text(value)[-size:]),
        "least": (-1, lambda *values: min(values)),
        "greatest": (-1, lambda *values: max(values)),
    }
    if isinstance(system, MysqlSystem):
        found |= _mysql(system, database)
    else:
        found |= _postgresql(catalog, system)
        connection.create_aggregate("array_agg", 1, _ArrayAggregate)  # type: ignore[arg-type]
        connection.create_aggregate("string_agg", 2, _StringAggregate)  # type: ignore[arg-type]
        connection.create_aggregate("bool_or", 1, _AnyAggregate)  # type: ignore[arg-type]
    for name, (count, function) in found.items():
        connection.create_function(name, count, _keeping(function, failures))  # type: ignore[arg-type]


def _keeping(function: Callable[..., object], failures: list[Exception]) -> Callable[..., object]:
    """Return a function that keeps its refusal, for SQLite says only that there was an error."""

    def call(*values: object) -> object:
        try:
            return function(*values)
        except CatalogError as error:
            failures.append(error)
            raise

    return call


def _mysql(system: MysqlSystem, database: str) -> dict[str, tuple[int, Callable[..., object]]]:
    variables = system.variables

    def server_variable(name: str) -> str | int:
        if name.lower() not in variables:
            message = f"cannot answer: @@{name}"
            raise CannotAnswer(message)
        return variables[name.lower()]

    return {
        "database": (0, lambda: database),
        "schema": (0, lambda: database),
        "version": (0, lambda: variables["version"]),
        "server_variable": (1, server_variable),
        "if": (3, lambda condition, yes, no: yes if condition else no),
        "connection_id": (0, lambda: 1),
        "last_insert_id": (0, lambda: 0),
        "row_count": (0, lambda: 0),
        "user": (0, lambda: "root@localhost"),
        "current_user": (0, lambda: "root@localhost"),
        "get_lock": (2, lambda _name, _time: 1),
        "release_lock": (1, lambda _name: 1),
        "convert_tz": (3, lambda time, _old, _new: time),
        "char_length": (1, lambda value: None if value is None else len(_text(value))),
    }


def _postgresql(
    catalog: Catalog, system: PostgresqlSystem
) -> dict[str, tuple[int, Callable[..., object]]]:
    version = settings_of(catalog.facts)["server_version"]

    def as_regclass(written: str) -> int:
        oid = system.relation(written)
        if oid is None:
            message = f'relation "{written}" does not exist'
            raise UndefinedTable(message)
        return oid

    def serial_sequence(table: str, column: str) -> str | None:
        name = table.replace('"', "").rpartition(".")[2]
        known = catalog.table(name) or catalog.table(name.lower())
        if known is None:
            message = f'relation "{table}" does not exist'
            raise UndefinedTable(message)
        found = known.column(column)
        identity = found.identity if found is not None else None
        sequence = identity.sequence if identity is not None else None
        return None if sequence is None else f"{sequence.schema or 'public'}.{sequence.name}"

    def constraint_definition(oid: object, *_rest: object) -> str | None:
        return next(
            (
                _definition(item)
                for table in catalog.tables.values()
                for item in table.constraints
                if system.oid("k", QualifiedName(str(table.name), item.name)) == oid
            ),
            None,
        )

    def index_definition(oid: object, *_rest: object) -> object:
        name = (system.relation_name(oid) or "").rpartition(".")[2]
        rows = system.make("pg_indexes").rows
        return next((row[4] for row in rows if row[2] == name), None)

    def comment(oid: object, number: object = 0) -> object:
        return next(
            (
                row[3]
                for row in system.make("pg_description").rows
                if row[0] == oid and (row[2] == number or (isinstance(number, str) and not row[2]))
            ),
            None,
        )

    def type_name(oid: object, *_rest: object) -> object:
        return next((row[1] for row in system.make("pg_type").rows if row[0] == oid), None)

    return {
        "version": (0, lambda: f"PostgreSQL {version} on x86_64-pc-linux-gnu"),
        "current_database": (0, lambda: "default"),
        "current_catalog": (0, lambda: "default"),
        "current_schema": (0, lambda: "public"),
        "current_schemas": (
            1,
            lambda is_all: array(["pg_catalog", "public"] if is_all else ["public"]),
        ),
        "current_user": (0, lambda: "postgres"),
        "session_user": (0, lambda: "postgres"),
        "current_setting": (-1, partial(current_setting, catalog.facts)),
        "pg_backend_pid": (0, lambda: 1),
        "pg_table_is_visible": (1, lambda _oid: 1),
        "pg_type_is_visible": (1, lambda _oid: 1),
        "pg_function_is_visible": (1, lambda _oid: 1),
        "pg_get_userbyid": (1, lambda _oid: "postgres"),
        "has_table_privilege": (-1, lambda *_rest: 1),
        "has_schema_privilege": (-1, lambda *_rest: 1),
        "pg_is_in_recovery": (0, lambda: 0),
        "pg_relation_size": (-1, lambda *_rest: 0),
        "pg_total_relation_size": (1, lambda _oid: 0),
        "pg_advisory_lock": (-1, lambda *_rest: ""),
        "pg_advisory_xact_lock": (-1, lambda *_rest: ""),
        "pg_advisory_unlock": (-1, lambda *_rest: 1),
        "pg_try_advisory_lock": (-1, lambda *_rest: 1),
        "hashtext": (1, lambda value: len(_text(value))),
        "format": (-1, format_text),
        "quote_ident": (1, quote_ident),
        "quote_literal": (1, lambda value: None if value is None else quote_literal(value)),
        "quote_nullable": (1, quote_literal),
        "to_regclass": (1, system.relation),
        "as_regclass": (1, as_regclass),
        "relation_name": (
            1,
            lambda value: value if isinstance(value, str) else system.relation_name(value),
        ),
        "type_name": (1, type_name),
        "format_type": (2, type_name),
        "schema_name": (
            1,
            lambda oid: next((n for n in system.schemas() if system.schema_oid(n) == oid), None),
        ),
        "pg_get_serial_sequence": (2, serial_sequence),
        "setval": (-1, lambda _name, value, *_rest: value),
        "pg_get_constraintdef": (-1, constraint_definition),
        "pg_get_indexdef": (-1, index_definition),
        "pg_get_expr": (-1, lambda expression, *_rest: expression),
        "obj_description": (-1, comment),
        "col_description": (2, comment),
        "make_array": (-1, lambda *values: array(values)),
        "in_array": (
            2,
            lambda value, values: None if values is None else int(_is_in(value, values)),
        ),
        "not_in_array": (
            2,
            lambda value, values: None if values is None else int(not _is_in(value, values)),
        ),
        "array_item": (2, lambda values, place: dict(enumerate(items(values), 1)).get(place)),
        "array_length": (2, lambda values, _dimension: len(items(values)) or None),
        "cardinality": (1, lambda values: len(items(values))),
        "array_to_string": (2, lambda values, mark: mark.join(map(_text, items(values)))),
        "array_position": (
            2,
            lambda values, value: (
                items(values).index(value) + 1 if value in items(values) else None
            ),
        ),
        "like": (2, lambda pattern, value: _is_like(pattern, value, re.DOTALL)),
        "glob": (2, lambda pattern, value: _is_like(pattern, value, re.DOTALL | re.IGNORECASE)),
        "match": (2, lambda pattern, value: _matches(pattern, value, re.IGNORECASE)),
        "regexp_replace": (-1, lambda value, pattern, new, *_rest: re.sub(pattern, new, value)),
        "split_part": (
            3,
            lambda value, mark, place: [*value.split(mark), *[""] * place][place - 1],
        ),
    }


class _ArrayAggregate:
    def __init__(self) -> None:
        self._values: list[object] = []

    def step(self, value: object) -> None:
        self._values.append(value)

    def finalize(self) -> str | None:
        return array(self._values) if self._values else None


class _StringAggregate:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._mark = ""

    def step(self, value: object, mark: str) -> None:
        if value is not None:
            self._parts.append(_text(value))
            self._mark = mark

    def finalize(self) -> str | None:
        return self._mark.join(self._parts) if self._parts else None


class _AnyAggregate:
    def __init__(self) -> None:
        self._value: int | None = None

    def step(self, value: object) -> None:
        self._value = int(bool(value) or bool(self._value))

    def finalize(self) -> int | None:
        return self._value


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _is_in(value: object, values: object) -> bool:
    found = items(values)
    return value in found or str(value) in map(str, found)


def _is_like(pattern: str | None, value: object, flags: int) -> int | None:
    if pattern is None or value is None:
        return None
    parts = re.findall(r"\\(.)|(%)|(_)|([^\\%_]+)", pattern, re.DOTALL)
    expression = "".join(
        ".*" if many else "." if one else re.escape(escaped or plain)
        for escaped, many, one, plain in parts
    )
    return int(re.fullmatch(expression, _text(value), flags) is not None)


def _matches(pattern: str | None, value: object, flags: int = 0) -> int | None:
    if pattern is None or value is None:
        return None
    return int(re.search(pattern, _text(value), flags) is not None)


def _md5(value: object) -> str:
    import hashlib

    return hashlib.md5(_text(value).encode(), usedforsecurity=False).hexdigest()


def _definition(item: object) -> str:
    from replayer.catalog.schema import Check, ForeignKey, PrimaryKey, Unique

    if isinstance(item, Check):
        return f"CHECK (({item.expression}))" + ("" if item.validated else " NOT VALID")
    if isinstance(item, ForeignKey):
        text = (
            f"FOREIGN KEY ({', '.join(item.columns)}) REFERENCES {item.target}"
            f"({', '.join(item.target_columns)})"
        )
        for event, action in (("UPDATE", item.on_update), ("DELETE", item.on_delete)):
            text += "" if action == "NO ACTION" else f" ON {event} {action}"
        text += " DEFERRABLE" if item.deferrable else ""
        return text + (" INITIALLY DEFERRED" if item.initially_deferred else "")
    if isinstance(item, PrimaryKey):
        return f"PRIMARY KEY ({', '.join(item.columns)})"
    if isinstance(item, Unique):
        return f"UNIQUE ({', '.join(item.columns)})"
    return "EXCLUDE"
