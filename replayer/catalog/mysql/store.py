"""Holds the tables and other objects of a MySQL or MariaDB database, and who refers to whom.

A change goes through the methods that put, replace and unlink a table: they keep true which tables
have foreign keys to which, and which table has a name that is the database's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.mysql import refusals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    # Known to every type checker; typing has it since Python 3.11.
    from typing_extensions import Self

    from replayer.catalog.mysql.objects import StoredObject
    from replayer.catalog.mysql.rules import ServerRules
    from replayer.catalog.mysql.table import MysqlTable
    from replayer.catalog.mysql.values import ForeignKey


class TableStore:
    """All that a database holds, by name.

    Parameters
    ----------
    rules
        Of the server that it is on.
    database
        Its name, for the words of a refusal.
    """

    def __init__(self, rules: ServerRules, database: str = "default") -> None:
        self.rules = rules
        self.database = database
        self.tables: dict[str, MysqlTable] = {}
        self.objects: dict[tuple[str, str], StoredObject] = {}
        self.foreign_key_checks = True
        self.referrers: dict[str, set[str]] = {}
        """A table, and the tables with foreign keys to it."""
        self.foreign_key_names: dict[str, str] = {}
        """The lower-case names of foreign keys, and their tables."""
        self.check_names: dict[str, str] = {}
        """The same of checks; those of MariaDB are their table's, and not here."""

    def copy(self) -> Self:
        """Return a copy; tables are shared, since they are never changed in place."""
        copied = type(self)(self.rules, self.database)
        copied.tables = dict(self.tables)
        copied.objects = dict(self.objects)
        copied.foreign_key_checks = self.foreign_key_checks
        copied.referrers = {table: set(names) for table, names in self.referrers.items()}
        copied.foreign_key_names = dict(self.foreign_key_names)
        copied.check_names = dict(self.check_names)
        return copied

    # Looking things up.

    def table(self, name: str) -> MysqlTable:
        """Return a table; refuse (1146, 1347) what is not one."""
        table = self.tables.get(name)
        if table is None:
            if ("view", name) in self.objects:
                raise refusals.not_a_table(self.database, name, is_mariadb=self.rules.is_mariadb)
            raise refusals.no_such_table(self.database, name)
        return table

    def has_relation(self, name: str) -> bool:
        """Whether a table or a view has this name."""
        return name in self.tables or ("view", name) in self.objects

    def __iter__(self) -> Iterator[MysqlTable]:
        """Iterate over the tables by name."""
        return iter([self.tables[name] for name in sorted(self.tables)])

    # What tables know of each other.

    def _put(self, table: MysqlTable) -> None:
        self.tables[table.name] = table
        table.renamed_columns, table.changed_types = {}, set()
        table.dropped_keys, table.new_name = [], None
        for foreign_key in table.foreign_keys:
            self.referrers.setdefault(foreign_key.to_table, set()).add(table.name)
            if foreign_key.name:
                self.foreign_key_names[foreign_key.name.lower()] = table.name
        if not self.rules.is_mariadb:
            for check in table.checks:
                if check.name:
                    self.check_names[check.name.lower()] = table.name

    def _remove(self, table: MysqlTable) -> None:
        del self.tables[table.name]
        self._unlink(table)

    def _unlink(self, table: MysqlTable) -> None:
        """Forget what is known of a table besides the table itself."""
        for foreign_key in table.foreign_keys:
            self.referrers.get(foreign_key.to_table, set()).discard(table.name)
            self.foreign_key_names.pop((foreign_key.name or "").lower(), None)
        for check in table.checks:
            self.check_names.pop((check.name or "").lower(), None)

    def _replace(self, old: MysqlTable, new: MysqlTable) -> None:
        """Put a changed table in the place of the old one, in the order of creation too."""
        self._unlink(old)
        self._put(new)

    def replace_tables(self, tables: Iterable[MysqlTable]) -> None:
        """Put other tables in place of those of the same names, without asking what made them."""
        changed = list(tables)
        for table in changed:
            self._unlink(self.tables[table.name])
        for table in changed:
            self._put(table)

    def _referrers_of(self, name: str) -> list[tuple[MysqlTable, ForeignKey]]:
        """Return the foreign keys that point at a table, with their tables, by name."""
        return [
            (self.tables[referrer], foreign_key)
            for referrer in sorted(self.referrers.get(name, ()))
            for foreign_key in self.tables[referrer].foreign_keys
            if foreign_key.to_table == name
        ]
