"""Renames a column of PostgreSQL, with all that names it: expressions, keys, views, triggers.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``renameatt``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.postgresql.columns import holds, index_holds
from replayer.catalog.postgresql.expressions import rename_in
from replayer.catalog.postgresql.keys import partition_key
from replayer.catalog.postgresql.views import with_renamed_column
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    IndexElement,
    Table,
)

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store


def rename_column(store: Store, table: Table, old: str, new: str) -> Table:
    """Rename a column, in every expression and in every foreign key that holds it.

    Notes
    -----
    Names of constraints, indexes and sequences stay as they are.
    """
    if table.column(old) is None:
        raise refusals.UndefinedColumn(f'column "{old}" does not exist')
    if table.column(new) is not None:
        raise refusals.DuplicateColumn(
            f'column "{new}" of relation "{table.name.name}" already exists'
        )
    made = replace(
        table,
        columns=tuple(_renamed_column(column, old, new) for column in table.columns),
        constraints=tuple(_renamed_constraint(item, old, new) for item in table.constraints),
        indexes=tuple(_renamed_index(index, old, new) for index in table.indexes),
        options=rename_in(table.options, old, new) if partition_key(table) else table.options,
    )
    views = [(view, with_renamed_column(store, view, table, old, new)) for view in store.views()]
    store.put(table, made)
    for other in store.referring(table.name):
        constraints = tuple(
            replace(item, target_columns=_swap(item.target_columns, old, new))
            if isinstance(item, ForeignKey)
            and item.target == table.name
            and old in item.target_columns
            else item
            for item in other.constraints
        )
        store.put(other, replace(other, constraints=constraints))
    for item in store.belonging(table.name):
        texts = tuple(rename_in(text, old, new) for text in item.statements)
        store.put_other(item, replace(item, statements=texts))
    for view, texts in views:
        store.put_other(view, replace(view, statements=texts))
    return store.tables[table.name]


def _swap(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def _renamed_column(column: Column, old: str, new: str) -> Column:
    if column.name == old:
        column = replace(column, name=new)
    if column.generated is not None:
        expression = rename_in(column.generated.expression, old, new)
        if expression is not column.generated.expression:
            column = replace(column, generated=replace(column.generated, expression=expression))
    return column


def _renamed_constraint(constraint: Constraint, old: str, new: str) -> Constraint:
    if not holds(constraint, old):
        return constraint
    if isinstance(constraint, Check):
        return replace(
            constraint,
            expression=rename_in(constraint.expression, old, new),
            columns=tuple(sorted(_swap(constraint.columns, old, new))),
        )
    if isinstance(constraint, ForeignKey):
        return replace(constraint, columns=_swap(constraint.columns, old, new))
    include = _swap(constraint.include, old, new)
    if isinstance(constraint, Exclusion):
        return replace(
            constraint,
            elements=_renamed_elements(constraint.elements, old, new),
            include=include,
            predicate=_renamed_text(constraint.predicate, old, new),
        )
    return replace(constraint, columns=_swap(constraint.columns, old, new), include=include)


def _renamed_index(index: Index, old: str, new: str) -> Index:
    if not index_holds(index, old):
        return index
    return replace(
        index,
        elements=_renamed_elements(index.elements, old, new),
        include=_swap(index.include, old, new),
        predicate=_renamed_text(index.predicate, old, new),
    )


def _renamed_text(text: str | None, old: str, new: str) -> str | None:
    return None if text is None else rename_in(text, old, new)


def _renamed_elements(
    elements: tuple[IndexElement, ...], old: str, new: str
) -> tuple[IndexElement, ...]:
    return tuple(
        replace(
            item,
            column=new if item.column == old else item.column,
            expression=_renamed_text(item.expression, old, new),
        )
        for item in elements
    )
