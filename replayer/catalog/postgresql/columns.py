"""Makes, changes and drops columns as PostgreSQL does, with all that hangs on a column.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``ATExec*``), dependency.c.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.lexer import Words, quote, string_value, unquote
from replayer.catalog.postgresql.column_reader import kept_default
from replayer.catalog.postgresql.constraints import columns_of, partition_key
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.postgresql.expressions import named_in, names_in, rename_in
from replayer.catalog.postgresql.naming import choose
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
    OtherObject,
    QualifiedName,
    Table,
)

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store

_NUMBERED = {"smallint", "integer", "bigint"}


def find_column(table: Table, name: str) -> Column:
    """Return a column.

    Raises
    ------
    UndefinedColumn
        When the table has none of that name.
    """
    column = table.column(name)
    if column is None:
        raise refusals.UndefinedColumn(
            f'column "{name}" of relation "{table.name.name}" does not exist'
        )
    return column


def put_column(store: Store, table: Table, old: Column, new: Column) -> Table:
    """Put a column in place of another."""
    columns = tuple(new if column is old else column for column in table.columns)
    made = replace(table, columns=columns)
    store.put(table, made)
    return made


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


def check_default(store: Store, default: str | None) -> None:
    """Refuse a default that draws from a sequence which does not exist."""
    sequence = next_value(default) if default is not None else None
    if sequence is not None and not store.is_relation(*sequence):
        raise refusals.UndefinedTable(f'relation "{sequence}" does not exist')


def with_sequence(store: Store, table: QualifiedName, column: Column) -> Column:
    """Name the sequence of a numbered column, if it has one without a name."""
    identity = column.identity
    if identity is None:
        check_default(store, column.default)
        return column
    if identity.sequence is not None:
        if store.is_relation(*identity.sequence):
            raise refusals.DuplicateTable(f'relation "{identity.sequence.name}" already exists')
        return column
    name = choose(
        table.name, column.name, "seq", lambda name: store.is_relation(table.schema, name)
    )
    sequence = QualifiedName(table.schema, name)
    return replace(column, null=False, identity=replace(identity, sequence=sequence))


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
    views = [view for view in store.views() if _view_needs(view, table.name.name, name)]
    # The index of an exclusion depends on what its predicate names, the constraint does not.
    exclusions = {
        item.name
        for item in table.constraints
        if isinstance(item, Exclusion) and name not in item.columns and _holds(item, name)
    }
    if (generated or keys or views or exclusions) and not cascade:
        raise refusals.DependentObjects(
            f"cannot drop column {name} of table {table.name.name} "
            "because other objects depend on it"
        )
    for view in views:
        store.put_other(view, None)
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
        constraints=tuple(item for item in table.constraints if not _holds(item, name)),
        indexes=tuple(index for index in table.indexes if not _index_holds(index, name)),
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


def _view_needs(view: OtherObject, table: str, column: str) -> bool:
    names = names_in(view.statements[0])
    return table in names and (column in names or "*" in names)


def _holds(constraint: Constraint, column: str) -> bool:
    if isinstance(constraint, Exclusion):
        return _elements_hold(constraint.elements, constraint.predicate, column) or (
            column in constraint.include
        )
    if isinstance(constraint, (Check, ForeignKey)):
        return column in constraint.columns
    return column in constraint.columns or column in constraint.include


def _index_holds(index: Index, column: str) -> bool:
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
    if any(_view_needs(view, table.name.name, name) for view in store.views()):
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


def owned_sequence(name: QualifiedName, table: QualifiedName, column: Column) -> OtherObject:
    """Return a sequence that a column owns without drawing its default from it."""
    kind = column.identity.options if column.identity else ""
    kind = kind or f"AS {canonical_type(column.type)}"
    text = f"CREATE SEQUENCE {written(name)}" + ("" if kind == "AS bigint" else f" {kind}")
    owner = f"ALTER SEQUENCE {written(name)} OWNED BY {written(table)}.{quote(column.name)}"
    return OtherObject(kind=ObjectKind.SEQUENCE, name=name, statements=(text, owner), depends=table)


def written(name: QualifiedName) -> str:
    """Write a qualified name, quoted."""
    return f"{quote(name.schema)}.{quote(name.name)}" if name.schema else quote(name.name)


def owned_column(sequence: OtherObject) -> str | None:
    """Return the column that owns a sequence, which its last statement tells."""
    words = Words(sequence.statements[-1])
    if "OWNED" not in words.uppers:
        return None
    return unquote(words.texts[-2])


def next_value(default: str) -> QualifiedName | None:
    """Return the sequence that a default draws from, or None."""
    words = Words(default)
    if words.uppers[:2] != ["NEXTVAL", "("] or words.texts[2][:1] != "'":
        return None
    inner = Words(string_value(words.texts[2])).texts
    names = [unquote(text) for text in inner if text not in {".", ""}]
    schema = names[0] if len(names) > 1 else ""
    return QualifiedName("" if schema == "public" else schema, names[-1])


def adopt_sequence(store: Store, table: Table, name: str) -> Table:
    """Make a serial of a column whose default draws from the sequence that it owns."""
    column = find_column(table, name)
    sequence = next_value(column.default) if column.default is not None else None
    if sequence is None:
        return table
    other = store.others.get((ObjectKind.SEQUENCE, sequence))
    if other is None or other.depends != table.name or owned_column(other) != name:
        return table
    words = Words(other.statements[0]).uppers
    kind = "bigint"
    if "AS" in words:
        kind = canonical_type(words[words.index("AS") + 1].lower())
    options = "" if kind == canonical_type(column.type) else f"AS {kind}"
    store.put_other(other, None)
    identity = Identity(kind=IdentityKind.SERIAL, sequence=sequence, options=options)
    return put_column(store, table, column, replace(column, default=None, identity=identity))


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
    for view in store.views():
        if table.name.name in names_in(view.statements[0]):
            texts = tuple(rename_in(text, old, new) for text in view.statements)
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
    if not _holds(constraint, old):
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
    if not _index_holds(index, old):
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
