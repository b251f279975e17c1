"""One table of MySQL or MariaDB, in the servers' own terms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.mysql import refusals
from replayer.catalog.mysql.tokens import columns_in
from replayer.catalog.mysql.values import Check, Column, ForeignKey, Key, KeyKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    # Known to every type checker; typing has it since Python 3.11.
    from typing_extensions import Self

    from replayer.catalog.mysql.rules import ServerRules


class TableState:
    """A table, in the server's own terms."""

    def __init__(self, name: str, rules: ServerRules) -> None:
        self.name = name
        self.rules = rules
        self.columns: list[Column] = []
        self.keys: list[Key] = []
        """In the order in which the server shows them."""
        self.foreign_keys: list[ForeignKey] = []
        self.checks: list[Check] = []
        self.options: dict[str, str] = {}
        self.renamed_columns: dict[str, str] = {}
        """Old names to new ones, of the statement that is being applied."""
        self.changed_types: set[str] = set()
        """The columns whose type it changed, by their new names."""
        self.dropped_keys: list[Key] = []
        self.new_name: str | None = None
        self.is_new = True
        """Whether the statement that is being applied makes the table."""
        self.counted: dict[str, int] = {}
        """The highest numbers of names that the server counted, by their prefix."""

    def copy(self) -> Self:
        """Return a copy that can be altered; the values in it are shared, for they never change."""
        copied = type(self)(self.name, self.rules)
        copied.columns = list(self.columns)
        copied.keys = list(self.keys)
        copied.foreign_keys = list(self.foreign_keys)
        copied.checks = list(self.checks)
        copied.options = dict(self.options)
        return copied

    def age(self) -> None:
        """Remember that the table is altered once more."""
        self.checks = [replace(c, is_fresh=False) if c.is_fresh else c for c in self.checks]

    # Looking things up. Names of columns and keys know no case.

    def column_index(self, name: str) -> int | None:
        """Return the place of a column, or None."""
        lower = name.lower()
        for index, column in enumerate(self.columns):
            if column.name.lower() == lower:
                return index
        return None

    def column(self, name: str) -> Column:
        """Return a column; refuse (1054) if there is none."""
        index = self.column_index(name)
        if index is None:
            raise refusals.unknown_column(name, self.name)
        return self.columns[index]

    def key(self, name: str) -> Key | None:
        """Return a key, or None."""
        lower = name.lower()
        return next((key for key in self.keys if key.name and key.name.lower() == lower), None)

    @property
    def primary_key(self) -> Key | None:
        """The primary key, or None."""
        return next((key for key in self.keys if key.kind is KeyKind.PRIMARY), None)

    def column_names(self) -> list[str]:
        """Return the names of the columns, in order."""
        return [column.name for column in self.columns]

    def check_columns(self, check: Check) -> tuple[str, ...]:
        """Return the columns that a check names."""
        return columns_in(check.expression, self.column_names())

    def is_covered(self, columns: Sequence[str]) -> bool:
        """Whether some key begins with these columns, whole and in this order."""
        return any(self.covers(key, columns) for key in self.keys)

    def covers(self, key: Key, columns: Sequence[str]) -> bool:
        """Whether a key begins with these columns, whole and in this order."""
        if key.kind.is_special or len(key.parts) < len(columns):
            return False
        return all(
            part.column is not None and part.length is None and part.column.lower() == name.lower()
            for part, name in zip(key.parts, columns, strict=False)
        )

    def rename_table(self, new: str) -> None:
        """Take another name; the names that the server counted follow, told or not."""
        old, self.name = self.name, new
        self.checks = [
            replace(check, name=_recounted(check.name, f"{old}_chk_", f"{new}_chk_"))
            if not self.rules.is_mariadb
            else check
            for check in self.checks
        ]
        self.foreign_keys = [
            replace(fk, name=_recounted(fk.name, f"{old}_ibfk_", f"{new}_ibfk_"))
            for fk in self.foreign_keys
        ]


def _recounted(name: str | None, old: str, new: str) -> str | None:
    if name and name.startswith(old) and name[len(old) :].isdigit():
        return new + name[len(old) :]
    return name
