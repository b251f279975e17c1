"""What follows when a column or a key of a table of MySQL or MariaDB takes another name.

Keys, foreign keys and checks follow a column's name. MySQL refuses to rename a column that an
expression names, where MariaDB rewrites the expression; the same refusal keeps MySQL's columns from
being dropped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.mysql import refusals
from replayer.catalog.mysql.constraints import ConstrainedTable
from replayer.catalog.mysql.tokens import columns_in, rename_in
from replayer.catalog.mysql.values import Part, Rename

if TYPE_CHECKING:
    from collections.abc import Mapping


class RenamingTable(ConstrainedTable):
    """A table whose columns and keys statements rename."""

    def rename(self, action: Rename) -> None:
        """Rename a column or a key."""
        if action.part is Part.COLUMN:
            self.rename_columns({action.old: action.new})
            return
        key = self.key(action.old)
        if key is None:
            raise refusals.no_such_key(action.old, self.name)
        if action.new.lower() != action.old.lower() and self.key(action.new) is not None:
            raise refusals.duplicate_key(action.new)
        # A key that somebody renamed is theirs: it stays when another covers it.
        renamed = replace(key, name=action.new, implicit=False)
        self.keys[self.keys.index(key)] = renamed

    def rename_columns(self, renames: Mapping[str, str]) -> None:
        """Rename columns, all at once: one may take a name that another gives up."""
        found = {self.column(old).name: new for old, new in renames.items()}
        staying = {column.name.lower() for column in self.columns}
        staying -= {old.lower() for old in found}
        for old, new in found.items():
            self._refuse_rename(old, new)
            if new.lower() in staying:
                raise refusals.duplicate_column(new)
            staying.add(new.lower())
        if len(found) == 1:
            for old, new in found.items():
                self._rename_column(old, new)
            return
        # By way of names that no column can have.
        for old, new in found.items():
            self._rename_column(old, f"\0{new}")
        for new in found.values():
            self._rename_column(f"\0{new}", new)
        self.renamed_columns = {
            old: new for old, new in self.renamed_columns.items() if "\0" not in old + new
        } | found

    def _rename_column(self, old: str, new: str) -> None:
        index = self.column_index(old)
        lower = old.lower()
        if index is not None:
            self.columns[index] = replace(self.columns[index], name=new)
        if self.rules.is_mariadb:
            self.columns = [
                replace(column, generated=rename_in(column.generated, old, new))
                if column.generated
                else column
                for column in self.columns
            ]
        self.checks = [
            replace(
                check,
                expression=rename_in(check.expression, old, new),
                column=new if check.column and check.column.lower() == lower else check.column,
            )
            for check in self.checks
        ]
        self.keys = [
            replace(
                key,
                parts=tuple(
                    replace(part, column=new)
                    if part.column is not None and part.column.lower() == lower
                    else part
                    for part in key.parts
                ),
            )
            if any(column.lower() == lower for column in key.columns)
            else key
            for key in self.keys
        ]
        self.foreign_keys = [
            replace(
                foreign_key,
                columns=_renamed(foreign_key.columns, old, new),
                to_columns=_renamed(foreign_key.to_columns, old, new)
                if foreign_key.to_table == self.name
                else foreign_key.to_columns,
            )
            for foreign_key in self.foreign_keys
        ]
        self.renamed_columns[old] = new

    def _refuse_rename(self, old: str, new: str) -> None:
        """Refuse to rename a column that an expression names; MariaDB rewrites the expression."""
        if new.lower() != old.lower() and not self.rules.is_mariadb:
            self._refuse_if_used(old, {old.lower()})

    def _refuse_if_used(self, column: str, going: set[str]) -> None:
        """Refuse, as MySQL does, what would take a column from an expression that names it."""
        for check in sorted(self.checks, key=lambda check: (check.name or "").lower()):
            if column in self.check_columns(check):
                raise refusals.column_in_check(check.name or "", column)
        for other in self.columns:
            if (
                other.generated
                and other.name.lower() not in going
                and columns_in(other.generated, [column])
            ):
                raise refusals.column_in_generated(column)
        for key in self.keys:
            for part in key.parts:
                if part.expression and columns_in(part.expression, [column]):
                    raise refusals.column_in_functional_index(column)


def _renamed(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    lower = old.lower()
    return tuple(new if name.lower() == lower else name for name in names)
