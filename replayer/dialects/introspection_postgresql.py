"""Django's introspection of PostgreSQL, answered from the catalogue.

Goes in front of a backend's ``DatabaseIntrospection``; source: django/db/backends/postgresql/
introspection.py (4.2 to 6.1), whose queries tell which facts of the server are shown, and how.

The modules of the catalogue are imported when there is something to answer: a final state and a
check need no catalogue, and importing it is a tenth of their own time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from replayer.dialects.introspection import catalog_of, module_of
from replayer.dialects.postgresql_types import type_info

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.catalog.schema import Column, Constraint, Index, IndexElement, Table

_ON_DELETE = {
    "NO ACTION": "DO_NOTHING",
    "CASCADE": "DB_CASCADE",
    "SET DEFAULT": "DB_SET_DEFAULT",
    "SET NULL": "DB_SET_NULL",
}


class PostgresqlIntrospectionMixin:
    """Answers from the catalogue; without one, as an empty database would."""

    connection: Any
    ignored_tables: list[str]
    index_default_access_method: str

    def get_table_list(self, cursor: object) -> list[Any]:
        """Return tables and views with their comments."""
        del cursor
        catalog = catalog_of(self.connection)
        if catalog is None:
            return []
        from replayer.catalog.schema import ObjectKind

        make = module_of(self).TableInfo
        found = [
            make(table.name.name, "p" if table.partition is not None else "t",
                 table.comment)
            for table in catalog.tables.values()
        ]  # fmt: skip
        kinds = {
            ObjectKind.VIEW: "v",
            ObjectKind.MATERIALIZED_VIEW: "v",
            ObjectKind.FOREIGN_TABLE: "t",
        }
        found += [
            make(other.name.name, kinds[kind], other.comment)
            for (kind, _name), other in catalog.others.items()
            if kind in kinds
        ]
        return [info for info in found if info.name not in self.ignored_tables]

    def get_table_description(self, cursor: Any, table_name: str) -> list[Any]:  # noqa: ANN401
        """Return the columns; a table that is missing is refused by the server."""
        table = self._table(table_name)
        if table is None:
            from replayer.catalog.lexer import quote

            cursor.execute(f"SELECT * FROM {quote(table_name)} LIMIT 1")  # noqa: S608 - quoted
            return []
        make = module_of(self).FieldInfo
        return [make(*self._field(column)) for column in table.columns]

    def _field(self, column: Column) -> tuple[object, ...]:
        from replayer.catalog.schema import IdentityKind

        kind = type_info(column.type)
        is_text = kind.element in {"varchar", "bpchar"}
        length = kind.modifiers[0] if is_text and kind.modifiers else None
        display, internal, precision, scale = _sizes(
            kind.element, kind.size, kind.modifiers, length, is_array=kind.is_array
        )
        identity = column.identity
        is_serial = identity is not None and identity.kind is IdentityKind.SERIAL
        default = column.default
        if identity is not None and is_serial:
            default = f"nextval('{identity.sequence}'::regclass)"
        elif column.generated is not None:
            default = column.generated.expression
        type_code: object = kind.oid
        if kind.name == "hstore" and hasattr(module_of(self), "psycopg_version"):
            type_code = "hstore"
        return (
            column.name,
            type_code,
            internal if display is None else display,
            internal,
            precision,
            scale,
            column.null,
            default,
            _bare(column.collation),
            identity is not None and not is_serial,
            column.comment,
        )

    def get_sequences(
        self, cursor: object, table_name: str, table_fields: object = ()
    ) -> list[dict[str, object]]:
        """Return the sequences that the table's columns own."""
        del cursor, table_fields
        table = self._table(table_name)
        return [
            {"name": column.identity.sequence.name, "table": table_name, "column": column.name}
            for column in (table.columns if table is not None else ())
            if column.identity is not None and column.identity.sequence is not None
        ]

    def get_relations(self, cursor: object, table_name: str) -> dict[str, tuple[object, ...]]:
        """Return the foreign keys by their first column."""
        del cursor
        table = self._table(table_name)
        found: dict[str, tuple[object, ...]] = {}
        for key in table.foreign_keys if table is not None else ():
            if table is None or key.target.schema != table.name.schema:
                continue
            row: tuple[object, ...] = (key.target_columns[0], key.target.name)
            if hasattr(self, "on_delete_types"):
                from django.db import models

                name = _ON_DELETE.get(key.on_delete)
                row = (*row, None if name is None else getattr(models, name))
            found[key.columns[0]] = row
        return found

    def get_constraints(self, cursor: object, table_name: str) -> dict[str, dict[str, object]]:
        """Return constraints, then indexes by name."""
        del cursor
        table = self._table(table_name)
        if table is None:
            return {}
        found = {constraint.name: _described(constraint, table) for constraint in table.constraints}
        for index in sorted(table.indexes, key=lambda index: index.name):
            found[index.name] = self._index(index, table)
        return found

    def _index(self, index: Index, table: Table) -> dict[str, object]:
        options = reloptions(index.options)
        method = self.index_default_access_method
        is_plain = index.method == method and not index.name.endswith("_btree") and options is None
        columns: list[str | None] = [item.column for item in index.elements]
        is_expression = None in columns
        columns += index.include
        orders: list[str | None] = [
            ("DESC" if item.descending else "ASC") if index.method == method else None
            for item in index.elements
        ]
        # The server pads the options of the columns that are only included.
        orders += ["ASC" if index.method == method else None for _name in index.include]
        from django.db.models import Index as DjangoIndex

        return {
            "columns": columns if columns != [None] else [],
            "orders": orders if orders != [None] else [],
            "primary_key": False,
            "unique": index.unique,
            "foreign_key": None,
            "check": False,
            "index": True,
            "type": DjangoIndex.suffix if is_plain else index.method,
            "definition": index_definition(index, table) if is_expression else None,
            "options": options,
        }

    def _table(self, name: str) -> Table | None:
        """Return a table; the literal with its name is cut as the table's own name was."""
        catalog = catalog_of(self.connection)
        if catalog is None:
            return None
        from replayer.catalog.postgresql.naming import clip

        return catalog.table(clip(name))


