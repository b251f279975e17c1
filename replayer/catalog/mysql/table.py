"""What ``ALTER TABLE`` makes of a table of MySQL or MariaDB.

A table is altered on a copy, so that a refused statement leaves nothing behind. What an action does
to columns is :mod:`replayer.catalog.mysql.columns`'s and :mod:`replayer.catalog.mysql.renames`'s
part, what it does to keys and constraints :mod:`replayer.catalog.mysql.constraints`'s; what
concerns other tables (their foreign keys to this one) is
:mod:`replayer.catalog.mysql.references`'s.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.mysql.columns import ColumnedTable
from replayer.catalog.mysql.values import (
    Action,
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddKey,
    ChangeColumn,
    Drop,
    Part,
    Rename,
    RenameTo,
    SetDefault,
    SetEnforced,
    SetKeyOption,
    SetOption,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class MysqlTable(ColumnedTable):
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
        if not all(isinstance(action, RenameTo) for action in actions):
            self.age()
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


def _highest(prefix: str, names: Iterable[str | None]) -> int:
    """Return the highest number after ``prefix`` among ``names``, or 0."""
    numbers = [0]
    for name in names:
        if name and name.lower().startswith(prefix.lower()):
            digits = name[len(prefix) :]
            if digits.isdigit() and not digits.startswith("0"):
                numbers.append(int(digits))
    return max(numbers)
