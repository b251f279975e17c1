"""Partitions of PostgreSQL: they begin with what their table has, and follow what is done to it.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``DefineRelation``,
``ATExecAttachPartition``, ``AttachPartitionEnsureIndexes``, ``CloneForeignKeyConstraints``),
src/backend/commands/indexcmds.c (``DefineIndex``).
The triggers of a partitioned table are cloned without a word, and are none of the catalogue's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from replayer.catalog import refusals
from replayer.catalog.lexer import quote_string
from replayer.catalog.postgresql.column_renames import rename_column
from replayer.catalog.postgresql.columns import add_column, drop_column
from replayer.catalog.postgresql.constraints import add_constraint
from replayer.catalog.postgresql.keys import add_index
from replayer.catalog.postgresql.naming import written
from replayer.catalog.postgresql.store import put_column
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    IdentityKind,
    Index,
    Partition,
    QualifiedName,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.catalog.postgresql.store import Store

_PARTS = ("type", "null", "default", "generated", "collation")

Named = TypeVar("Named", Constraint, Index)


def partitions_of(store: Store, name: QualifiedName) -> list[Table]:
    """Return the partitions of a table, in the order in which they were made."""
    if name not in store.partitioned:
        return []
    return [
        table
        for table in store.tables.values()
        if table.partition is not None and table.partition.parent == name
    ]


def depth_of(store: Store, name: QualifiedName) -> int:
    """Return how many tables a table is a partition of, one in the other."""
    table = store.tables.get(name)
    if table is None or table.partition is None:
        return 0
    return 1 + depth_of(store, table.partition.parent)


def parent_of(store: Store, partition: Partition) -> Table:
    """Return the table that another becomes a partition of.

    Raises
    ------
    CatalogError
        When it isn't partitioned, or not there.
    """
    parent = store.tables.get(partition.parent)
    if parent is None:
        raise refusals.UndefinedTable(f'relation "{partition.parent}" does not exist')
    if partition.parent not in store.partitioned:
        raise refusals.CatalogError(
            f'"{partition.parent.name}" is not partitioned', sqlstate="42P17"
        )
    return parent


def inherited_columns(parent: Table) -> tuple[Column, ...]:
    """Return the columns that a new partition begins with."""
    return tuple(_inherited(column) for column in parent.columns)


def _inherited(column: Column) -> Column:
    identity = column.identity
    default = column.default
    if (
        identity is not None
        and identity.kind is IdentityKind.SERIAL
        and identity.sequence is not None
    ):
        default = f"nextval({quote_string(written(identity.sequence))}::regclass)"
    return replace(column, identity=None, default=default, comment=None)


def inherit(store: Store, name: QualifiedName, parent: Table) -> None:
    """Give a new partition the checks, keys and indexes of its table."""
    _follow_constraints(store, name, (), parent.constraints)
    _follow_indexes(store, name, (), parent.indexes)


def attach(store: Store, table: Table, partition: Partition) -> None:
    """Make a table a partition; the keys and indexes that it lacks are made."""
    parent = parent_of(store, partition)
    if table.partition is not None:
        raise refusals.WrongObjectType(f'"{table.name.name}" is already a partition')
    own = {column.name: column for column in table.columns}
    for column in parent.columns:
        if column.name not in own:
            raise refusals.CatalogError(
                f'child table is missing column "{column.name}"', sqlstate="42804"
            )
        if not column.null and own[column.name].null:
            raise refusals.CatalogError(
                f'column "{column.name}" in child table must be marked NOT NULL', sqlstate="42804"
            )
    others = sorted(own.keys() - {column.name for column in parent.columns})
    if others:
        raise refusals.CatalogError(
            f'table "{table.name.name}" contains column "{others[0]}" not found in parent '
            f'"{parent.name.name}"',
            sqlstate="42804",
        )
    for item in parent.constraints:
        if isinstance(item, Check) and table.constraint(item.name) is None:
            raise refusals.CatalogError(
                f'child table is missing constraint "{item.name}"', sqlstate="42804"
            )
    store.put(table, replace(table, partition=partition))
    inherit(store, table.name, parent)


def detach(store: Store, parent: QualifiedName, name: QualifiedName) -> None:
    """Make a partition a table of its own, which keeps what it has."""
    table = store.tables.get(name)
    if table is None:
        raise refusals.UndefinedTable(f'relation "{name}" does not exist')
    if table.partition is None or table.partition.parent != parent:
        raise refusals.UndefinedTable(
            f'relation "{name.name}" is not a partition of relation "{parent.name}"'
        )
    store.put(table, replace(table, partition=None))


def follow(store: Store, before: Table, after: Table) -> None:
    """Do to the partitions of a table what was done to it."""
    for partition in partitions_of(store, after.name):
        _follow_columns(store, partition.name, before.columns, after.columns)
        _follow_constraints(store, partition.name, before.constraints, after.constraints)
        _follow_indexes(store, partition.name, before.indexes, after.indexes)


def _follow_columns(
    store: Store, name: QualifiedName, before: tuple[Column, ...], after: tuple[Column, ...]
) -> None:
    old = {column.name: column for column in before}
    new = {column.name: column for column in after}
    renamed: dict[str, str] = {}
    if len(before) == len(after):
        renamed = {
            one.name: other.name
            for one, other in zip(before, after, strict=True)
            if one.name not in new and other.name not in old
        }
    for one, other in renamed.items():
        if store.tables[name].column(one) is not None:
            rename_column(store, store.tables[name], one, other)
    for column in before:
        gone = column.name not in new and column.name not in renamed
        if gone and store.tables[name].column(column.name) is not None:
            drop_column(store, store.tables[name], column.name, cascade=True)
    for column in after:
        table = store.tables[name]
        own = table.column(column.name)
        if own is None:
            add_column(store, table, _inherited(column))
        elif column.name in old and old[column.name] is not column:
            was, now = _inherited(old[column.name]), _inherited(column)
            changes = {
                part: getattr(now, part)
                for part in _PARTS
                if getattr(was, part) != getattr(now, part)
            }
            if changes:
                put_column(store, table, own, replace(own, **changes))


def _follow_constraints(
    store: Store,
    name: QualifiedName,
    before: tuple[Constraint, ...],
    after: tuple[Constraint, ...],
) -> None:
    gone, come, kept = _parted(before, after)
    for item, other in kept:
        table = store.tables[name]
        own = _own(table, item, other)
        if own is not None:
            _put_constraint(store, table, own, _changed(own, other))
    for item in gone:
        table = store.tables[name]
        own = _own(table, item, item)
        if own is not None:
            _put_constraint(store, table, own, None)
    for item in come:
        table = store.tables[name]
        if _own(table, item, item) is None:
            is_free = table.constraint(item.name) is None
            keeps_name = isinstance(item, Check) or (isinstance(item, ForeignKey) and is_free)
            add_constraint(store, table, item if keeps_name else replace(item, name=""))


def _own(table: Table, item: Constraint, wanted: Constraint) -> Constraint | None:
    """Return a partition's own of a constraint: a check has one name everywhere."""
    if isinstance(item, Check):
        return table.constraint(item.name)
    return _twin(table.constraints, wanted)