def _sizes(
    element: str, size: int, modifiers: tuple[int, ...], length: int | None, *, is_array: bool
) -> tuple[int | None, int | None, int | None, int | None]:
    """Return what the driver says: display size, internal size, precision and scale.

    Notes
    -----
    Psycopg 3 tells a varchar's length as display size and no size that varies; psycopg2 tells it
    as internal size, -1 for one that varies and 65535 for a numeric without precision.
    """
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    is_numeric = element == "numeric" and not is_array
    precision, scale = modifiers if is_numeric and len(modifiers) == 2 else (None, None)
    if is_psycopg3:
        if modifiers and element in {"time", "timetz", "timestamp", "timestamptz", "interval"}:
            precision = modifiers[0]
        return length, (size if size > 0 else None), precision, scale
    if is_numeric:
        internal = -1 if precision is None else precision
        return None, internal, precision or 65535, 65535 if scale is None else scale
    return None, (length if length is not None else size), None, None


def _bare(collation: str | None) -> str | None:
    if collation is None:
        return None
    from replayer.catalog.lexer import unquote

    return unquote(collation) if collation[:1] == '"' else collation


def _described(constraint: Constraint, table: Table) -> dict[str, object]:
    from replayer.catalog.schema import Check, ForeignKey, PrimaryKey, Unique

    columns = list(constraint.columns)
    target: tuple[str, str] | None = None
    if isinstance(constraint, Check):
        columns = in_order_of(constraint.expression, columns)
    elif isinstance(constraint, ForeignKey):
        target = (constraint.target.name, constraint.target_columns[0])
    is_primary = isinstance(constraint, PrimaryKey)
    return {
        "columns": columns,
        "primary_key": is_primary,
        "unique": is_primary or isinstance(constraint, Unique),
        "foreign_key": target,
        "check": isinstance(constraint, Check),
        "index": False,
        "definition": None,
        # Of the table, which is what Django's query asks for.
        "options": reloptions(table.options),
    }


def in_order_of(expression: str, columns: list[str]) -> list[str]:
    """Put columns in the order in which an expression names them, as the server keeps them."""
    from replayer.catalog.lexer import Words, is_name, unquote

    places: dict[str, int] = {}
    for place, text in enumerate(Words(expression).texts):
        if is_name(text):
            places.setdefault(unquote(text), place)
    return sorted(columns, key=lambda name: places.get(name, len(places) + 10_000))


def reloptions(options: str) -> list[str] | None:
    """Return storage parameters as ``pg_class.reloptions`` has them, or None."""
    match = re.search(r"\bWITH\s*\((?P<inside>[^)]*)\)", options, re.IGNORECASE)
    if match is None:
        return None
    pairs = [part.partition("=") for part in match["inside"].split(",")]
    return [f"{name.strip()}={value.strip() or 'true'}" for name, _, value in pairs if name.strip()]


def index_definition(index: Index, table: Table) -> str:
    """Write an index in the manner of ``pg_get_indexdef``."""
    unique = "UNIQUE " if index.unique else ""
    schema = table.name.schema or "public"
    text = (
        f"CREATE {unique}INDEX {_written(index.name)} ON {_written(schema)}."
        f"{_written(table.name.name)} USING {index.method} "
        f"({', '.join(_elements(index.elements))})"
    )
    if index.include:
        text += f" INCLUDE ({', '.join(_written(name) for name in index.include)})"
    if not index.nulls_distinct:
        text += " NULLS NOT DISTINCT"
    options = reloptions(index.options)
    if options:
        pairs = [option.partition("=") for option in options]
        text += f" WITH ({', '.join(f'{name}={value!r}' for name, _, value in pairs)})"
    return text + (f" WHERE ({index.predicate})" if index.predicate else "")


def _elements(elements: tuple[IndexElement, ...]) -> Iterator[str]:
    for item in elements:
        if item.column is not None:
            text = _written(item.column)
        else:
            expression = item.expression or ""
            is_call = re.fullmatch(r"[\w.\"]+\s*\([^()]*\)", expression) is not None
            text = expression if is_call else f"({expression})"
        text += f" COLLATE {item.collation}" if item.collation else ""
        text += f" {item.opclass}" if item.opclass else ""
        text += " DESC" if item.descending else ""
        if item.nulls_first is not None:
            text += " NULLS FIRST" if item.nulls_first else " NULLS LAST"
        yield text


def _written(name: str) -> str:
    """Quote a name where the server would."""
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", name):
        return name
    from replayer.catalog.lexer import quote

    return quote(name)
