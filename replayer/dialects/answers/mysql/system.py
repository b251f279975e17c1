"""The information schema of MySQL and MariaDB, from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.mysql.refusals import no_such_table
from replayer.catalog.schema import ForeignKey, ObjectKind, PrimaryKey, Unique
from replayer.dialects.answers.mysql.variables import variables_of
from replayer.dialects.answers.tables import SystemTable, system_table
from replayer.dialects.introspection_mysql import (
    checks_of,
    comment_of,
    engine_of,
    extra_of,
    shown_default,
)
from replayer.dialects.mysql_types import mysql_type
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from replayer.catalog.catalog import Catalog
    from replayer.catalog.schema import Column, Table


class MysqlSystem:
    """The tables of ``information_schema``.

    Parameters
    ----------
    catalog
        What is in the database.
    database
        Its name.
    """

    def __init__(self, catalog: Catalog, database: str) -> None:
        self._catalog = catalog
        self.database = database
        self.is_mariadb = catalog.dialect is Dialect.MARIADB
        self.variables = variables_of(catalog.facts)
        self._collation = str(self.variables["collation_server"])

    def make_information(self, name: str) -> SystemTable:
        """Return a table of ``information_schema``."""
        return INFORMATION[name](self)

    def _tables(self) -> Iterator[Table]:
        return iter(self._catalog.tables.values())

    def _names(self, kind: ObjectKind) -> list[str]:
        return [name.name for (found, name) in self._catalog.others if found is kind]

    def _table(self, name: str) -> Table:
        table = self._catalog.table(name)
        if table is None:
            raise no_such_table(self.database, name)
        return table

    def schemata(self) -> SystemTable:
        """Databases."""
        return system_table(
            "CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME",
            [
                ("def", name, "utf8mb4", self._collation)
                for name in ("information_schema", "mysql", self.database)
            ],
        )

    def tables(self) -> SystemTable:
        """Tables and views."""
        rows: list[tuple[object, ...]] = [
            ("def", self.database, table.name.name, "BASE TABLE", engine_of(table), "Dynamic", 0, 0,
             0, None, self._collation, comment_of(table))
            for table in self._tables()
        ]  # fmt: skip
        rows += [
            ("def", self.database, name, "VIEW", None, None, None, None, None, None, None, "VIEW")
            for name in self._names(ObjectKind.VIEW)
        ]
        return system_table(
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE ROW_FORMAT TABLE_ROWS "
            "DATA_LENGTH INDEX_LENGTH AUTO_INCREMENT TABLE_COLLATION TABLE_COMMENT",
            rows,
        )

    def columns(self) -> SystemTable:
        """Columns."""
        rows: list[tuple[object, ...]] = []
        for table in self._tables():
            for place, column in enumerate(table.columns, 1):
                kind = mysql_type(column.type)
                rows.append(
                    ("def", self.database, table.name.name, column.name, place,
                     shown_default(column, is_mariadb=self.is_mariadb),
                     "YES" if column.null else "NO", kind.base, kind.characters, kind.precision,
                     kind.scale, "utf8mb4" if kind.is_text else None, self.collation(column),
                     column.type, key_of(table, column.name),
                     extra_of(column, is_mariadb=self.is_mariadb), column.comment or "",
                     column.generated.expression if column.generated else "")
                )  # fmt: skip
        return system_table(
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION COLUMN_DEFAULT "
            "IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH NUMERIC_PRECISION NUMERIC_SCALE "
            "CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA COLUMN_COMMENT "
            "GENERATION_EXPRESSION",
            rows,
        )

    def collation(self, column: Column) -> str | None:
        """Return the collation of a column that holds characters."""
        if column.collation:
            return column.collation
        return self._collation if mysql_type(column.type).is_text else None

    def _keys(self) -> Iterator[tuple[Table, str, str, tuple[str | None, ...]]]:
        """Yield the constraints with columns: table, name, kind, columns."""
        for table in self._tables():
            for item in table.constraints:
                if isinstance(item, PrimaryKey):
                    yield table, item.name, "PRIMARY KEY", item.columns
                elif isinstance(item, Unique):
                    yield table, item.name, "UNIQUE", item.columns
            for index in table.indexes:
                if index.unique:
                    columns = tuple(part.column for part in index.elements)
                    yield table, index.name, "UNIQUE", columns

    def _foreign_keys(self) -> Iterator[tuple[Table, ForeignKey]]:
        return ((table, key) for table in self._tables() for key in table.foreign_keys)

    def table_constraints(self) -> SystemTable:
        """Constraints."""
        found = [(name, table, kind) for table, name, kind, _columns in self._keys()]
        found += [(key.name, table, "FOREIGN KEY") for table, key in self._foreign_keys()]
        found += [
            (name, table, "CHECK") for table in self._tables() for name, _text in checks_of(table)
        ]
        return system_table(
            "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME "
            "CONSTRAINT_TYPE ENFORCED",
            [
                ("def", self.database, name, self.database, table.name.name, kind, "YES")
                for name, table, kind in found
            ],
        )

    def key_column_usage(self) -> SystemTable:
        """Tell the columns of keys."""
        rows: list[tuple[object, ...]] = [
            ("def", self.database, name, "def", self.database, table.name.name, column, place,
             None, None, None, None)
            for table, name, _kind, columns in self._keys()
            for place, column in enumerate(columns, 1)
        ]  # fmt: skip
        rows += [
            ("def", self.database, key.name, "def", self.database, table.name.name, column, place,
             place, self.database, key.target.name, target)
            for table, key in self._foreign_keys()
            for place, (column, target) in enumerate(
                zip(key.columns, key.target_columns, strict=True), 1
            )
        ]  # fmt: skip
        return system_table(
            "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA "
            "TABLE_NAME COLUMN_NAME ORDINAL_POSITION POSITION_IN_UNIQUE_CONSTRAINT "
            "REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME",
            rows,
        )

    def referential_constraints(self) -> SystemTable:
        """Foreign keys."""
        rows: list[tuple[object, ...]] = []
        for table, key in self._foreign_keys():
            rules = [key.on_update, key.on_delete]
            if self.is_mariadb:
                rules = ["RESTRICT" if rule == "NO ACTION" else rule for rule in rules]
            rows.append(("def", self.database, key.name, self.database, "PRIMARY", "NONE", *rules,
                         table.name.name, key.target.name))  # fmt: skip
        return system_table(
            "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_SCHEMA "
            "UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME "
            "REFERENCED_TABLE_NAME",
            rows,
        )

    def check_constraints(self) -> SystemTable:
        """Tell checks; only MariaDB shows their tables."""
        found = [(table, name, text) for table in self._tables() for name, text in checks_of(table)]
        if self.is_mariadb:
            return system_table(
                "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA TABLE_NAME CONSTRAINT_NAME CHECK_CLAUSE",
                [
                    ("def", self.database, table.name.name, name, text)
                    for table, name, text in found
                ],
            )
        return system_table(
            "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME CHECK_CLAUSE",
            [("def", self.database, name, f"({text})") for _table, name, text in found],
        )

    def statistics(self) -> SystemTable:
        """Indexes by column."""
        return system_table(
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME NON_UNIQUE INDEX_SCHEMA INDEX_NAME SEQ_IN_INDEX "
            "COLUMN_NAME COLLATION CARDINALITY SUB_PART NULLABLE INDEX_TYPE INDEX_COMMENT",
            [
                ("def", self.database, row[0], row[1], self.database, row[2], row[3], row[4],
                 row[5], 0, row[7], row[9], row[10], "")
                for table in self._tables()
                for row in self._index_rows(table)
            ],
        )  # fmt: skip

    def _index_rows(self, table: Table) -> Iterator[tuple[object, ...]]:
        found: list[tuple[str, bool, str, list[tuple[str | None, bool, int | None, str | None]]]]
        found = [
            (item.name, True, "BTREE", [(column, False, None, None) for column in item.columns])
            for item in table.constraints
            if isinstance(item, (PrimaryKey, Unique))
        ]
        found += [
            (index.name, index.unique, index.method.upper(),
             [(part.column, part.descending, part.length, part.expression)
              for part in index.elements])
            for index in table.indexes
        ]  # fmt: skip
        for name, unique, method, parts in found:
            for place, (part, descending, length, expression) in enumerate(parts, 1):
                column = table.column(part) if part else None
                order = None if method == "FULLTEXT" else "D" if descending else "A"
                yield (table.name.name, int(not unique), name, place, part, order, 0, length, None,
                       "YES" if column is not None and column.null else "", method, "", "", "YES",
                       expression)  # fmt: skip

    def views(self) -> SystemTable:
        """Tell views."""
        return system_table(
            "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION",
            [
                ("def", self.database, other.name.name, other.statements[0])
                for (kind, _name), other in self._catalog.others.items()
                if kind is ObjectKind.VIEW
            ],
        )

    def triggers(self) -> SystemTable:
        """Triggers."""
        return system_table(
            "TRIGGER_SCHEMA TRIGGER_NAME EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE ACTION_STATEMENT",
            [
                (self.database, other.name.name, self.database,
                 other.depends.name if other.depends else None, other.statements[0])
                for (kind, _name), other in self._catalog.others.items()
                if kind is ObjectKind.TRIGGER
            ],
        )  # fmt: skip

    def routines(self) -> SystemTable:
        """Functions and procedures."""
        return system_table(
            "ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE",
            [
                (self.database, name, kind.value)
                for kind in (ObjectKind.FUNCTION, ObjectKind.PROCEDURE)
                for name in self._names(kind)
            ],
        )

    def engines(self) -> SystemTable:
        """Storage engines."""
        return system_table(
            "ENGINE SUPPORT TRANSACTIONS", [("InnoDB", "DEFAULT", "YES"), ("MyISAM", "YES", "NO")]
        )


def key_of(table: Table, column: str) -> str:
    """Return ``information_schema.columns.column_key``."""
    for item in table.constraints:
        if isinstance(item, PrimaryKey) and column in item.columns:
            return "PRI"
    for item in table.constraints:
        if isinstance(item, Unique) and item.columns == (column,):
            return "UNI"
    firsts = [item.columns[0] for item in table.constraints if isinstance(item, Unique)]
    firsts += [index.elements[0].column or "" for index in table.indexes if index.elements]
    return "MUL" if column in firsts else ""


INFORMATION: dict[str, Callable[[MysqlSystem], SystemTable]] = {
    name: vars(MysqlSystem)[name]
    for name in [
        "schemata",
        "tables",
        "columns",
        "table_constraints",
        "key_column_usage",
        "referential_constraints",
        "check_constraints",
        "statistics",
        "views",
        "triggers",
        "routines",
        "engines",
    ]
}
