"""What ``ALTER TABLE`` of PostgreSQL asks of a table: one value for each kind of action.

A constraint that the statement gives no name has an empty one: the server chooses it when it makes
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from replayer.catalog.schema import Column, Constraint, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """A column and the constraints that are told with it."""

    column: Column
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn:
    """``ADD COLUMN``."""

    spec: ColumnSpec
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn:
    """``DROP COLUMN``."""

    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetType:
    """``ALTER COLUMN ... TYPE``; without a collation the column gets the type's own."""

    column: str
    type: str
    collation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefault:
    """``SET DEFAULT`` and ``DROP DEFAULT`` (None)."""

    column: str
    default: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNull:
    """``DROP NOT NULL`` and ``SET NOT NULL``."""

    column: str
    null: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIdentity:
    """``ADD GENERATED ... AS IDENTITY``."""

    column: str
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIdentity:
    """``SET GENERATED ...``."""

    column: str
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIdentity:
    """``DROP IDENTITY``."""

    column: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropExpression:
    """``DROP EXPRESSION``: the generated column becomes an ordinary one."""

    column: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExpression:
    """``SET EXPRESSION AS`` (PostgreSQL 17)."""

    column: str
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumnOption:
    """``SET STORAGE``, ``SET STATISTICS`` and their like."""

    column: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConstraint:
    """``ADD CONSTRAINT``, with or without a name."""

    constraint: Constraint
    using_index: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropConstraint:
    """``DROP CONSTRAINT``."""

    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterConstraint:
    """``ALTER CONSTRAINT ... DEFERRABLE``."""

    name: str
    deferrable: bool
    initially_deferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateConstraint:
    """``VALIDATE CONSTRAINT``."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOption:
    """What is kept as text: ``SET (...)``, ``ENABLE ROW LEVEL SECURITY``, ``CLUSTER ON``."""

    text: str
    keep: bool = True
    """Whether a dump holds it; an owner or a grant is none of the schema's matter."""


Action: TypeAlias = (
    AddColumn
    | DropColumn
    | SetType
    | SetDefault
    | SetNull
    | AddIdentity
    | SetIdentity
    | DropIdentity
    | DropExpression
    | SetExpression
    | SetColumnOption
    | AddConstraint
    | DropConstraint
    | AlterConstraint
    | ValidateConstraint
    | SetOption
)