def _changed(own: Constraint, wanted: Constraint) -> Constraint:
    if isinstance(own, Check) and isinstance(wanted, Check):
        return replace(own, name=wanted.name, validated=wanted.validated)
    if isinstance(own, ForeignKey) and isinstance(wanted, ForeignKey):
        return replace(own, validated=wanted.validated)
    return own


def _put_constraint(store: Store, table: Table, old: Constraint, new: Constraint | None) -> None:
    if new == old:
        return
    constraints = tuple(new if item is old else item for item in table.constraints)
    kept = tuple(item for item in constraints if item is not None)
    store.put(table, replace(table, constraints=kept))


def _follow_indexes(
    store: Store, name: QualifiedName, before: tuple[Index, ...], after: tuple[Index, ...]
) -> None:
    gone, come, _kept = _parted(before, after)
    for index in gone:
        table = store.tables[name]
        own = _twin(table.indexes, index)
        if own is not None:
            kept = tuple(item for item in table.indexes if item is not own)
            store.put(table, replace(table, indexes=kept))
    for index in come:
        table = store.tables[name]
        if _twin(table.indexes, index) is None:
            add_index(store, table, replace(index, name="", comment=None))


def _parted(
    before: Iterable[Named], after: Iterable[Named]
) -> tuple[list[Named], list[Named], list[tuple[Named, Named]]]:
    """Return what is gone, what has come, and what has stayed in another form or name."""
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before]
    kept: list[tuple[Named, Named]] = []
    for item in list(gone):
        same = next((other for other in come if other.name == item.name), None) or _twin(come, item)
        if same is not None:
            gone.remove(item)
            come.remove(same)
            kept.append((item, same))
    return gone, come, kept


def _twin(items: Iterable[Named], wanted: Named) -> Named | None:
    """Return the one that says the same under whatever name."""
    plain = replace(wanted, name="", comment=None)
    return next((item for item in items if replace(item, name="", comment=None) == plain), None)
