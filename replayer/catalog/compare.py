"""Tells two catalogues apart, in the words of :mod:`replayer.catalog.changes`.

Two ways of writing one thing are one: ``int4`` and ``integer``, ``a`` and ``"a"``, a space more.
What differs beyond that is said, even where a server might make the same of both.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from replayer.catalog.changes import (
    AddColumn,
    AddConstraint,
    AddIndex,
    AddObject,
    AddTable,
    Change,
    ColumnPart,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    ModifyColumn,
    ModifyConstraint,
    ModifyIndex,
    ModifyObject,
    ModifyTable,
    MoveColumn,
    RenameConstraint,
    RenameIndex,
    TablePart,
)
from replayer.catalog.lexer import Words, is_name, unquote
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    IndexElement,
    OtherObject,
    PrimaryKey,
    Table,
)
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.catalog.catalog import Catalog

_ORDER = (
    *(DropObject, DropTable, AddTable, ModifyTable, DropColumn, AddColumn, ModifyColumn),
    *(MoveColumn, DropConstraint, DropIndex, RenameConstraint, RenameIndex, ModifyConstraint),
    *(ModifyIndex, AddConstraint, AddIndex, AddObject, ModifyObject),
)


def compare(
    from_: Catalog, to: Catalog, *, names: bool = True, column_order: bool = True
) -> tuple[Change, ...]:
    """Return what has to change to make the second catalogue of the first, sorted.

    Parameters
    ----------
    names
        Whether the names of constraints, indexes and sequences count.
    column_order
        Whether the order of columns counts.
    """
    is_postgresql = from_.dialect is Dialect.POSTGRESQL
    found: list[Change] = []
    # Once each: SQLite's catalogue reads its tables anew for every question.
    tables = (from_.tables, to.tables)
    for name in tables[0].keys() | tables[1].keys():
        before, after = tables[0].get(name), tables[1].get(name)
        if before is after:
            continue
        if before is None and after is not None:
            found.append(AddTable(table=after))
        elif after is None and before is not None:
            found.append(DropTable(table=before))
        elif before is not None and after is not None and before != after:
            one = _Comparison(
                before, after, names=names, column_order=column_order, postgresql=is_postgresql
            )
            found += one.changes()
    for key in from_.others.keys() | to.others.keys():
        old, new = from_.others.get(key), to.others.get(key)
        if old is None and new is not None:
            found.append(AddObject(object=new))
        elif new is None and old is not None:
            found.append(DropObject(object=old))
        elif old is not None and new is not None and _plain(old) != _plain(new):
            found.append(ModifyObject(from_=old, to=new))
    return tuple(sorted(found, key=_key))


def _key(change: Change) -> tuple[str, int, str]:
    table = getattr(change, "table", None) or getattr(change, "to", None)
    table = getattr(table, "name", table) if isinstance(table, Table) else table
    return (str(table), _ORDER.index(type(change)), str(change))


def _plain(other: OtherObject) -> OtherObject:
    texts = tuple(" ".join(text.split()).rstrip("; ") for text in other.statements)
    return replace(other, statements=texts)


class _Comparison:
    """Compares two tables of one name."""

    def __init__(
        self, before: Table, after: Table, *, names: bool, column_order: bool, postgresql: bool
    ) -> None:
        self.before = before
        self.after = after
        self.names = names
        self.column_order = column_order
        self.postgresql = postgresql

    def changes(self) -> list[Change]:
        """Return all changes, in no order."""
        found: list[Change] = list(self._table())
        found += self._columns()
        found += self._moves() if self.column_order else []
        found += self._constraints()
        found += self._indexes()
        return found

    def _table(self) -> Iterable[Change]:
        changed = set()
        if self.before.comment != self.after.comment:
            changed.add(TablePart.COMMENT)
        if _squeezed(self.before.options) != _squeezed(self.after.options):
            changed.add(TablePart.OPTIONS)
        if self.before.partition != self.after.partition:
            changed.add(TablePart.OPTIONS)
        if changed:
            yield ModifyTable(from_=self.before, to=self.after, changed=frozenset(changed))

    def _columns(self) -> Iterable[Change]:
        name = self.after.name
        old = {column.name: column for column in self.before.columns}
        new = {column.name: column for column in self.after.columns}
        for column in self.before.columns:
            if column.name not in new:
                yield DropColumn(table=name, column=column)
        for column in self.after.columns:
            before = old.get(column.name)
            if before is None:
                yield AddColumn(table=name, column=column)
            elif before != column:
                one, other = self._column(before), self._column(column)
                changed = frozenset(
                    part
                    for part in ColumnPart
                    if getattr(one, part.value) != getattr(other, part.value)
                )
                if changed:
                    yield ModifyColumn(table=name, from_=before, to=column, changed=changed)

    def _moves(self) -> Iterable[Change]:
        old = [column.name for column in self.before.columns]
        new = [column.name for column in self.after.columns]
        both = set(old) & set(new)
        old = [name for name in old if name in both]
        for at, name in enumerate(name for name in new if name in both):
            if old[at] != name:
                yield MoveColumn(table=self.after.name, column=name, from_=old.index(name), to=at)

    def _constraints(self) -> Iterable[Change]:
        table = self.after.name
        # SQLite's have no names, and are told apart by what they say.
        old = {item.name: item for item in self.before.constraints if item.name}
        new = {item.name: item for item in self.after.constraints if item.name}
        gone = [item for item in self.before.constraints if item.name not in new]
        come = [item for item in self.after.constraints if item.name not in old]
        for name in old.keys() & new.keys():
            if self._constraint(old[name]) != self._constraint(new[name]):
                if self.names:
                    yield ModifyConstraint(table=table, from_=old[name], to=new[name])
                else:
                    gone.append(old[name])
                    come.append(new[name])
        lost: list[Constraint] = []
        for before in gone:
            plain = replace(self._constraint(before), name="")
            after = next(
                (item for item in come if replace(self._constraint(item), name="") == plain), None
            )
            if after is None:
                lost.append(before)
                continue
            come.remove(after)
            if self.names and before.name != after.name:
                yield RenameConstraint(table=table, from_=before, to=after)
        fresh = {item.name: item for item in come if item.name}
        for before in lost:
            other = fresh.get(before.name)
            if other is None:
                yield DropConstraint(table=table, constraint=before)
            else:
                come.remove(other)
                yield ModifyConstraint(table=table, from_=before, to=other)
        for item in come:
            yield AddConstraint(table=table, constraint=item)

    def _indexes(self) -> Iterable[Change]:
        table = self.after.name
        old = {item.name: item for item in self.before.indexes}
        new = {item.name: item for item in self.after.indexes}
        gone = [item for item in self.before.indexes if item.name not in new]
        come = [item for item in self.after.indexes if item.name not in old]
        for name in old.keys() & new.keys():
            if self._index(old[name]) != self._index(new[name]):
                if self.names:
                    yield ModifyIndex(table=table, from_=old[name], to=new[name])
                else:
                    gone.append(old[name])
                    come.append(new[name])
        lost: list[Index] = []
        for before in gone:
            plain = replace(self._index(before), name="")
            after = next(
                (item for item in come if replace(self._index(item), name="") == plain), None
            )
            if after is None:
                lost.append(before)
                continue
            come.remove(after)
            if self.names:
                yield RenameIndex(table=table, from_=before, to=after)
        fresh = {item.name: item for item in come}
        for before in lost:
            other = fresh.get(before.name)
            if other is None:
                yield DropIndex(table=table, index=before)
            else:
                come.remove(other)
                yield ModifyIndex(table=table, from_=before, to=other)
        for index in come:
            yield AddIndex(table=table, index=index)

    def _text(self, expression: str | None) -> str | None:
        if expression is None or not self.postgresql:
            return None if expression is None else " ".join(expression.split())
        return _plain_expression(expression)

    def _column(self, column: Column) -> Column:
        """Return the column as it is compared."""
        generated, identity = column.generated, column.identity
        if generated is not None:
            generated = replace(generated, expression=self._text(generated.expression) or "")
        if identity is not None and not self.names:
            identity = replace(identity, sequence=None)
        kind = canonical_type(column.type) if self.postgresql else column.type
        default = self._text(column.default)
        return replace(column, type=kind, default=default, generated=generated, identity=identity)

    def _elements(self, elements: tuple[IndexElement, ...]) -> tuple[IndexElement, ...]:
        return tuple(replace(item, expression=self._text(item.expression)) for item in elements)

    def _constraint(self, item: Constraint) -> Constraint:
        """Return the constraint as it is compared."""
        if isinstance(item, Check):
            return replace(item, expression=self._text(item.expression) or "")
        if isinstance(item, Exclusion):
            return replace(
                item,
                elements=self._elements(item.elements),
                predicate=self._text(item.predicate),
            )
        if isinstance(item, PrimaryKey) and not self.names and not self.postgresql:
            return replace(item, name="")
        if isinstance(item, ForeignKey):
            return replace(item, on_delete=_squeezed(item.on_delete))
        return item

    def _index(self, index: Index) -> Index:
        """Return the index as it is compared."""
        return replace(
            index,
            elements=self._elements(index.elements),
            predicate=self._text(index.predicate),
            options=_squeezed(index.options),
        )


def _squeezed(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _plain_expression(expression: str) -> str:
    """Write an expression of PostgreSQL one way: names bare, keywords small, single spaces."""
    return " ".join(
        unquote(text) if is_name(text) else text for text in Words(expression).texts
    ).strip()
