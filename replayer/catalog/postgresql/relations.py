"""Renames, moves and drops relations of PostgreSQL: tables, indexes, sequences, views.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``RenameRelation``, ``RemoveRelations``,
``AlterTableNamespace``), src/backend/catalog/dependency.c.
"""

from __future__ import annotations

from dataclasses import replace

from replayer.catalog import refusals
from replayer.catalog.lexer import quote
from replayer.catalog.postgresql.expressions import names_in, rename_name_in
from replayer.catalog.postgresql.foreign_keys import drop_resting
from replayer.catalog.postgresql.naming import written
from replayer.catalog.postgresql.object_reader import on_table
from replayer.catalog.postgresql.partitions import partitions_of
from replayer.catalog.postgresql.reader import read_statement
from replayer.catalog.postgresql.sequences import owned_column
from replayer.catalog.postgresql.statements import CreateIndex, RenameRelation
from replayer.catalog.postgresql.store import VIEWS, Relation, Store
from replayer.catalog.postgresql.views import drop_view, views_on
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    Identity,
    ObjectKind,
    OtherObject,
    Partition,
    QualifiedName,
    Table,
)


def rename_relation(store: Store, asked: RenameRelation) -> None:
    """Rename a table, an index, a sequence or a view, whatever word the statement uses.

    Notes
    -----
    What hangs on it keeps its name. The index of a constraint takes the constraint with it.
    """
    relation = store.relations.get(asked.name)
    if relation is None:
        if asked.if_exists:
            return
        raise refusals.UndefinedTable(f'relation "{asked.name}" does not exist')
    new = QualifiedName(asked.name.schema, asked.to)
    if store.is_relation(*new):
        raise refusals.DuplicateTable(f'relation "{asked.to}" already exists')
    if relation.kind == "table":
        move_table(store, store.tables[asked.name], new)
    elif relation.kind in {"index", "constraint"}:
        rename_index(store, relation, asked.name.name, asked.to)
    elif relation.kind == "sequence" and relation.owner in store.tables:
        _rename_sequence(store, store.tables[relation.owner], asked.name, new)
    else:
        _rename_other(store, asked.name, new)


def _rename_other(store: Store, old: QualifiedName, new: QualifiedName) -> None:
    for kind in (*VIEWS, ObjectKind.SEQUENCE, ObjectKind.FOREIGN_TABLE):
        other = store.others.get((kind, old))
        if other is not None:
            texts = tuple(rename_name_in(text, old.name, new.name) for text in other.statements)
            store.put_other(other, replace(other, name=new, statements=texts))
            _rename_in_views(store, old, new)
            return


def _rename_in_views(store: Store, old: QualifiedName, new: QualifiedName) -> None:
    for view in store.views():
        if old.name in names_in(view.statements[0]):
            texts = tuple(rename_name_in(text, old.name, new.name) for text in view.statements)
            store.put_other(view, replace(view, statements=texts))


def _rename_sequence(store: Store, table: Table, old: QualifiedName, new: QualifiedName) -> None:
    def renamed(identity: Identity | None) -> Identity | None:
        if identity is not None and identity.sequence == old:
            return replace(identity, sequence=new)
        return identity

    columns = tuple(replace(column, identity=renamed(column.identity)) for column in table.columns)
    if columns == table.columns:
        _rename_other(store, old, new)
        return
    store.put(table, replace(table, columns=columns))


def rename_index(store: Store, relation: Relation, old: str, new: str) -> None:
    """Rename an index, and the constraint that it belongs to."""
    table = store.tables.get(relation.owner)
    if table is None:
        _rename_index_of_view(store, relation.owner, old, new)
        return
    constraints = tuple(
        replace(item, name=new)
        if item.name == old and not isinstance(item, (Check, ForeignKey))
        else item
        for item in table.constraints
    )
    indexes = tuple(
        replace(index, name=new) if index.name == old else index for index in table.indexes
    )
    store.put(table, replace(table, constraints=constraints, indexes=indexes))


def _rename_index_of_view(store: Store, name: QualifiedName, old: str, new: str) -> None:
    view = store.others[(ObjectKind.MATERIALIZED_VIEW, name)]
    texts = tuple(
        rename_name_in(text, old, new) if _makes_index(text, old) else text
        for text in view.statements
    )
    store.put_other(view, replace(view, statements=texts))
    store.put_index_of_view(QualifiedName(name.schema, old), None)
    store.put_index_of_view(QualifiedName(name.schema, new), name)


def _makes_index(sql: str, name: str) -> bool:
    asked = read_statement(sql)
    return isinstance(asked, CreateIndex) and asked.index.name == name


def rename_constraint(store: Store, table: Table, old: str, new: str) -> None:
    """Rename a constraint, and the index that it has."""
    constraint = table.constraint(old)
    if constraint is None:
        raise refusals.UndefinedObject(
            f'constraint "{old}" for table "{table.name.name}" does not exist'
        )
    if not isinstance(constraint, (Check, ForeignKey)) and store.is_relation(
        table.name.schema, new
    ):
        raise refusals.DuplicateTable(f'relation "{new}" already exists')
    if table.constraint(new) is not None:
        raise refusals.DuplicateObject(
            f'constraint "{new}" for relation "{table.name.name}" already exists'
        )
    constraints = tuple(
        replace(item, name=new) if item is constraint else item for item in table.constraints
    )
    store.put(table, replace(table, constraints=constraints))


