"""The tables and other objects of one MySQL or MariaDB database, as statements leave them.

Here is what concerns more than one table: names that are the database's, foreign keys that follow
their target, objects that are not tables. What one table makes of a statement is
:mod:`replayer.catalog.mysql_table`'s part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from replayer.catalog import mysql_refusals as refusals
from replayer.catalog.mysql_cursor import LongNameError
from replayer.catalog.mysql_reader import read_statement
from replayer.catalog.mysql_table import MysqlTable
from replayer.catalog.mysql_tokens import name_of, quote_name, tokens_of
from replayer.catalog.mysql_values import (
    AddForeignKey,
    AlterTable,
    CreateObject,
    CreateTable,
    DropObject,
    DropTables,
    ForeignKey,
    NotSchema,
    RenameTables,
    SetVariables,
    StatementValue,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from replayer.catalog.mysql_rules import ServerRules
    from replayer.catalog.refusals import CatalogError


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """A view, trigger, procedure, function, event or sequence."""

    kind: str
    """In lower case."""
    name: str
    table: str | None
    """The table of a trigger."""
    sql: str
    """The statement that makes it."""


class MysqlSchema:
    """A database.

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
        self._referrers: dict[str, set[str]] = {}
        """A table, and the tables with foreign keys to it."""
        self._foreign_keys: dict[str, str] = {}
        """The lower-case names of foreign keys, and their tables."""
        self._checks: dict[str, str] = {}

    def copy(self) -> MysqlSchema:
        """Return a copy; tables are shared, since they are never changed in place."""
        copied = MysqlSchema(self.rules, self.database)
        copied.tables = dict(self.tables)
        copied.objects = dict(self.objects)
        copied.foreign_key_checks = self.foreign_key_checks
        copied._referrers = {table: set(names) for table, names in self._referrers.items()}
        copied._foreign_keys = dict(self._foreign_keys)
        copied._checks = dict(self._checks)
        return copied

    def execute(self, sql: str) -> StatementValue:  # noqa: C901 - one case for each statement
        """Carry out a statement, whole or not at all; return what was read.

        Raises
        ------
        replayer.catalog.mysql_reader.MysqlSyntaxError
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
        referrers = self._referrers_of(old.name) if old.name in self._referrers else []
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
                        raise refusals.table_referenced(
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
                self.objects["view", new] = _renamed_object(view, old, new)
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
                    self.objects[key] = replace(_renamed_object(stored, old, new), table=new)

    # What tables know of each other.

    def _put(self, table: MysqlTable) -> None:
        self.tables[table.name] = table
        table.renamed_columns, table.changed_types = {}, set()
        table.dropped_keys, table.new_name = [], None
        for foreign_key in table.foreign_keys:
            self._referrers.setdefault(foreign_key.to_table, set()).add(table.name)
            if foreign_key.name:
                self._foreign_keys[foreign_key.name.lower()] = table.name
        if not self.rules.is_mariadb:
            for check in table.checks:
                if check.name:
                    self._checks[check.name.lower()] = table.name

    def _remove(self, table: MysqlTable) -> None:
        del self.tables[table.name]
        self._unlink(table)

    def _unlink(self, table: MysqlTable) -> None:
        """Forget what is known of a table besides the table itself."""
        for foreign_key in table.foreign_keys:
            self._referrers.get(foreign_key.to_table, set()).discard(table.name)
            self._foreign_keys.pop((foreign_key.name or "").lower(), None)
        for check in table.checks:
            self._checks.pop((check.name or "").lower(), None)

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
            for referrer in sorted(self._referrers.get(name, ()))
            for foreign_key in self.tables[referrer].foreign_keys
            if foreign_key.to_table == name
        ]

    def _with_foreign_keys(self, table: MysqlTable, added: Iterable[ForeignKey]) -> MysqlTable:
        """Prove new foreign keys against their targets, and fill in what they leave out."""
        for foreign_key in added:
            name = foreign_key.name or ""
            same = [fk for fk in table.foreign_keys if (fk.name or "").lower() == name.lower()]
            if self._foreign_keys.get(name.lower(), table.name) != table.name or len(same) > 1:
                if self.rules.is_mariadb:
                    raise refusals.wrong_foreign_key(self.database, table.name, 121)
                raise refusals.duplicate_foreign_key(name)
            target = table if foreign_key.to_table == table.name else None
            target = target or self.tables.get(foreign_key.to_table)
            if target is None:
                if self.foreign_key_checks:
                    raise self._wrong_foreign_key(
                        table, refusals.no_referenced_table(foreign_key.to_table)
                    )
                continue
            complete = self._complete(table, foreign_key, target)
            table.foreign_keys[table.foreign_keys.index(foreign_key)] = complete
        return table

    def _complete(
        self, table: MysqlTable, foreign_key: ForeignKey, target: MysqlTable
    ) -> ForeignKey:
        name = foreign_key.name or ""
        if not foreign_key.to_columns and target.primary_key is not None:
            foreign_key = replace(foreign_key, to_columns=target.primary_key.columns)
        if not self.foreign_key_checks:
            return foreign_key
        if len(foreign_key.to_columns) != len(foreign_key.columns):
            raise self._wrong_foreign_key(
                table, refusals.no_referenced_key(name, target.name, unique=False)
            )
        if target is table and foreign_key.columns == foreign_key.to_columns:
            # A column that points at itself has no index yet when the servers look for one.
            raise self._wrong_foreign_key(
                table,
                refusals.no_referenced_key(
                    name, target.name, unique=self.rules.wants_unique_parent
                ),
            )
        pairs = zip(foreign_key.columns, foreign_key.to_columns, strict=True)
        for column, referenced in pairs:
            if target.column_index(referenced) is None:
                raise self._wrong_foreign_key(
                    table, refusals.no_referenced_column(referenced, name, target.name)
                )
            types = (table.column(column).type, target.column(referenced).type)
            if not self.rules.are_compatible(*types):
                raise self._wrong_foreign_key(
                    table, refusals.incompatible_columns(column, referenced, name)
                )
        unique = self.rules.wants_unique_parent
        if not any(
            target.covers(key, foreign_key.to_columns)
            and (not unique or (key.kind.is_unique and len(key.parts) == len(foreign_key.columns)))
            for key in target.keys
        ):
            raise self._wrong_foreign_key(
                table, refusals.no_referenced_key(name, target.name, unique=unique)
            )
        return foreign_key

    def _wrong_foreign_key(self, table: MysqlTable, refusal: CatalogError) -> CatalogError:
        """Return MySQL's refusal, or MariaDB's one for all of these."""
        if self.rules.is_mariadb:
            return refusals.wrong_foreign_key(self.database, table.name, 150)
        return refusal

    def _prove_names(self, table: MysqlTable, old: MysqlTable | None) -> None:
        """Refuse a check whose name another one has; MySQL's are the database's."""
        if self.rules.is_mariadb or (old is not None and old.checks == table.checks):
            return
        seen: set[str] = set()
        for check in table.checks:
            name = (check.name or "").lower()
            if name in seen or self._checks.get(name, table.name) != table.name:
                raise refusals.duplicate_check(check.name or "", is_mariadb=False)
            seen.add(name)

    def _prove_referrers(
        self,
        old: MysqlTable,
        new: MysqlTable,
        referrers: Iterable[tuple[MysqlTable, ForeignKey]],
    ) -> None:
        """Refuse to take a column or a key that a foreign key points at."""
        for referrer, foreign_key in referrers:
            columns = [new.renamed_columns.get(column, column) for column in foreign_key.to_columns]
            for column in columns:
                if old.column_index(column) is not None and new.column_index(column) is None:
                    raise refusals.column_needed_by(
                        column,
                        foreign_key.name or "",
                        self.database,
                        referrer.name,
                        is_mariadb=self.rules.is_mariadb,
                    )
            for key in new.dropped_keys:
                if new.covers(key, columns) and not new.is_covered(columns):
                    raise refusals.key_needed(key.name or "")

    def _prove_types(
        self, table: MysqlTable, referrers: Iterable[tuple[MysqlTable, ForeignKey]]
    ) -> None:
        """Refuse a type that parts the two ends of a foreign key."""
        changed = {name.lower() for name in table.changed_types}
        ends = [(table, fk) for fk in table.foreign_keys]
        ends += [(referrer, fk) for referrer, fk in referrers if referrer.name != table.name]
        for referrer, foreign_key in ends:
            is_own = referrer is table
            target = table if foreign_key.to_table == table.name else None
            target = target or self.tables.get(foreign_key.to_table)
            if target is None:
                continue
            for column, to_column in zip(foreign_key.columns, foreign_key.to_columns, strict=False):
                referenced = (
                    table.renamed_columns.get(to_column, to_column)
                    if target is table and not is_own
                    else to_column
                )
                own = is_own and column.lower() in changed
                if not own and not (target is table and referenced.lower() in changed):
                    continue
                if target.column_index(referenced) is None:
                    continue
                types = (referrer.column(column).type, target.column(referenced).type)
                if not self.rules.are_compatible(*types):
                    raise refusals.type_needed(
                        column if own else referenced,
                        (column, referenced),
                        foreign_key.name or "",
                        None if own else f"{self.database}.{referrer.name}",
                        is_mariadb=self.rules.is_mariadb,
                    )

    def _follow_columns(self, table: str, renamed: Mapping[str, str]) -> None:
        """Let other tables' foreign keys to a table follow the renames of columns of it."""
        new_names = {old.lower(): new for old, new in renamed.items()}
        for name in sorted(self._referrers.get(table, set()) - {table}):
            referrer = self.tables[name]
            follower = referrer.copy()
            follower.foreign_keys = [
                replace(
                    fk,
                    to_columns=tuple(
                        new_names.get(column.lower(), column) for column in fk.to_columns
                    ),
                )
                if fk.to_table == table
                else fk
                for fk in referrer.foreign_keys
            ]
            self._replace(referrer, follower)

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
        self.objects[key] = StoredObject(
            kind=statement.kind, name=statement.name, table=statement.table, sql=sql.rstrip("; \n")
        )

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

    def __iter__(self) -> Iterator[MysqlTable]:
        """Iterate over the tables by name."""
        return iter([self.tables[name] for name in sorted(self.tables)])


def _renamed_object(stored: StoredObject, old: str, new: str) -> StoredObject:
    """Write the name of a table or view anew in the head of a statement."""
    tokens = tokens_of(stored.sql)
    head = {"trigger": "ON", "view": "VIEW"}.get(stored.kind)
    for before, token in pairwise(tokens):
        if before.upper == head and name_of(token) == old:
            sql = stored.sql[: token.start] + quote_name(new) + stored.sql[token.end :]
            name = new if stored.kind == "view" else stored.name
            return replace(stored, sql=sql, name=name)
    return stored
