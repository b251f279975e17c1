"""What a MySQL or MariaDB table is made of, and what a statement asks of it.

These are the servers' own notions (a key is an index or a unique constraint, a key may be the
server's own), finer than the values that all dialects share;
:mod:`replayer.catalog.mysql.catalog` turns them into those.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TypeAlias


class KeyKind(enum.Enum):
    """The kinds of keys; the value is how ``CREATE TABLE`` begins one."""

    PRIMARY = "PRIMARY KEY"
    UNIQUE = "UNIQUE KEY"
    INDEX = "KEY"
    FULLTEXT = "FULLTEXT KEY"
    SPATIAL = "SPATIAL KEY"

    @property
    def is_unique(self) -> bool:
        """Whether two rows may not share a value."""
        return self is KeyKind.PRIMARY or self is KeyKind.UNIQUE

    @property
    def is_special(self) -> bool:
        """Whether it finds words or places rather than values, so that no constraint can use it."""
        return self is KeyKind.FULLTEXT or self is KeyKind.SPATIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPart:
    """One column or expression of a key."""

    column: str | None = None
    expression: str | None = None
    """Without the parentheses around it; then there is no column."""
    length: int | None = None
    """Of the prefix, or None for the whole column."""
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key: the primary key, a unique constraint or an index."""

    name: str | None
    """None while the server has not chosen one."""
    kind: KeyKind
    parts: tuple[KeyPart, ...]
    options: str = ""
    """``COMMENT 'x'``, ``INVISIBLE`` and the like, as they were told."""
    implicit: bool = False
    """Whether the server made it for a foreign key; it goes when another key covers it."""
    inline: bool = False
    """Whether it was told in a column's definition."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, expressions left out."""
        return tuple(part.column for part in self.parts if part.column is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A foreign key; its index is a key of its own."""

    name: str | None
    columns: tuple[str, ...]
    to_table: str
    to_columns: tuple[str, ...]
    rules: str = ""
    """``ON DELETE`` and ``ON UPDATE``, as they were told, one space apart."""
    index_name: str | None = None
    """The name told for its implicit index; it counts only where the constraint has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check constraint."""

    name: str | None
    """None while the server has not chosen one, and for MariaDB's checks of a column."""
    expression: str
    """Without the parentheses around it."""
    enforced: bool = True
    column: str | None = None
    """The column in whose definition it stood."""
    made_for: str | None = None
    """The name that this column had then: MariaDB shows a column's check under it ever after."""
    is_fresh: bool = field(default=True, compare=False)
    """Whether the table has not been altered since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column."""

    name: str
    type: str
    """As it was told, one space between words."""
    null: bool = True
    default: str | None = None
    """The text after ``DEFAULT``; None where there is none."""
    no_default: bool = False
    """Whether ``DROP DEFAULT`` took even the NULL that a column without a default gets."""
    altered_default: bool = False
    """Whether ``ALTER COLUMN`` set the default, an expression: MySQL then keeps the number that
    ``(PI())`` is, and of a literal in parentheses the literal; a definition keeps both as told."""
    auto_increment: bool = False
    on_update: str | None = None
    collation: str | None = None
    charset: str | None = None
    comment: str = ""
    generated: str | None = None
    """The expression of a generated column, without parentheses."""
    stored: bool = False
    options: str = ""
    """``INVISIBLE``, ``SRID 4326`` and the like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """A column as a statement defines it, with the constraints in its definition."""

    column: Column
    unique: bool = False
    primary: bool = False
    checks: tuple[Check, ...] = ()
    references: ForeignKey | None = None
    says_null: bool = False
    """Whether ``NULL`` was written out."""
    first: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn:
    """``ADD COLUMN``."""

    spec: ColumnSpec
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeColumn:
    """``MODIFY`` and ``CHANGE``: the whole definition is written anew."""

    old: str
    spec: ColumnSpec
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefault:
    """``ALTER COLUMN ... SET DEFAULT`` and, without a default, ``DROP DEFAULT``."""

    column: str
    default: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddKey:
    """``ADD KEY``, ``ADD UNIQUE``, ``ADD PRIMARY KEY`` and ``CREATE INDEX``."""

    key: Key
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddForeignKey:
    """``ADD FOREIGN KEY``."""

    foreign_key: ForeignKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCheck:
    """``ADD CHECK``."""

    check: Check


class Part(enum.Enum):
    """What a ``DROP`` or a ``RENAME`` in ``ALTER TABLE`` is about."""

    COLUMN = "COLUMN"
    KEY = "KEY"
    PRIMARY_KEY = "PRIMARY KEY"
    FOREIGN_KEY = "FOREIGN KEY"
    CHECK = "CHECK"
    CONSTRAINT = "CONSTRAINT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """``DROP`` of one part of a table."""

    part: Part
    name: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """``RENAME COLUMN`` and ``RENAME INDEX``."""

    part: Part
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTo:
    """``RENAME TO``: the table itself."""

    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOption:
    """An option of the table, such as its comment, character set or engine."""

    name: str
    """In upper case, ``CHARSET`` for all spellings of it."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEnforced:
    """``ALTER CHECK name [NOT] ENFORCED``."""

    name: str
    enforced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetKeyOption:
    """``ALTER INDEX name INVISIBLE`` and its like."""

    name: str
    option: str


Action: TypeAlias = (
    AddColumn
    | ChangeColumn
    | SetDefault
    | AddKey
    | AddForeignKey
    | AddCheck
    | Drop
    | Rename
    | RenameTo
    | SetOption
    | SetEnforced
    | SetKeyOption
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """``CREATE TABLE``; ``like`` names the table to copy, if the statement does."""

    name: str
    actions: tuple[Action, ...] = ()
    like: str | None = None
    if_not_exists: bool = False
    or_replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterTable:
    """``ALTER TABLE``, ``CREATE INDEX`` and ``DROP INDEX``."""

    name: str
    actions: tuple[Action, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTables:
    """``DROP TABLE``."""

    names: tuple[str, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTables:
    """``RENAME TABLE``: pairs of an old and a new name, carried out from left to right."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateObject:
    """``CREATE`` of a view, trigger, procedure, function, event or sequence."""

    kind: str
    """In lower case."""
    name: str
    table: str | None
    """The table of a trigger."""
    or_replace: bool = False
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropObject:
    """``DROP`` of one of those."""

    kind: str
    names: tuple[str, ...]
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariables:
    """``SET``: the variables that it sets, in lower case, with the texts of their values."""

    variables: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSchema:
    """A statement that leaves the schema alone, by its first word in upper case."""

    word: str


StatementValue: TypeAlias = (
    CreateTable
    | AlterTable
    | DropTables
    | RenameTables
    | CreateObject
    | DropObject
    | SetVariables
    | NotSchema
)
