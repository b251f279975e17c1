"""What the tables of the system catalogue are made of: the objects, and their numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from replayer.catalog.schema import (
    Exclusion,
    IdentityKind,
    Index,
    IndexElement,
    ObjectKind,
    PrimaryKey,
    QualifiedName,
    Unique,
)
from replayer.dialects.answers.tables import array
from replayer.dialects.introspection_postgresql import reloptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.catalog.catalog import Catalog
    from replayer.catalog.schema import Column, Constraint, OtherObject, Table

SCHEMAS = {"pg_catalog": 11, "public": 2200, "information_schema": 13000}
"""The schemas of every database, and their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """The objects of a database, each with a number.

    Notes
    -----
    A number is given when it is first asked for, so it follows the order in which tables are made.
    """

    catalog: Catalog
    """What is in the database."""
    _oids: dict[tuple[str, QualifiedName], int] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def oid(self, kind: str, name: QualifiedName) -> int:
        """Return a number for an object, the same for the life of this value."""
        key = (kind, QualifiedName(name.schema or "public", name.name))
        return self._oids.setdefault(key, 16384 + len(self._oids))

    def schema_oid(self, name: str) -> int:
        """Return the number of a schema."""
        name = name or "public"
        return SCHEMAS[name] if name in SCHEMAS else self.oid("n", QualifiedName("", name))

    def schemas(self) -> list[str]:
        """Return the names of all schemas."""
        names = [*SCHEMAS, *(other.name.name for other in self.others(ObjectKind.SCHEMA))]
        names += [table.name.schema for table in self.tables() if table.name.schema]
        return list(dict.fromkeys(names))

    def others(self, *kinds: ObjectKind) -> Iterator[OtherObject]:
        """Return the objects of some kinds that are not tables."""
        return (other for (kind, _), other in self.catalog.others.items() if kind in kinds)

    def tables(self) -> Iterator[Table]:
        """Return the tables."""
        return iter(self.catalog.tables.values())

    def indexes(self) -> Iterator[tuple[Table, Index, Constraint | None]]:
        """Yield the indexes, those of constraints too: table, index, constraint."""
        for table in self.tables():
            for constraint in table.constraints:
                if isinstance(constraint, (PrimaryKey, Unique, Exclusion)):
                    yield table, index_of(constraint), constraint
            for index in table.indexes:
                yield table, index, None

    def sequences(self) -> Iterator[tuple[QualifiedName, Table | None, Column | None]]:
        """Yield the sequences: name, and the table and column that own it, if any."""
        for table in self.tables():
            for column in table.columns:
                if column.identity is not None and column.identity.sequence is not None:
                    yield column.identity.sequence, table, column
        for other in self.others(ObjectKind.SEQUENCE):
            yield other.name, None, None

    def relations(self) -> Iterator[tuple[QualifiedName, int, str, str, int, str | None]]:
        """Yield name, number, kind, access method, number of columns, options."""
        for table in self.tables():
            kind = "p" if re.match(r"\s*PARTITION BY", table.options, re.IGNORECASE) else "r"
            yield (table.name, self.oid("c", table.name), kind, "heap", len(table.columns),
                   _array_or_none(reloptions(table.options)))  # fmt: skip
        for table, index, _constraint in self.indexes():
            name = QualifiedName(table.name.schema, index.name)
            yield (name, self.oid("c", name), "i", index.method, len(index.elements),
                   _array_or_none(reloptions(index.options)))  # fmt: skip
        for name, _table, _column in self.sequences():
            yield name, self.oid("c", name), "S", "", 3, None
        kinds = {ObjectKind.VIEW: "v", ObjectKind.MATERIALIZED_VIEW: "m"}
        for other in self.others(*kinds):
            yield other.name, self.oid("c", other.name), kinds[other.kind], "", 0, None


def column_numbers(table: Table) -> dict[str, int]:
    """Return the numbers of a table's columns, by their names."""
    return {column.name: place for place, column in enumerate(table.columns, 1)}


def default_of(column: Column) -> str | None:
    """Return the expression of what fills a column, if anything does."""
    if column.generated is not None:
        return column.generated.expression
    identity = column.identity
    if identity is not None and identity.kind is IdentityKind.SERIAL:
        return f"nextval('{identity.sequence}'::regclass)"
    return column.default


def index_of(item: PrimaryKey | Unique | Exclusion) -> Index:
    """Return the index of a constraint."""
    if isinstance(item, Exclusion):
        return Index(name=item.name, elements=item.elements, method=item.method,
                     include=item.include, predicate=item.predicate)  # fmt: skip
    return Index(
        name=item.name,
        elements=tuple(IndexElement(column=column) for column in item.columns),
        unique=True,
        include=item.include,
        nulls_distinct=getattr(item, "nulls_distinct", True),
        options=item.options,
    )


def last_name(name: str) -> str:
    """Return the name of a trigger or policy, whose key may have the table in front."""
    return name.rpartition(".")[2]


def _array_or_none(values: list[str] | None) -> str | None:
    return None if values is None else array(list(values))
