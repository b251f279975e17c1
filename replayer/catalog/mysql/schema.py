"""What statements make of a MySQL or MariaDB database, whole or not at all.

Here is what concerns more than one table: tables that come, go and take other names, and objects
that are not tables. What must be proven between tables is
:mod:`replayer.catalog.mysql.references`'s part, what one table makes of a statement
:mod:`replayer.catalog.mysql.table`'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.mysql import foreign_key_refusals, refusals
from replayer.catalog.mysql.cursor import LongNameError
from replayer.catalog.mysql.objects import StoredObject, renamed_object, with_columns
from replayer.catalog.mysql.reader import read_statement
from replayer.catalog.mysql.references import ReferringTables
from replayer.catalog.mysql.table import MysqlTable
from replayer.catalog.mysql.values import (
    AddForeignKey,
    AlterTable,
    CreateObject,
    CreateTable,
    DropObject,
    DropTables,
    NotSchema,
    RenameTables,
    SetVariables,
    StatementValue,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.catalog.schema import QualifiedName


class MysqlSchema(ReferringTables):
    """A database that statements change."""

    def execute(self, sql: str) -> StatementValue:  # noqa: C901 - one case for each statement
        """Carry out a statement, whole or not at all; return what was read.

        Raises
        ------
        replayer.catalog.mysql.reader.MysqlSyntaxError
            If the statement can't be read.
        replayer.catalog.refusals.CatalogError
            If the server would refuse it.
        """
        try:
            statement = read_statement(sql)
        except LongNameError as error:
            raise refusals.name_too_long(
                error.name, is_table=error.is_table, is_mariadb=self.rules.is_mariadb
            ) from error
        match statement:
            case AlterTable():
                self.alter_table(statement)
            case CreateTable():
                self.create_table(statement)
            case DropTables():
                self.drop_tables(statement)
            case RenameTables():
                self.rename_tables(statement.pairs)
            case CreateObject():
                self.create_object(statement, sql)
            case DropObject():
                self.drop_object(statement)
            case SetVariables():
                for name, value in statement.variables:
                    if name == "foreign_key_checks":
                        self.foreign_key_checks = value.strip("'\"").upper() in {"1", "ON", "TRUE"}
            case NotSchema():
                pass
        return statement

    # Tables.

    def create_table(self, statement: CreateTable) -> None:
        """Make a table."""
        name = statement.name
        if statement.or_replace and name in self.tables:
            self.drop_tables(DropTables(names=(name,)))
        if self.has_relation(name):
            if statement.if_not_exists:
                return
            raise refusals.table_exists(name)
        if statement.like is not None:
            table = self._table_like(name, self.table(statement.like))
        else:
            table = MysqlTable(name, self.rules)
            table.alter(statement.actions)
        table = self._with_foreign_keys(table, table.foreign_keys)
        self._prove_names(table, None)
        self._put(table)

    def _table_like(self, name: str, like: MysqlTable) -> MysqlTable:
        """Copy a table: foreign keys stay behind, and MySQL names every check anew."""
        table = like.copy()
        table.name = name
        table.foreign_keys = []
        table.keys = [replace(key, implicit=False) for key in table.keys]
        if not self.rules.is_mariadb:
            checks = sorted(table.checks, key=lambda check: (check.name or "").lower())
            table.checks = []
            for check in checks:
                table.add_check(replace(check, name=None))
            table.age()
        return table

    def alter_table(self, statement: AlterTable) -> None:
        """Change a table."""
        if statement.if_exists and statement.name not in self.tables:
            return
        old = self.table(statement.name)
        table = old.copy()
        table.alter(statement.actions)
        kept = set(map(id, old.foreign_keys))
        added = [fk for fk in table.foreign_keys if id(fk) not in kept]
        if any(isinstance(action, AddForeignKey) for action in statement.actions) or added:
            table = self._with_foreign_keys(table, added)
        self._prove_names(table, old)
        referrers = self._referrers_of(old.name) if old.name in self.referrers else []
        self._prove_referrers(old, table, referrers)
        if table.changed_types and self.foreign_key_checks:
            self._prove_types(table, referrers)
        renamed, new_name = table.renamed_columns, table.new_name
        self._replace(old, table)
        if renamed:
            self._follow_columns(table.name, renamed)
        if new_name is not None and new_name != table.name:
            self.rename_tables(((table.name, new_name),))

    def drop_tables(self, statement: DropTables) -> None:
        """Drop tables, with their triggers."""
        missing = [name for name in statement.names if name not in self.tables]
        if missing and not statement.if_exists:
            if self.rules.is_mariadb and ("view", missing[0]) in self.objects:
                raise refusals.is_a_view(self.database, missing[0])
            raise refusals.unknown_table(self.database, missing[0])
        names = [name for name in statement.names if name in self.tables]
        if self.foreign_key_checks:
            for name in names:
                for table, foreign_key in self._referrers_of(name):
                    if table.name not in names:
                        raise foreign_key_refusals.table_referenced(
                            name,
                            foreign_key.name or "",
                            table.name,
                            is_mariadb=self.rules.is_mariadb,
                        )
        for name in names:
            self._remove(self.tables[name])
            for key, stored in list(self.objects.items()):
                if stored.table == name:
                    del self.objects[key]

    def rename_tables(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Rename tables, from left to right."""
        for old, new in pairs:
            if ("view", old) in self.objects and not self.has_relation(new):
                view = self.objects.pop(("view", old))
                self.objects["view", new] = renamed_object(view, old, new)
                continue
            # MySQL looks at the new name first, MariaDB at the old one.
            if not self.rules.is_mariadb and self.has_relation(new):
                raise refusals.table_exists(new)
            table = self.table(old)
            if self.has_relation(new):
                raise refusals.table_exists(new)
            referrers = [referrer.name for referrer, _ in self._referrers_of(old)]
            self._unlink(table)
            renamed = table.copy()
            renamed.rename_table(new)
            # The order of creation is kept.
            self.tables = {
                new if name == old else name: value for name, value in self.tables.items()
            }
            self._put(renamed)
            for name in dict.fromkeys(
                new if referrer == old else referrer for referrer in referrers
            ):
                referrer = self.tables[name]
                follower = referrer.copy()
                follower.foreign_keys = [
                    replace(fk, to_table=new) if fk.to_table == old else fk
                    for fk in referrer.foreign_keys
                ]
                self._replace(referrer, follower)
            for key, stored in list(self.objects.items()):
                if stored.table == old:
                    self.objects[key] = replace(renamed_object(stored, old, new), table=new)

    # Other objects.

    def create_object(self, statement: CreateObject, sql: str) -> None:
        """Keep an object by its statement."""
        key = (statement.kind, statement.name)
        if statement.kind == "view" and statement.name in self.tables:
            raise refusals.table_exists(statement.name)
        if key in self.objects and not statement.or_replace:
            if statement.if_not_exists:
                return
            raise refusals.object_exists(
                self.database, statement.kind, statement.name, is_mariadb=self.rules.is_mariadb
            )
        if statement.table is not None:
            self.table(statement.table)
        sql = sql.rstrip("; \n")
        if statement.kind == "view":
            sql = with_columns(sql, self._columns)
        self.objects[key] = StoredObject(
            kind=statement.kind, name=statement.name, table=statement.table, sql=sql
        )

    def _columns(self, name: QualifiedName) -> tuple[str, ...] | None:
        found = None if name.schema else self.tables.get(name.name)
        return None if found is None else tuple(column.name for column in found.columns)

    def drop_object(self, statement: DropObject) -> None:
        """Forget objects."""
        for name in statement.names:
            if self.objects.pop((statement.kind, name), None) is None and not statement.if_exists:
                raise refusals.no_such_object(
                    self.database,
                    statement.kind,
                    name,
                    is_table=name in self.tables,
                    is_mariadb=self.rules.is_mariadb,
                )
