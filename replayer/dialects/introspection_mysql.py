"""Django's introspection of MySQL and MariaDB, answered from the catalogue.

Goes in front of a backend's ``DatabaseIntrospection``; source: django/db/backends/mysql/
introspection.py (4.2 to 6.1), whose queries tell which facts of the server are shown, and how.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from replayer.catalog.mysql.tokens import name_of, quote_name, string_of, tokens_of
from replayer.catalog.schema import (
    Check,
    ForeignKey,
    ObjectKind,
    PrimaryKey,
    Unique,
)
from replayer.dialects.introspection import catalog_of, module_of
from replayer.dialects.mysql_types import MYSQL_FIELDS, mysql_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.catalog.schema import Column, Index, Table

_ON_DELETE = {"CASCADE": "DB_CASCADE", "NO ACTION": "DO_NOTHING", "RESTRICT": "DO_NOTHING"} | {
    "SET DEFAULT": "DB_SET_DEFAULT",
    "SET NULL": "DB_SET_NULL",
}


class MysqlIntrospectionMixin:
    """Answers from the catalogue; without one, as an empty database would."""

    connection: Any
    data_types_reverse = MYSQL_FIELDS
    """By number: the stand-in for the driver, which Django's own are keyed by, has none."""

    def get_table_list(self, cursor: object) -> list[Any]:
        """Return tables and views with their comments."""
        del cursor
        catalog = catalog_of(self.connection)
        if catalog is None:
            return []
        make = module_of(self).TableInfo
        found = [make(table.name.name, "t", comment_of(table)) for table in catalog.tables.values()]
        found += [
            make(other.name.name, "v", "VIEW")
            for (kind, _name), other in catalog.others.items()
            if kind is ObjectKind.VIEW
        ]
        return found

    def get_storage_engine(self, cursor: object, table_name: str) -> str:
        """Return a table's engine, or the default one where there is no such table."""
        del cursor
        table = self._table(table_name)
        return engine_of(table) if table is not None else "InnoDB"

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:  # noqa: ANN401
        """Return the columns; a table that is missing is refused by the server."""
        table = self._table(table_name)
        if table is None:
            cursor.execute(f"SELECT * FROM {quote_name(table_name)} LIMIT 1")  # noqa: S608 - quoted
            return []
        make = module_of(self).FieldInfo
        is_mariadb = self.connection.mysql_is_mariadb
        # Django's query adds strings, which the server takes for numbers: every check counts.
        json = {name for name, _text in checks_of(table) if is_mariadb}
        found = []
        for column in table.columns:
            kind = mysql_type(column.type)
            values = (
                column.name,
                kind.code,
                kind.characters or 0,
                kind.characters or kind.length,
                kind.precision or kind.length,
                kind.scale or kind.decimals,
                int(column.null),
                shown_default(column, is_mariadb=is_mariadb),
                column.collation,
                extra_of(column, is_mariadb=is_mariadb),
                int(kind.is_unsigned),
                column.name in json,
                column.comment or "",
                kind.base,
            )
            found.append(make(*values[: len(make._fields)]))
        return found

    def get_sequences(
        self, cursor: object, table_name: str, table_fields: object = ()
    ) -> list[dict[str, object]]:
        """Return the one column that numbers itself."""
        del cursor, table_fields
        table = self._table(table_name)
        return [
            {"table": table_name, "column": column.name}
            for column in (table.columns if table is not None else ())
            if column.identity is not None
        ]

    def get_relations(self, cursor: object, table_name: str) -> dict[str, tuple[object, ...]]:
        """Return the foreign keys by each of their columns."""
        del cursor
        table = self._table(table_name)
        found: dict[str, tuple[object, ...]] = {}
        for key in table.foreign_keys if table is not None else ():
            for column, target in zip(key.columns, key.target_columns, strict=True):
                row: tuple[object, ...] = (target, key.target.name)
                if hasattr(self, "on_delete_types"):
                    from django.db import models

                    row = (*row, getattr(models, _ON_DELETE.get(key.on_delete, "DO_NOTHING")))
                found[column] = row
        return found

    def get_constraints(self, cursor: Any, table_name: str) -> dict[str, dict[str, Any]]:  # noqa: ANN401
        """Return constraints, checks, and indexes; those of one name are one entry."""
        table = self._table(table_name)
        if table is None:
            # SHOW INDEX of a table that is missing is refused by the server.
            cursor.execute(f"SELECT * FROM {quote_name(table_name)} LIMIT 1")  # noqa: S608 - quoted
            return {}
        features = self.connection.features
        has_orders = bool(features.supports_index_column_ordering)
        found: dict[str, dict[str, Any]] = {}
        for item in table.constraints:
            if isinstance(item, (PrimaryKey, Unique)):
                found[item.name] = _entry(item.columns, is_primary=isinstance(item, PrimaryKey),
                                          unique=True, has_orders=has_orders)  # fmt: skip
            elif isinstance(item, ForeignKey):
                entry = found.setdefault(item.name, _entry(item.columns, has_orders=has_orders))
                entry["foreign_key"] = (item.target.name, item.target_columns[0])
        if features.can_introspect_check_constraints:
            found.update(_checks(table))
        for item in table.constraints:
            if isinstance(item, (PrimaryKey, Unique)):
                _index(found[item.name], ["ASC"] * len(item.columns), "idx", has_orders)
        for index in table.indexes:
            entry = found.setdefault(
                index.name,
                _entry(_columns(index), unique=index.unique, has_orders=has_orders),
            )
            kind = "idx" if index.method == "btree" else index.method
            is_ordered = index.method == "btree"
            orders = [
                "DESC" if item.descending and is_ordered else "ASC" for item in index.elements
            ]
            _index(entry, orders, kind, has_orders)
        return found

    def _table(self, name: str) -> Table | None:
        catalog = catalog_of(self.connection)
        return None if catalog is None else catalog.table(name)


