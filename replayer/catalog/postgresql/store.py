"""Holds the tables and other objects of a PostgreSQL database, and who owns which name.

Every change goes through :meth:`Store.put` and its siblings, which keep the name spaces and the
foreign keys' reverse index true and write down how to undo it: for a statement that is refused,
and for a transaction that is rolled back. A change costs what the changed table is large, however
many tables there are; so does going back.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    ObjectKind,
    OtherObject,
    QualifiedName,
    Table,
)

if TYPE_CHECKING:
    from replayer.catalog.catalog import Effect

_PARTITIONED = re.compile(r"\bPARTITION\s+BY\b", re.IGNORECASE)
VIEWS = (ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW)
_RELATIONS = {
    ObjectKind.VIEW: "view",
    ObjectKind.MATERIALIZED_VIEW: "materialized view",
    ObjectKind.SEQUENCE: "sequence",
    ObjectKind.FOREIGN_TABLE: "foreign table",
}


class Relation(NamedTuple):
    """Whose a name in the name space of relations is."""

    kind: str
    """``table``, ``index``, ``constraint`` (its index), ``sequence``, ``view`` ..."""
    owner: QualifiedName
    """The table, or the object itself where it belongs to none."""


class Undo(NamedTuple):
    """How one value of one mapping was."""

    mapping: dict[Any, Any]
    key: Any
    value: Any
    """None where the mapping had no such key."""
    order: tuple[Any, ...] | None = None
    """The keys in their order, where the change took one away and the order is read."""


class Store:
    """All that a database holds, by name."""

    __slots__ = (
        "_began",
        "_journal",
        "constraint_names",
        "is_held",
        "others",
        "partitioned",
        "referrers",
        "relations",
        "tables",
        "unknown",
    )

    def __init__(self) -> None:
        self.tables: dict[QualifiedName, Table] = {}
        self.others: dict[tuple[ObjectKind, QualifiedName], OtherObject] = {}
        self.relations: dict[QualifiedName, Relation] = {}
        self.constraint_names: dict[QualifiedName, int] = {}
        self.referrers: dict[QualifiedName, tuple[QualifiedName, ...]] = {}
        self.partitioned: dict[QualifiedName, bool] = {}
        """The tables that have partitions, or may have."""
        self.unknown: dict[QualifiedName, Effect] = {}
        """Relations whose columns nobody can know, with the effect of what is done to them."""
        self.is_held = False
        """Whether a transaction may go back to before the statement that is carried out."""
        self._journal: list[Undo] = []
        self._began = 0
        """Where in the journal the statement began."""

    def copy(self) -> Store:
        """Return a store with the same values."""
        new = Store()
        new.tables = self.tables.copy()
        new.others = self.others.copy()
        new.relations = self.relations.copy()
        new.constraint_names = self.constraint_names.copy()
        new.referrers = self.referrers.copy()
        new.partitioned = self.partitioned.copy()
        new.unknown = self.unknown.copy()
        return new

    def begin(self) -> None:
        """Note that a statement begins; outside of a transaction, forget how to undo others."""
        if not self.is_held:
            self._journal.clear()
        self._began = len(self._journal)

    def mark(self) -> int:
        """Return the place to which :meth:`go_back` goes back, while the store is held."""
        return len(self._journal)

    def undo(self) -> None:
        """Take back all changes since `begin`."""
        self.go_back(self._began)

    def go_back(self, mark: int) -> None:
        """Take back all changes since a place."""
        while len(self._journal) > mark:
            mapping, key, value, order = self._journal.pop()
            if value is None:
                mapping.pop(key, None)
                continue
            mapping[key] = value
            if order is not None:
                items = mapping.copy()
                mapping.clear()
                mapping.update((name, items[name]) for name in order)

    def _set(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:  # noqa: ANN401
        old = mapping.get(key)
        if value is not None:
            self._journal.append(Undo(mapping, key, old))
            mapping[key] = value
        elif old is not None:
            is_ordered = mapping is self.tables or mapping is self.others
            self._journal.append(Undo(mapping, key, old, tuple(mapping) if is_ordered else None))
            del mapping[key]

    def put(self, old: Table | None, new: Table | None) -> None:
        """Put a table in place of another; None stands for no table."""
        if old is new:
            return
        moved = old is None or new is None or old.name != new.name
        if old is not None:
            if moved:
                self._set(self.tables, old.name, None)
                self._set(self.relations, old.name, None)
                if old.name in self.partitioned:
                    self._set(self.partitioned, old.name, None)
            self._forget(old, new if not moved else None)
        if new is not None:
            self._set(self.tables, new.name, new)
            if moved:
                self._set(self.relations, new.name, Relation("table", new.name))
                if new.options and _PARTITIONED.search(new.options):
                    self._set(self.partitioned, new.name, True)  # noqa: FBT003 - the value
            self._learn(new, old if not moved else None)

    def _forget(self, table: Table, other: Table | None) -> None:
        kept = _identities(other)
        schema = table.name.schema
        for constraint in table.constraints:
            if id(constraint) in kept:
                continue
            name = QualifiedName(schema, constraint.name)
            self._set(self.constraint_names, name, self.constraint_names[name] - 1 or None)
            if isinstance(constraint, ForeignKey):
                self._unrefer(constraint.target, table.name)
            elif not isinstance(constraint, Check):
                self._set(self.relations, name, None)
        for index in table.indexes:
            if id(index) not in kept:
                self._set(self.relations, QualifiedName(schema, index.name), None)
        for sequence in _sequences(table) - (_sequences(other) if other else set()):
            self._set(self.relations, sequence, None)

    def _learn(self, table: Table, other: Table | None) -> None:
        kept = _identities(other)
        schema = table.name.schema
        for constraint in table.constraints:
            if id(constraint) in kept:
                continue
            name = QualifiedName(schema, constraint.name)
            self._set(self.constraint_names, name, self.constraint_names.get(name, 0) + 1)
            if isinstance(constraint, ForeignKey):
                found = self.referrers.get(constraint.target, ())
                self._set(self.referrers, constraint.target, (*found, table.name))
            elif not isinstance(constraint, Check):
                self._set(self.relations, name, Relation("constraint", table.name))
        for index in table.indexes:
            if id(index) not in kept:
                name = QualifiedName(schema, index.name)
                self._set(self.relations, name, Relation("index", table.name))
        for sequence in _sequences(table) - (_sequences(other) if other else set()):
            self._set(self.relations, sequence, Relation("sequence", table.name))

    def _unrefer(self, target: QualifiedName, table: QualifiedName) -> None:
        found = list(self.referrers.get(target, ()))
        found.remove(table)
        self._set(self.referrers, target, tuple(found) or None)

    def put_other(self, old: OtherObject | None, new: OtherObject | None) -> None:
        """Put an object in place of another; None stands for none."""
        if old is not None and (new is None or (old.kind, old.name) != (new.kind, new.name)):
            self._set(self.others, (old.kind, old.name), None)
            if old.kind in _RELATIONS:
                self._set(self.relations, old.name, None)
        if new is not None:
            self._set(self.others, (new.kind, new.name), new)
            if new.kind in _RELATIONS:
                owner = new.depends or new.name
                self._set(self.relations, new.name, Relation(_RELATIONS[new.kind], owner))

    def put_unknown(self, name: QualifiedName, effect: Effect | None) -> None:
        """Remember or forget a relation that cannot be known."""
        self._set(self.unknown, name, effect)

    def put_index_of_view(self, name: QualifiedName, view: QualifiedName | None) -> None:
        """Remember or forget an index of a materialized view."""
        self._set(self.relations, name, None if view is None else Relation("index", view))

    def referring(self, target: QualifiedName) -> list[Table]:
        """Return the tables with a foreign key to this one, itself included, each once."""
        return [self.tables[name] for name in dict.fromkeys(self.referrers.get(target, ()))]

    def is_relation(self, schema: str, name: str) -> bool:
        """Whether a table, index, sequence or view of that name exists."""
        key = QualifiedName(schema, name)
        return key in self.relations or key in self.unknown

    def is_constraint(self, schema: str, name: str) -> bool:
        """Whether a constraint of that name exists on any table of the schema."""
        return QualifiedName(schema, name) in self.constraint_names

    def belonging(self, table: QualifiedName) -> list[OtherObject]:
        """Return the triggers, policies, rules and sequences that belong to a table."""
        return [other for other in self.others.values() if other.depends == table]

    def views(self) -> list[OtherObject]:
        """Return the views, in the order in which they were made."""
        return [other for other in self.others.values() if other.kind in VIEWS]


def _identities(table: Table | None) -> set[int]:
    if table is None:
        return set()
    found: set[int] = {id(item) for item in table.constraints}
    found.update(id(index) for index in table.indexes)
    return found


def _sequences(table: Table) -> set[QualifiedName]:
    return {
        column.identity.sequence
        for column in table.columns
        if column.identity is not None and column.identity.sequence is not None
    }


def index_of(constraint: Constraint) -> bool:
    """Whether a constraint has an index of its name."""
    return not isinstance(constraint, (ForeignKey, Check))


def put_column(store: Store, table: Table, old: Column, new: Column) -> Table:
    """Put a column in place of another."""
    columns = tuple(new if column is old else column for column in table.columns)
    made = replace(table, columns=columns)
    store.put(table, made)
    return made


def put_constraint(store: Store, table: Table, constraint: Constraint) -> Table:
    """Put a constraint behind the others of its table."""
    new = replace(table, constraints=(*table.constraints, constraint))
    store.put(table, new)
    return new
