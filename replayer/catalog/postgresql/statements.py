"""What a statement of PostgreSQL asks of the schema, before any of it is done.

Constraints and indexes that the statement gives no name have an empty one: the server chooses it
when it makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql.actions import Action, ColumnSpec
from replayer.catalog.postgresql.blocks import Block
from replayer.catalog.schema import (
    Constraint,
    Index,
    ObjectKind,
    OtherObject,
    Partition,
    QualifiedName,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Like:
    """``LIKE``, with the words that stand behind INCLUDING."""

    table: QualifiedName
    including: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTableAs:
    """``CREATE TABLE AS`` and ``SELECT INTO``."""

    name: QualifiedName
    query: str
    names: tuple[str, ...] = ()
    """Those of the columns that are told."""
    options: str = ""
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """``CREATE TABLE``."""

    name: QualifiedName
    columns: tuple[ColumnSpec, ...]
    constraints: tuple[Constraint, ...]
    """Those of the columns and of the table, in the order in which they are written."""
    options: str = ""
    temporary: bool = False
    if_not_exists: bool = False
    partition: Partition | None = None
    """``PARTITION OF``; the columns are then those of the other table."""
    like: Like | None = None
    """Whose columns come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterTable:
    """``ALTER TABLE`` with one or several actions."""

    name: QualifiedName
    actions: tuple[Action, ...]
    if_exists: bool = False
    only: bool = False
    """Whether its partitions stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterPartition:
    """``ATTACH PARTITION`` and ``DETACH PARTITION`` (no bound)."""

    table: QualifiedName
    name: QualifiedName
    """Of the partition."""
    bound: str | None
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameRelation:
    """``ALTER TABLE | INDEX | SEQUENCE | VIEW ... RENAME TO``."""

    kind: str
    name: QualifiedName
    to: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn:
    """``RENAME COLUMN``."""

    table: QualifiedName
    name: str
    to: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameConstraint:
    """``RENAME CONSTRAINT``."""

    table: QualifiedName
    name: str
    to: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSchema:
    """``SET SCHEMA``."""

    kind: str
    name: QualifiedName
    schema: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex:
    """``CREATE INDEX``."""

    table: QualifiedName
    index: Index
    if_not_exists: bool = False
    only: bool = False
    """Whether partitions get none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterIndexOption:
    """``ALTER INDEX ... SET (...)`` and its like."""

    name: QualifiedName
    text: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterSequence:
    """``ALTER SEQUENCE``; what it says of the type, the owner and the rest."""

    name: QualifiedName
    sql: str
    type: str | None = None
    owner: tuple[QualifiedName, str] | None = None
    """The table and the column that shall own it."""
    disown: bool = False
    restart_only: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """``DROP TABLE`` and every other ``DROP``."""

    kind: ObjectKind | str
    """``TABLE`` and ``INDEX``, which are no kind of other object, stand as text."""
    names: tuple[QualifiedName, ...]
    table: QualifiedName | None = None
    """Of a trigger, a policy or a rule."""
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOther:
    """``CREATE`` of anything that is kept as text."""

    made: OtherObject
    replace: bool = False
    if_not_exists: bool = False
    owner: tuple[QualifiedName, str] | None = None
    """Of a sequence: the table and the column that own it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterOther:
    """``ALTER`` of anything that is kept as text."""

    kind: ObjectKind
    name: QualifiedName
    sql: str
    table: QualifiedName | None = None
    rename_to: str | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentOn:
    """``COMMENT ON``; None removes it."""

    kind: str
    name: QualifiedName
    part: str | None
    """The column, or for a constraint, trigger, policy or rule its own name."""
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A statement that changes nothing the catalogue knows, or that it cannot read."""

    effect: Effect
    reason: str = ""
    makes: QualifiedName | None = None
    """The relation that comes to be without its columns being known (``CREATE TABLE AS``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoBlock:
    """``DO``, whose body is read."""

    block: Block
    otherwise: Plain
    """What it is where its conditions can't be answered."""


PostgresStatement: TypeAlias = (
    CreateTable
    | CreateTableAs
    | AlterTable
    | AlterPartition
    | RenameRelation
    | RenameColumn
    | RenameConstraint
    | SetSchema
    | CreateIndex
    | AlterIndexOption
    | AlterSequence
    | Drop
    | CreateOther
    | AlterOther
    | CommentOn
    | DoBlock
    | Plain
)
