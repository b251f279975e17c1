"""The closed vocabulary in which two catalogues are told apart.

After Atlas' ``sql/schema``: each change holds both values, so that a reader needs no catalogue.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields
from typing import TypeAlias

from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexElement,
    OtherObject,
    PrimaryKey,
    QualifiedName,
    Table,
    Unique,
)


class ColumnPart(enum.Enum):
    """What may differ between two columns."""

    TYPE = "type"
    NULL = "null"
    DEFAULT = "default"
    IDENTITY = "identity"
    GENERATED = "generated"
    COLLATION = "collation"
    COMMENT = "comment"
    OPTIONS = "options"


class TablePart(enum.Enum):
    """What may differ between two tables, apart from what stands in them."""

    COMMENT = "comment"
    OPTIONS = "options"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTable:
    """A table is only in the second catalogue."""

    table: Table

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"table {self.table.name} is added"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable:
    """A table is only in the first catalogue."""

    table: Table

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"table {self.table.name} is dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyTable:
    """A table's comment or options differ."""

    from_: Table
    to: Table
    changed: frozenset[TablePart]

    def __str__(self) -> str:
        """Say it in a few words."""
        parts = ", ".join(sorted(part.value for part in self.changed))
        return f"table {self.to.name}: {parts} changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn:
    """A column is only in the second catalogue."""

    table: QualifiedName
    column: Column

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"column {self.table}.{self.column.name} is added"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn:
    """A column is only in the first catalogue."""

    table: QualifiedName
    column: Column

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"column {self.table}.{self.column.name} is dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyColumn:
    """A column differs."""

    table: QualifiedName
    from_: Column
    to: Column
    changed: frozenset[ColumnPart]

    def __str__(self) -> str:
        """Say it in a few words."""
        parts = ", ".join(
            f"{part.value} {_said(self.from_, part)} -> {_said(self.to, part)}"
            for part in sorted(self.changed, key=lambda part: part.value)
        )
        return f"column {self.table}.{self.to.name}: {parts}"


def _said(column: Column, part: ColumnPart) -> str:
    value = getattr(column, part.value)
    if isinstance(value, Identity):
        sequence = f"by {value.sequence}" if value.sequence is not None else ""
        return " ".join(filter(None, (value.kind.value, sequence, value.options)))
    if isinstance(value, Generated):
        return f"({value.expression}) {'stored' if value.stored else 'virtual'}"
    return "none" if value is None else repr(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveColumn:
    """A column stands at another place among the columns that both tables have."""

    table: QualifiedName
    column: str
    from_: int
    """From 0."""
    to: int

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"column {self.table}.{self.column} moves from {self.from_} to {self.to}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConstraint:
    """A constraint is only in the second catalogue."""

    table: QualifiedName
    constraint: Constraint

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{_called(self.constraint)} of {self.table} is added"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropConstraint:
    """A constraint is only in the first catalogue."""

    table: QualifiedName
    constraint: Constraint

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{_called(self.constraint)} of {self.table} is dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyConstraint:
    """A constraint of one name differs."""

    table: QualifiedName
    from_: Constraint
    to: Constraint

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"constraint {self.to.name} of {self.table}: {_differences(self.from_, self.to)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameConstraint:
    """A constraint differs in nothing but its name."""

    table: QualifiedName
    from_: Constraint
    to: Constraint

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"constraint {self.from_.name} of {self.table} is renamed to {self.to.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIndex:
    """An index is only in the second catalogue."""

    table: QualifiedName
    index: Index

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"index {self.index.name} of {self.table} is added"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex:
    """An index is only in the first catalogue."""

    table: QualifiedName
    index: Index

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"index {self.index.name} of {self.table} is dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyIndex:
    """An index of one name differs."""

    table: QualifiedName
    from_: Index
    to: Index

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"index {self.to.name} of {self.table}: {_differences(self.from_, self.to)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameIndex:
    """An index differs in nothing but its name."""

    table: QualifiedName
    from_: Index
    to: Index

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"index {self.from_.name} of {self.table} is renamed to {self.to.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddObject:
    """Another object is only in the second catalogue."""

    object: OtherObject

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{self.object.kind.value.lower()} {self.object.name} is added"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropObject:
    """Another object is only in the first catalogue."""

    object: OtherObject

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{self.object.kind.value.lower()} {self.object.name} is dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModifyObject:
    """The texts that made another object differ."""

    from_: OtherObject
    to: OtherObject

    def __str__(self) -> str:
        """Say it in a few words."""
        return f"{self.to.kind.value.lower()} {self.to.name} changed"


Change: TypeAlias = (
    AddTable
    | DropTable
    | ModifyTable
    | AddColumn
    | DropColumn
    | ModifyColumn
    | MoveColumn
    | AddConstraint
    | DropConstraint
    | ModifyConstraint
    | RenameConstraint
    | AddIndex
    | DropIndex
    | ModifyIndex
    | RenameIndex
    | AddObject
    | DropObject
    | ModifyObject
)


def _differences(old: Constraint | Index, new: Constraint | Index) -> str:
    """Name each part that differs, with both values."""
    if type(old) is not type(new):
        return " -> ".join(type(item).__name__.lower() for item in (old, new))
    return ", ".join(
        f"{part.name.replace('_', ' ')} {_part(one)} -> {_part(other)}"
        for part in fields(old)
        if part.compare
        for one, other in [(getattr(old, part.name), getattr(new, part.name))]
        if one != other
    )


def _part(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_part, value))})"
    if isinstance(value, IndexElement):
        length = f"({value.length})" if value.length is not None else ""
        words = [(value.column or f"({value.expression})") + length]
        words += [f"COLLATE {value.collation}" if value.collation else "", value.opclass or ""]
        words += ["DESC" if value.descending else "", value.operator or ""]
        return " ".join(word for word in words if word)
    if isinstance(value, (str, QualifiedName)):
        return str(value) or "none"
    return "none" if value is None else str(value).lower()


def _called(constraint: Constraint) -> str:
    """Return what a constraint is called, or what it says where it has no name."""
    if constraint.name:
        return f"constraint {constraint.name}"
    if isinstance(constraint, ForeignKey):
        columns, target = (
            ", ".join(names) for names in (constraint.columns, constraint.target_columns)
        )
        return f"foreign key ({columns}) to {constraint.target.name} ({target})"
    if isinstance(constraint, Check):
        return f"check ({constraint.expression})"
    if isinstance(constraint, PrimaryKey | Unique):
        kind = "unique" if isinstance(constraint, Unique) else "primary key"
        return f"{kind} ({', '.join(constraint.columns)})"
    return "constraint"