def _columns(index: Index) -> list[str | None]:
    """Return the columns, None for all expressions; a unique one's expressions come last."""
    columns = dict.fromkeys(item.column for item in index.elements)
    if index.unique:
        return sorted(columns, key=lambda name: name is None)
    return list(columns)


def _entry(
    columns: Iterable[str | None],
    *,
    is_primary: bool = False,
    unique: bool = False,
    has_orders: bool,
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "columns": list(columns),
        "primary_key": is_primary,
        "unique": unique,
        "index": False,
        "check": False,
        "foreign_key": None,
    }
    if has_orders:
        entry["orders"] = []
    return entry


def _index(entry: dict[str, Any], orders: list[str], kind: str, has_orders: bool) -> None:  # noqa: FBT001
    entry["index"] = True
    entry["type"] = kind
    if has_orders:
        entry["orders"] = [*entry.get("orders", []), *orders]


def _checks(table: Table) -> dict[str, dict[str, Any]]:
    found = {}
    unnamed = 0
    for name, expression in checks_of(table):
        columns = columns_named(expression, table)
        key = name
        if set(columns) == {name}:
            unnamed += 1
            key = f"__unnamed_constraint_{unnamed}__"
        entry = _entry(columns, has_orders=False)
        entry["check"] = True
        found[key] = entry
    return found


def checks_of(table: Table) -> list[tuple[str, str]]:
    """Return the names and expressions of a table's checks, as the server shows them."""
    return [(item.name, item.expression) for item in table.constraints if isinstance(item, Check)]


def columns_named(expression: str, table: Table) -> list[str]:
    """Return the columns that an expression names, in its order."""
    names = {column.name.lower(): column.name for column in table.columns}
    tokens = tokens_of(expression)
    found: dict[str, None] = {}
    for token, after in pairwise(tokens):
        is_name = token.kind == "quoted" or (token.kind == "word" and after.text != "(")
        if is_name and name_of(token).lower() in names:
            found[names[name_of(token).lower()]] = None
    return list(found)


def comment_of(table: Table) -> str:
    """Return the comment of a table, empty where there is none."""
    comment = table.comment or ""
    return string_of(comment) if comment[:1] in {"'", '"'} else comment


def engine_of(table: Table) -> str:
    """Return the storage engine of a table."""
    match = re.search(r"\bENGINE\s*=\s*(\w+)", table.options, re.IGNORECASE)
    return match[1] if match else "InnoDB"


def shown_default(column: Column, *, is_mariadb: bool) -> str | None:
    """Return ``information_schema.columns.column_default``.

    Notes
    -----
    MariaDB shows an expression (``'x'``, ``NULL``), MySQL a value (``x``).
    """
    default = column.default
    if is_mariadb:
        return "NULL" if default is None and column.null else default
    if default is None or default.upper() == "NULL":
        return None
    if default[:1] in {"'", '"'}:
        return string_of(default)
    if default[:1] == "(" and default[-1:] == ")":
        return default[1:-1]
    return default


def extra_of(column: Column, *, is_mariadb: bool) -> str:
    """Return ``information_schema.columns.extra``."""
    if column.identity is not None:
        return "auto_increment"
    if column.generated is not None:
        return ("STORED" if column.generated.stored else "VIRTUAL") + " GENERATED"
    default = column.default or ""
    is_expression = default[:1] == "(" or default.upper().startswith(("CURRENT_TIMESTAMP", "NOW("))
    words = ["DEFAULT_GENERATED"] if is_expression and not is_mariadb else []
    match = re.search(r"ON UPDATE (\S+)", column.options)
    words += [f"on update {match[1]}"] if match else []
    return " ".join(words)
