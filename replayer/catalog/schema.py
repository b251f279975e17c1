"""What DDL leaves: the values of every dialect's catalogue.

All are frozen and hashable, with tuples inside in the order that the server keeps. Expressions and
types are text, as the server was told them; only what carries a name or a rule is taken apart.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias


class QualifiedName(NamedTuple):
    """The name of a table or of another object."""

    schema: str
    """Empty for the schema (or database) that names without one belong to."""
    name: str

    def __str__(self) -> str:
        """Return ``schema.name``, or the name alone."""
        return f"{self.schema}.{self.name}" if self.schema else self.name


class IdentityKind(enum.Enum):
    """How a column gets its next number."""

    ALWAYS = "always"
    BY_DEFAULT = "by default"
    AUTO_INCREMENT = "auto_increment"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The numbering of a column."""

    kind: IdentityKind
    sequence: QualifiedName | None = None
    """Of the sequence that the column owns, where the server has such things."""
    options: str = ""
    """``START WITH 10`` and the like, as they were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The expression of a generated column."""

    expression: str
    """Without the parentheses around it."""
    stored: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    """As the server was told it, with case and space made alike; without the collation."""
    null: bool = True
    default: str | None = None
    """The expression, as it was told; None for no default."""
    identity: Identity | None = None
    generated: Generated | None = None
    collation: str | None = None
    comment: str | None = None
    options: str = ""
    """What else the server keeps with a column (``STORAGE EXTERNAL``, ``INVISIBLE``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexElement:
    """One column or expression of an index or of an exclusion constraint."""

    column: str | None = None
    expression: str | None = None
    """Without the parentheses around it; then there is no column."""
    collation: str | None = None
    opclass: str | None = None
    descending: bool = False
    nulls_first: bool | None = None
    """None where it was not told, or is what the direction implies."""
    length: int | None = None
    """Of a prefix (MySQL)."""
    operator: str | None = None
    """``WITH &&`` of an exclusion constraint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index that is no constraint's own."""

    name: str
    elements: tuple[IndexElement, ...]
    unique: bool = False
    method: str = "btree"
    """Lower case; also ``fulltext`` and ``spatial`` (MySQL)."""
    include: tuple[str, ...] = ()
    predicate: str | None = None
    """Of a partial index."""
    nulls_distinct: bool = True
    options: str = ""
    """``WITH (fillfactor = 70)``, ``TABLESPACE x``, ``INVISIBLE``; empty where nothing was told."""
    comment: str | None = None
    implicit: bool = field(default=False, compare=False)
    """Whether the server made it for a foreign key (MySQL, MariaDB); no one can see it there."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, without expressions."""
        return tuple(item.column for item in self.elements if item.column is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryKey:
    """The primary key of a table."""

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False
    options: str = ""
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique:
    """A unique constraint, with the index of its name."""

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    deferrable: bool = False
    initially_deferred: bool = False
    options: str = ""
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    target: QualifiedName
    target_columns: tuple[str, ...]
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    match: str = "SIMPLE"
    deferrable: bool = False
    initially_deferred: bool = False
    validated: bool = True
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check constraint."""

    name: str
    expression: str
    """Without the parentheses around it."""
    columns: tuple[str, ...] = ()
    """Those of the table's columns that the expression names, sorted."""
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    comment: str | None = None
    column: str | None = None
    """Set where the check belongs to the definition of a column (MariaDB), and has no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """An exclusion constraint (PostgreSQL), with the index of its name."""

    name: str
    elements: tuple[IndexElement, ...]
    method: str = "gist"
    include: tuple[str, ...] = ()
    predicate: str | None = None
    deferrable: bool = False
    initially_deferred: bool = False
    options: str = ""
    comment: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, without expressions."""
        return tuple(item.column for item in self.elements if item.column is not None)


Constraint: TypeAlias = PrimaryKey | Unique | ForeignKey | Check | Exclusion


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """What makes a table a partition of another (PostgreSQL)."""

    parent: QualifiedName
    bound: str
    """``FOR VALUES ...`` or ``DEFAULT``, as it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table, with all that goes when it is dropped."""

    name: QualifiedName
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    """In the order in which the server made them."""
    indexes: tuple[Index, ...] = ()
    """Without those of the constraints."""
    comment: str | None = None
    options: str = ""
    """``INHERITS``, ``PARTITION BY``, ``ENGINE=`` and the like, as they were told."""
    partition: Partition | None = None
    """Set where it is a partition of another table."""

    def column(self, name: str) -> Column | None:
        """Return the column of that exact name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def constraint(self, name: str) -> Constraint | None:
        """Return the constraint of that exact name, or None."""
        return next((item for item in self.constraints if item.name == name), None)

    def index(self, name: str) -> Index | None:
        """Return the index of that exact name, or None; a constraint's index is none of these."""
        return next((index for index in self.indexes if index.name == name), None)

    @property
    def primary_key(self) -> PrimaryKey | None:
        """The primary key, or None."""
        return next((item for item in self.constraints if isinstance(item, PrimaryKey)), None)

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys, in the order in which they were made."""
        return tuple(item for item in self.constraints if isinstance(item, ForeignKey))


class ObjectKind(enum.Enum):
    """The kinds of objects that are no tables; the value is what stands after CREATE or DROP."""

    SCHEMA = "SCHEMA"
    EXTENSION = "EXTENSION"
    COLLATION = "COLLATION"
    TYPE = "TYPE"
    DOMAIN = "DOMAIN"
    SEQUENCE = "SEQUENCE"
    FUNCTION = "FUNCTION"
    PROCEDURE = "PROCEDURE"
    AGGREGATE = "AGGREGATE"
    OPERATOR = "OPERATOR"
    OPERATOR_CLASS = "OPERATOR CLASS"
    OPERATOR_FAMILY = "OPERATOR FAMILY"
    CAST = "CAST"
    TEXT_SEARCH_CONFIGURATION = "TEXT SEARCH CONFIGURATION"
    TEXT_SEARCH_DICTIONARY = "TEXT SEARCH DICTIONARY"
    VIRTUAL_TABLE = "VIRTUAL TABLE"
    VIEW = "VIEW"
    MATERIALIZED_VIEW = "MATERIALIZED VIEW"
    RULE = "RULE"
    POLICY = "POLICY"
    STATISTICS = "STATISTICS"
    TRIGGER = "TRIGGER"
    EVENT_TRIGGER = "EVENT TRIGGER"
    EVENT = "EVENT"
    FOREIGN_TABLE = "FOREIGN TABLE"
    SERVER = "SERVER"
    PUBLICATION = "PUBLICATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherObject:
    """An object that is kept as the text that made it."""

    kind: ObjectKind
    name: QualifiedName
    """For a function the name with its argument types: ``f(integer, text)``."""
    statements: tuple[str, ...]
    """What made it and what altered it since, in order, without semicolons."""
    depends: QualifiedName | None = None
    """The table that it belongs to (a trigger's, a policy's), and goes with."""
    comment: str | None = None
