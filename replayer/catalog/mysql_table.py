"""What ``ALTER TABLE`` makes of a table of MySQL or MariaDB.

A table is altered on a copy, so that a refused statement leaves nothing behind. What concerns other
tables (their foreign keys to this one) is :mod:`replayer.catalog.mysql_schema`'s part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import mysql_refusals as refusals
from replayer.catalog.mysql_constraints import ConstrainedTable
from replayer.catalog.mysql_tokens import columns_in, rename_in
from replayer.catalog.mysql_values import (
    Action,
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddKey,
    ChangeColumn,
    Check,
    Column,
    ColumnSpec,
    Drop,
    Key,
    KeyKind,
    KeyPart,
    Part,
    Rename,
    RenameTo,
    SetDefault,
    SetEnforced,
    SetKeyOption,
    SetOption,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class MysqlTable(ConstrainedTable):
    """A table that statements alter."""

    def alter(self, actions: Iterable[Action]) -> None:  # noqa: C901, PLR0912 - a case for each
        """Carry out the actions of one statement; drops come first, as the servers do them.

        Raises
        ------
        replayer.catalog.refusals.CatalogError
            If the server would refuse; the table is then half changed and to be thrown away.
        """
        actions = tuple(actions)
        self.is_new = not self.columns
        self.counted = {
            f"{self.name}_chk_": _highest(f"{self.name}_chk_", (c.name for c in self.checks)),
            f"{self.name}_ibfk_": _highest(
                f"{self.name}_ibfk_", (fk.name for fk in self.foreign_keys)
            ),
        }
        drops = [action for action in actions if isinstance(action, Drop)]
        drops.sort(key=lambda drop: drop.part is Part.COLUMN)
        dropped_columns = [drop for drop in drops if drop.part is Part.COLUMN]
        for drop in drops:
            if drop.part is not Part.COLUMN:
                self.drop(drop)
        if dropped_columns:
            self.drop_columns(dropped_columns)
        renames = [
            action
            for action in actions
            if isinstance(action, Rename) and action.part is Part.COLUMN
        ]
        if len(renames) > 1:
            self.rename_columns({action.old: action.new for action in renames})
            actions = tuple(action for action in actions if action not in renames)
        touched = bool(drops)
        for action in actions:
            match action:
                case AddColumn():
                    self.add_column(action)
                    touched = True
                case ChangeColumn():
                    self.change_column(action)
                    touched = True
                case SetDefault():
                    self.set_default(action)
                case AddKey():
                    self.add_key(action)
                    touched = True
                case AddForeignKey():
                    self.add_foreign_key(action.foreign_key)
                    touched = True
                case AddCheck():
                    self.add_check(action.check)
                    touched = True
                case Rename():
                    self.rename(action)
                case RenameTo():
                    self.new_name = action.new
                case SetOption():
                    self.set_option(action)
                case SetEnforced():
                    self.set_enforced(action)
                case SetKeyOption():
                    self.set_key_option(action)
                case Drop():
                    pass
        if touched:
            self.settle()

    # Columns.

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
        if column.default is not None and column.default.upper() == "NULL":
            if not column.null:
                raise refusals.invalid_default(column.name)
            column = replace(column, default=None)
        if spec.primary or column.auto_increment or column.type.upper() == "SERIAL":
            column = replace(column, null=False)
        return column

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
        self.columns[self.columns.index(column)] = replace(
            column,
            default=default,
            no_default=no_default,
            altered_default=default is not None
            and default.startswith("(")
            and not self.rules.is_mariadb,
        )

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
        kept = []
        for check in self.checks:
            if check.column and check.column.lower() in going and check.name is None:
                continue
            used = self.check_columns(check)
            gone = [column for column in used if column.lower() in going]
            if not gone:
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
                    raise refusals.column_needed(column, foreign_key.name or "")
                covering = [key for key in self.keys if self.covers(key, foreign_key.columns)]
                raise refusals.key_needed(
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

    # Options.

    def set_option(self, action: SetOption) -> None:
        """Set an option of the table."""
        name = action.name
        if name == "CONVERT":
            self.columns = [
                replace(column, charset=None, collation=None) for column in self.columns
            ]
            name = "CHARSET"
        if name == "CHARSET":
            self.options.pop("COLLATE", None)
        if name == "COMMENT" and not action.value:
            self.options.pop(name, None)
        else:
            self.options[name] = action.value


def _renamed(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    lower = old.lower()
    return tuple(new if name.lower() == lower else name for name in names)


def _highest(prefix: str, names: Iterable[str | None]) -> int:
    """Return the highest number after ``prefix`` among ``names``, or 0."""
    numbers = [0]
    for name in names:
        if name and name.lower().startswith(prefix.lower()):
            digits = name[len(prefix) :]
            if digits.isdigit() and not digits.startswith("0"):
                numbers.append(int(digits))
    return max(numbers)
