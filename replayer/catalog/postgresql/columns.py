"""Makes, changes and drops columns as PostgreSQL does, with all that hangs on a column.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``ATExec*``), dependency.c.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.postgresql.column_reader import kept_default
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.postgresql.expressions import named_in
from replayer.catalog.postgresql.keys import partition_key
from replayer.catalog.postgresql.lookup import columns_of, find_column
from replayer.catalog.postgresql.sequences import (
    adopt_sequence,
    check_default,
    next_value,
    owned_column,
    owned_sequence,
    with_sequence,
)
from replayer.catalog.postgresql.store import put_column
from replayer.catalog.postgresql.views import drop_view, needs_column, views_on
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    IdentityKind,
    Index,
    IndexElement,
    ObjectKind,
    Table,
)

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store

_NUMBERED = {"smallint", "integer", "bigint"}


def add_column(store: Store, table: Table, column: Column) -> Table:
    """Put a new column at the end."""
    if table.column(column.name) is not None:
        raise refusals.DuplicateColumn(
            f'column "{column.name}" of relation "{table.name.name}" already exists'
        )
    column = with_sequence(store, table.name, column)
    made = replace(table, columns=(*table.columns, column))
    if column.generated is not None:
        columns_of(made, column.generated.expression)
    store.put(table, made)
    return made


def drop_column(store: Store, table: Table, name: str, *, cascade: bool) -> Table:
    """Take a column from a table, and the constraints, indexes and sequence that hold it."""
    column = find_column(table, name)
    _check_no_key(table, name, "drop")
    generated = [
        other
        for other in table.columns
        if other.generated is not None and name in named_in(other.generated.expression)[0]
    ]
    keys = [
        (other, key)
        for other in store.referring(table.name)
        for key in other.foreign_keys
        if key.target == table.name
        and name in key.target_columns
        and not (other.name == table.name and name in key.columns)
    ]
    views = [view for view in store.views() if needs_column(store, view, table, name)]
    # The index of an exclusion depends on what its predicate names, the constraint does not.
    exclusions = {
        item.name
        for item in table.constraints
        if isinstance(item, Exclusion) and name not in item.columns and holds(item, name)
    }
    if (generated or keys or views or exclusions) and not cascade:
        raise refusals.DependentObjects(
            f"cannot drop column {name} of table {table.name.name} "
            "because other objects depend on it"
        )
    for view in views:
        for needing in (*views_on(store, view.name), view):
            drop_view(store, needing)
    for other_name, key in [(other.name, key) for other, key in keys]:
        other = store.tables[other_name]
        kept = tuple(item for item in other.constraints if item != key)
        store.put(other, replace(other, constraints=kept))
    for item in generated:
        if store.tables[table.name].column(item.name) is not None:
            drop_column(store, store.tables[table.name], item.name, cascade=True)
    table = store.tables[table.name]
    made = replace(
        table,
        columns=tuple(item for item in table.columns if item is not column),
        constraints=tuple(item for item in table.constraints if not holds(item, name)),
        indexes=tuple(index for index in table.indexes if not index_holds(index, name)),
    )
    store.put(table, made)
    for sequence in store.belonging(table.name):
        if sequence.kind is ObjectKind.SEQUENCE and owned_column(sequence) == name:
            store.put_other(sequence, None)
    return made


def _check_no_key(table: Table, name: str, verb: str) -> None:
    if name in partition_key(table):
        raise refusals.InvalidDefinition(
            f'cannot {verb} column "{name}" because it is part of the partition key of relation '
            f'"{table.name.name}"'
        )


def holds(constraint: Constraint, column: str) -> bool:
    """Whether a constraint rests on a column."""
    if isinstance(constraint, Exclusion):
        return _elements_hold(constraint.elements, constraint.predicate, column) or (
            column in constraint.include
        )
    if isinstance(constraint, (Check, ForeignKey)):
        return column in constraint.columns
    return column in constraint.columns or column in constraint.include


def index_holds(index: Index, column: str) -> bool:
    """Whether an index rests on a column."""
    return column in index.include or _elements_hold(index.elements, index.predicate, column)


def _elements_hold(elements: tuple[IndexElement, ...], predicate: str | None, column: str) -> bool:
    if predicate is not None and column in named_in(predicate)[0]:
        return True
    return any(
        item.column == column
        or (item.expression is not None and column in named_in(item.expression)[0])
        for item in elements
    )


def set_type(store: Store, table: Table, name: str, kind: str, collation: str | None) -> Table:
    """Change the type of a column; an identity column's sequence follows."""
    column = find_column(table, name)
    _check_no_key(table, name, "alter")
    for other in table.columns:
        if other.generated is not None and name in named_in(other.generated.expression)[0]:
            raise refusals.CatalogError(
                "cannot alter type of a column used by a generated column", sqlstate="0A000"
            )
    if any(needs_column(store, view, table, name) for view in store.views()):
        raise refusals.CatalogError(
            "cannot alter type of a column used by a view or rule", sqlstate="0A000"
        )
    identity = column.identity
    if identity is not None and identity.kind is IdentityKind.SERIAL:
        before = identity.options.removeprefix("AS ") or canonical_type(column.type)
        options = "" if before == canonical_type(kind) else f"AS {before}"
        identity = replace(identity, options=options)
    elif identity is not None and canonical_type(kind) not in _NUMBERED:
        raise refusals.CatalogError(
            "identity column type must be smallint, integer, or bigint", sqlstate="22023"
        )
    new = replace(column, type=kind, collation=collation, identity=identity)
    return put_column(store, table, column, new)


