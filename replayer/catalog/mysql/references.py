"""What statements on one table of MySQL or MariaDB must prove against the others.

A foreign key needs a fitting target when it comes, and keeps its columns, its key and their types
as long as it stays; the names of MySQL's checks are the database's. All of it is proven before a
changed table takes its place, so that a refused statement changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.mysql import foreign_key_refusals, refusals
from replayer.catalog.mysql.store import TableStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from replayer.catalog.mysql.table import MysqlTable
    from replayer.catalog.mysql.values import ForeignKey
    from replayer.catalog.refusals import CatalogError


class ReferringTables(TableStore):
    """Tables whose foreign keys are proven, and follow what their columns are renamed to."""

    def _with_foreign_keys(self, table: MysqlTable, added: Iterable[ForeignKey]) -> MysqlTable:
        """Prove new foreign keys against their targets, and fill in what they leave out."""
        for foreign_key in added:
            name = foreign_key.name or ""
            same = [fk for fk in table.foreign_keys if (fk.name or "").lower() == name.lower()]
            if self.foreign_key_names.get(name.lower(), table.name) != table.name or len(same) > 1:
                if self.rules.is_mariadb:
                    raise foreign_key_refusals.wrong_foreign_key(self.database, table.name, 121)
                raise foreign_key_refusals.duplicate_foreign_key(name)
            target = table if foreign_key.to_table == table.name else None
            target = target or self.tables.get(foreign_key.to_table)
            if target is None:
                if self.foreign_key_checks:
                    raise self._wrong_foreign_key(
                        table, foreign_key_refusals.no_referenced_table(foreign_key.to_table)
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
                table, foreign_key_refusals.no_referenced_key(name, target.name, unique=False)
            )
        if target is table and foreign_key.columns == foreign_key.to_columns:
            # A column that points at itself has no index yet when the servers look for one.
            raise self._wrong_foreign_key(
                table,
                foreign_key_refusals.no_referenced_key(
                    name, target.name, unique=self.rules.wants_unique_parent
                ),
            )
        pairs = zip(foreign_key.columns, foreign_key.to_columns, strict=True)
        for column, referenced in pairs:
            if target.column_index(referenced) is None:
                raise self._wrong_foreign_key(
                    table, foreign_key_refusals.no_referenced_column(referenced, name, target.name)
                )
            types = (table.column(column).type, target.column(referenced).type)
            if not self.rules.are_compatible(*types):
                raise self._wrong_foreign_key(
                    table, foreign_key_refusals.incompatible_columns(column, referenced, name)
                )
        unique = self.rules.wants_unique_parent
        if not any(
            target.covers(key, foreign_key.to_columns)
            and (not unique or (key.kind.is_unique and len(key.parts) == len(foreign_key.columns)))
            for key in target.keys
        ):
            raise self._wrong_foreign_key(
                table, foreign_key_refusals.no_referenced_key(name, target.name, unique=unique)
            )
        return foreign_key

    def _wrong_foreign_key(self, table: MysqlTable, refusal: CatalogError) -> CatalogError:
        """Return MySQL's refusal, or MariaDB's one for all of these."""
        if self.rules.is_mariadb:
            return foreign_key_refusals.wrong_foreign_key(self.database, table.name, 150)
        return refusal

    def _prove_names(self, table: MysqlTable, old: MysqlTable | None) -> None:
        """Refuse a check whose name another one has; MySQL's are the database's."""
        if self.rules.is_mariadb or (old is not None and old.checks == table.checks):
            return
        seen: set[str] = set()
        for check in table.checks:
            name = (check.name or "").lower()
            if name in seen or self.check_names.get(name, table.name) != table.name:
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
                    raise foreign_key_refusals.column_needed_by(
                        column,
                        foreign_key.name or "",
                        self.database,
                        referrer.name,
                        is_mariadb=self.rules.is_mariadb,
                    )
            for key in new.dropped_keys:
                if new.covers(key, columns) and not new.is_covered(columns):
                    raise foreign_key_refusals.key_needed(key.name or "")

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
                    raise foreign_key_refusals.type_needed(
                        column if own else referenced,
                        (column, referenced),
                        foreign_key.name or "",
                        None if own else f"{self.database}.{referrer.name}",
                        is_mariadb=self.rules.is_mariadb,
                    )

    def _follow_columns(self, table: str, renamed: Mapping[str, str]) -> None:
        """Let other tables' foreign keys to a table follow the renames of columns of it."""
        new_names = {old.lower(): new for old, new in renamed.items()}
        for name in sorted(self.referrers.get(table, set()) - {table}):
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