def move_table(store: Store, table: Table, name: QualifiedName) -> None:
    """Give a table another name or another schema; what points at it follows."""
    old = table.name
    if old.schema != name.schema:
        _check_free(store, table, name)
    belonging = store.belonging(old)
    made = replace(
        table,
        name=name,
        columns=_moved_columns(table, name.schema),
        constraints=tuple(_moved_key(item, old, name) for item in table.constraints),
    )
    for child in partitions_of(store, old):
        bound = Partition(parent=name, bound=child.partition.bound if child.partition else "")
        store.put(child, replace(child, partition=bound))
    others = [other for other in store.referring(old) if other.name != old]
    for other in others:
        constraints = tuple(_moved_key(item, old, name) for item in other.constraints)
        store.put(other, replace(other, constraints=constraints))
    store.put(table, made)
    for item in belonging:
        _move_belonging(store, item, old, name)
    if old.name != name.name:
        _rename_in_views(store, old, name)


def _moved_key(item: Constraint, old: QualifiedName, new: QualifiedName) -> Constraint:
    if isinstance(item, ForeignKey) and item.target == old:
        return replace(item, target=new)
    return item


def _check_free(store: Store, table: Table, name: QualifiedName) -> None:
    names = [name.name, *(index.name for index in table.indexes)]
    names += [item.name for item in table.constraints if not isinstance(item, (Check, ForeignKey))]
    for one in names:
        if store.is_relation(name.schema, one):
            where = name.schema or "public"
            raise refusals.DuplicateTable(f'relation "{one}" already exists in schema "{where}"')


def _moved_columns(table: Table, schema: str) -> tuple[Column, ...]:
    return tuple(
        replace(
            column,
            identity=replace(
                column.identity,
                sequence=QualifiedName(schema, column.identity.sequence.name),
            ),
        )
        if column.identity is not None and column.identity.sequence is not None
        else column
        for column in table.columns
    )


def _move_belonging(
    store: Store, item: OtherObject, old: QualifiedName, new: QualifiedName
) -> None:
    if item.kind is ObjectKind.SEQUENCE:
        column = owned_column(item) or ""
        name = QualifiedName(new.schema, item.name.name)
        texts: tuple[str, ...] = (
            rename_name_in(item.statements[0], item.name.name, item.name.name),
            f"ALTER SEQUENCE {written(name)} OWNED BY {written(new)}.{quote(column)}",
        )
    else:
        name = on_table(item.name.name.removesuffix(f" ON {old.name}"), new)
        texts = tuple(rename_name_in(text, old.name, new.name) for text in item.statements)
    store.put_other(item, replace(item, name=name, statements=texts, depends=new))


def drop_table(
    store: Store, table: Table, *, cascade: bool, with_: frozenset[QualifiedName]
) -> None:
    """Drop a table; foreign keys and views that need it go too, or forbid it.

    Parameters
    ----------
    with_
        The tables that the same statement drops: they may need one another.
    """
    name = table.name
    for child in partitions_of(store, name):
        if child.name in store.tables:
            drop_table(store, child, cascade=cascade, with_=with_ | {name})
    referring = [
        other for other in store.referring(name) if other.name != name and other.name not in with_
    ]
    views = views_on(store, name)
    if (referring or views) and not cascade:
        raise refusals.DependentObjects(
            f"cannot drop table {name} because other objects depend on it"
        )
    for view in views:
        drop_view(store, view)
    for other in [item for item in store.referring(name) if item.name != name]:
        kept = tuple(
            item
            for item in other.constraints
            if not (isinstance(item, ForeignKey) and item.target == name)
        )
        store.put(other, replace(other, constraints=kept))
    for item in store.belonging(name):
        store.put_other(item, None)
    store.put(table, None)


def drop_index(store: Store, name: QualifiedName, *, cascade: bool, if_exists: bool) -> None:
    """Drop an index that is no constraint's."""
    relation = store.relations.get(name)
    if relation is None:
        if if_exists:
            return
        raise refusals.UndefinedObject(f'index "{name}" does not exist')
    if relation.kind not in {"index", "constraint"}:
        raise refusals.WrongObjectType(f'"{name.name}" is not an index')
    if relation.kind == "constraint":
        raise refusals.DependentObjects(
            f"cannot drop index {name.name} because constraint {name.name} on table "
            f"{relation.owner.name} requires it"
        )
    table = store.tables.get(relation.owner)
    if table is None:
        view = store.others[(ObjectKind.MATERIALIZED_VIEW, relation.owner)]
        texts = tuple(text for text in view.statements if not _makes_index(text, name.name))
        store.put_other(view, replace(view, statements=texts))
        store.put_index_of_view(name, None)
        return
    drop_resting(store, table, name.name, cascade=cascade, what=f"index {name.name}")
    table = store.tables[relation.owner]
    kept = tuple(index for index in table.indexes if index.name != name.name)
    store.put(table, replace(table, indexes=kept))
