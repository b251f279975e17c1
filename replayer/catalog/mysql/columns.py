"""The columns of a table of MySQL or MariaDB: how they come, change and go.

With a column its constraints come, and what hangs on it alone goes. What follows the name of one is
:mod:`replayer.catalog.mysql.renames`'s part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.mysql import foreign_key_refusals, refusals
from replayer.catalog.mysql.renames import RenamingTable
from replayer.catalog.mysql.tokens import columns_in
from replayer.catalog.mysql.values import (
    AddColumn,
    AddKey,
    ChangeColumn,
    Check,
    Column,
    ColumnSpec,
    Drop,
    Key,
    KeyKind,
    KeyPart,
    SetDefault,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class ColumnedTable(RenamingTable):
    """A table whose columns statements add, change and drop."""

    def add_column(self, action: AddColumn) -> None:
        """Add a column and the constraints in its definition."""
        spec = action.spec
        if action.if_not_exists and not self.rules.is_mariadb:
            raise refusals.syntax_error("IF NOT EXISTS", is_mariadb=False)
        if self.column_index(spec.column.name) is not None:
            if action.if_not_exists:
                return
            raise refusals.duplicate_column(spec.column.name)
        self._place(self._told_column(spec), spec, len(self.columns))
        self._add_constraints_of(spec)

    def _told_column(self, spec: ColumnSpec) -> Column:
        column = spec.column
        if not self.rules.knows_type(column.type):
            raise refusals.unknown_type(column.type, is_mariadb=self.rules.is_mariadb)
        if column.default is not None and column.default.upper() == "NULL":
            if not column.null:
                raise refusals.invalid_default(column.name)
            column = replace(column, default=None)
        self._refuse_default(column, column.default)
        if spec.primary or column.auto_increment or column.type.upper() == "SERIAL":
            column = replace(column, null=False)
        return column

    def _refuse_default(
        self, column: Column, default: str | None, *, is_altered: bool = False
    ) -> None:
        if default is not None and not self.rules.takes_default(
            column.type, default, is_altered=is_altered
        ):
            raise refusals.no_default_of_type(column.name, is_mariadb=self.rules.is_mariadb)

    def _place(self, column: Column, spec: ColumnSpec, index: int) -> None:
        if spec.first:
            index = 0
        elif spec.after is not None:
            after = self.column_index(spec.after)
            if after is None:
                raise refusals.unknown_column(spec.after, self.name)
            index = after + 1
        self.columns.insert(index, column)

    def _add_constraints_of(self, spec: ColumnSpec) -> None:
        name = spec.column.name
        part = (KeyPart(column=name),)
        if spec.primary:
            self.add_key(
                AddKey(key=Key(name="PRIMARY", kind=KeyKind.PRIMARY, parts=part, inline=True))
            )
        if spec.unique:
            self.keys.append(Key(name=None, kind=KeyKind.UNIQUE, parts=part, inline=True))
        if spec.references is not None and self.rules.has_inline_references:
            self.add_foreign_key(spec.references)
        checks = spec.checks
        if self.rules.is_mariadb:
            if not checks and spec.column.type.lower() == "json":
                checks = (Check(name=None, expression=f"json_valid(`{name}`)", column=name),)
            checks = tuple(replace(check, name=None, made_for=name) for check in checks)
        for check in checks:
            self.add_check(check)

    def change_column(self, action: ChangeColumn) -> None:
        """Write a column anew: what is not told again is lost, keys stay."""
        index = self.column_index(action.old)
        if index is None:
            if action.if_exists:
                return
            raise refusals.unknown_column(action.old, self.name)
        old, spec = self.columns[index], action.spec
        column = self._told_column(spec)
        self._refuse_rename(old.name, column.name)
        if column.name.lower() != old.name.lower() and self.column_index(column.name) is not None:
            raise refusals.duplicate_column(column.name)
        primary = self.primary_key
        if primary and old.name.lower() in [name.lower() for name in primary.columns]:
            if spec.says_null and not self.rules.is_mariadb:
                raise refusals.null_in_primary_key()
            column = replace(column, null=False)
        if self.rules.is_mariadb:
            self.checks = [
                check
                for check in self.checks
                if check.column is None or check.column.lower() != old.name.lower()
            ]
        if column.name != old.name:
            self._rename_column(old.name, column.name)
        if self.rules.canonical_type(column.type) != self.rules.canonical_type(old.type):
            self.changed_types.add(column.name)
        del self.columns[index]
        self._place(column, spec, index)
        self._add_constraints_of(spec)

    def set_default(self, action: SetDefault) -> None:
        """Set or drop a default."""
        column = self.column(action.column)
        default = action.default
        no_default = default is None and column.null
        if default is not None and default.upper() == "NULL":
            if not column.null:
                raise refusals.invalid_default(column.name)
            default = None
        self._refuse_default(column, default, is_altered=True)
        self.columns[self.columns.index(column)] = replace(
            column,
            default=default,
            no_default=no_default,
            altered_default=default is not None
            and default.startswith("(")
            and not self.rules.is_mariadb,
        )

    # Drops.

    def drop_columns(self, drops: Sequence[Drop]) -> None:
        """Drop columns, and what hangs on them alone."""
        is_mariadb = self.rules.is_mariadb
        going: dict[str, str] = {}
        for drop in drops:
            index = self.column_index(drop.name)
            if drop.if_exists and not is_mariadb:
                raise refusals.syntax_error(f"IF EXISTS {drop.name}", is_mariadb=False)
            if index is not None:
                going[drop.name.lower()] = self.columns[index].name
            elif not drop.if_exists:
                raise refusals.cannot_drop("COLUMN", drop.name, is_mariadb=is_mariadb)
        if len(going) == len(self.columns):
            raise refusals.no_columns_left()
        self._drop_checks_of(going)
        self._refuse_dependent_columns(going)
        self._shorten_keys(going)
        self.columns = [column for column in self.columns if column.name.lower() not in going]

    def _drop_checks_of(self, going: dict[str, str]) -> None:
        """Drop the checks that name no other column; those that name none at all go too."""
        if not going:
            return
        kept = []
        for check in self.checks:
            if check.column and check.column.lower() in going and check.name is None:
                continue
            used = self.check_columns(check)
            gone = [column for column in used if column.lower() in going]
            if used and not gone:
                kept.append(check)
            elif len(gone) < len(used):
                if self.rules.is_mariadb:
                    raise refusals.unknown_column(gone[0], "CHECK")
                raise refusals.column_in_check(check.name or "", gone[0])
        self.checks = kept

    def _refuse_dependent_columns(self, going: dict[str, str]) -> None:
        for foreign_key in self.foreign_keys:
            for column in foreign_key.columns:
                if column.lower() not in going:
                    continue
                if not self.rules.is_mariadb:
                    raise foreign_key_refusals.column_needed(column, foreign_key.name or "")
                covering = [key for key in self.keys if self.covers(key, foreign_key.columns)]
                raise foreign_key_refusals.key_needed(
                    (covering[-1].name or "") if covering else (foreign_key.name or "")
                )
        if not self.rules.is_mariadb:
            for column in going.values():
                self._refuse_if_used(column, set(going))
            return
        for other in self.columns:
            if other.generated and other.name.lower() not in going:
                used = columns_in(other.generated, going.values())
                if used:
                    raise refusals.unknown_column(used[0], "GENERATED ALWAYS AS")

    def _shorten_keys(self, going: dict[str, str]) -> None:
        kept = []
        for key in self.keys:
            parts = tuple(
                part
                for part in key.parts
                if part.column is None or part.column.lower() not in going
            )
            if len(parts) == len(key.parts):
                kept.append(key)
            elif parts:
                if self.rules.is_mariadb and key.kind.is_unique:
                    gone = next(name for name in key.columns if name.lower() in going)
                    raise refusals.no_key_column(gone)
                kept.append(replace(key, parts=parts))
        self.keys = kept
