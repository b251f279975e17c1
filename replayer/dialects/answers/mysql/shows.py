"""What ``SHOW`` shows on MySQL and MariaDB, from the catalogue."""

from __future__ import annotations

from replayer.catalog.schema import ObjectKind
from replayer.dialects.answers.mysql.system import MysqlSystem, key_of
from replayer.dialects.answers.tables import SystemTable, system_table
from replayer.dialects.introspection_mysql import comment_of, engine_of, extra_of, shown_default


class MysqlShows(MysqlSystem):
    """The tables that ``SHOW`` answers with."""

    def show_tables(self, *, full: bool) -> SystemTable:
        """``SHOW [FULL] TABLES``, by name."""
        names = [(table.name.name, "BASE TABLE") for table in self._tables()]
        names += [(name, "VIEW") for name in self._names(ObjectKind.VIEW)]
        return SystemTable(
            columns=(f"Tables_in_{self.database}", *(["Table_type"] if full else [])),
            rows=tuple((row if full else row[:1]) for row in sorted(names)),
        )

    def show_columns(self, name: str, *, full: bool) -> SystemTable:
        """``SHOW [FULL] COLUMNS``."""
        table = self._table(name)
        rows: list[tuple[object, ...]] = []
        for column in table.columns:
            default = shown_default(column, is_mariadb=False)
            extra = extra_of(column, is_mariadb=self.is_mariadb)
            null, key = "YES" if column.null else "NO", key_of(table, column.name)
            if full:
                rights = "select,insert,update,references"
                shown = (column.name, column.type, self.collation(column), null, key, default)
                rows.append((*shown, extra, rights, column.comment or ""))
            else:
                rows.append((column.name, column.type, null, key, default, extra))
        columns = "Field Type Collation Null Key Default Extra Privileges Comment"
        return system_table(columns if full else "Field Type Null Key Default Extra", rows)

    def show_index(self, name: str) -> SystemTable:
        """``SHOW INDEX``."""
        rows = list(self._index_rows(self._table(name)))
        columns = (
            "Table Non_unique Key_name Seq_in_index Column_name Collation Cardinality Sub_part "
            "Packed Null Index_type Comment Index_comment"
        )
        if self.is_mariadb:
            return system_table(f"{columns} Ignored", [(*row[:13], "NO") for row in rows])
        return system_table(f"{columns} Visible Expression", rows)

    def show_status(self) -> SystemTable:
        """``SHOW TABLE STATUS``."""
        return system_table(
            "Name Engine Rows Collation Comment",
            [
                (table.name.name, engine_of(table), 0, self._collation, comment_of(table))
                for table in sorted(self._tables(), key=lambda table: table.name.name)
            ],
        )

    def show_create(self, name: str) -> SystemTable:
        """``SHOW CREATE TABLE``, in the words in which the schema is written down."""
        self._table(name)
        texts = [item.sql for item in self._catalog.statements() if item.table == name]
        return SystemTable(columns=("Table", "Create Table"), rows=((name, ";\n".join(texts)),))

    def show_variables(self) -> SystemTable:
        """``SHOW VARIABLES``."""
        return system_table(
            "Variable_name Value",
            [(name, str(value)) for name, value in sorted(self.variables.items())],
        )