def set_default(store: Store, table: Table, name: str, default: str | None) -> Table:
    """Give a column a default, or take it; a serial's sequence stays behind."""
    column = find_column(table, name)
    check_default(store, default)
    default = kept_default(default, column.type)
    if column.generated is not None:
        raise refusals.CatalogError(
            f'column "{name}" of relation "{table.name.name}" is a generated column',
            sqlstate="42601",
        )
    if column.identity is not None:
        if column.identity.kind is not IdentityKind.SERIAL:
            raise refusals.CatalogError(
                f'column "{name}" of relation "{table.name.name}" is an identity column',
                sqlstate="42601",
            )
        if default is not None and next_value(default) == column.identity.sequence:
            return table
        sequence = column.identity.sequence
        new = put_column(store, table, column, replace(column, identity=None, default=default))
        if sequence is not None:
            store.put_other(None, owned_sequence(sequence, table.name, column))
        return new
    new = put_column(store, table, column, replace(column, default=default))
    return adopt_sequence(store, new, name)


def set_null(store: Store, table: Table, name: str, *, null: bool) -> Table:
    """Allow or forbid NULL."""
    column = find_column(table, name)
    if null:
        if column.identity is not None and column.identity.kind is not IdentityKind.SERIAL:
            raise refusals.CatalogError(
                f'column "{name}" of relation "{table.name.name}" is an identity column',
                sqlstate="42601",
            )
        if table.primary_key is not None and name in table.primary_key.columns:
            raise refusals.InvalidDefinition(f'column "{name}" is in a primary key')
    return put_column(store, table, column, replace(column, null=null))


def add_identity(store: Store, table: Table, name: str, identity: Identity) -> Table:
    """Make a column an identity column."""
    column = find_column(table, name)
    where = f'column "{name}" of relation "{table.name.name}"'
    if column.null:
        raise refusals.CatalogError(
            f"{where} must be declared NOT NULL before identity can be added", sqlstate="55000"
        )
    if column.identity is not None and column.identity.kind is not IdentityKind.SERIAL:
        raise refusals.CatalogError(f"{where} is already an identity column", sqlstate="55000")
    if column.default is not None or column.identity is not None:
        raise refusals.CatalogError(f"{where} already has a default value", sqlstate="55000")
    if canonical_type(column.type) not in _NUMBERED:
        raise refusals.CatalogError(
            "identity column type must be smallint, integer, or bigint", sqlstate="22023"
        )
    new = with_sequence(store, table.name, replace(column, identity=identity))
    return put_column(store, table, column, new)


def drop_identity(store: Store, table: Table, name: str, *, if_exists: bool) -> Table:
    """Stop numbering a column; its sequence goes."""
    column = find_column(table, name)
    if column.identity is None or column.identity.kind is IdentityKind.SERIAL:
        if if_exists:
            return table
        raise refusals.CatalogError(
            f'column "{name}" of relation "{table.name.name}" is not an identity column',
            sqlstate="55000",
        )
    return put_column(store, table, column, replace(column, identity=None))


def set_generated(store: Store, table: Table, name: str, expression: str | None) -> Table:
    """Give a generated column another expression, or make it an ordinary column (None)."""
    column = find_column(table, name)
    if column.generated is None:
        raise refusals.CatalogError(
            f'column "{name}" of relation "{table.name.name}" is not a generated column',
            sqlstate="55000",
        )
    generated: Generated | None = None
    if expression is not None:
        columns_of(table, expression)
        generated = replace(column.generated, expression=expression)
    return put_column(store, table, column, replace(column, generated=generated))
