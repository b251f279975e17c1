"""The sequences of PostgreSQL: those that number a column, and those that stand alone.

Source: PostgreSQL 15, src/backend/commands/sequence.c, tablecmds.c; src/backend/parser/
parse_utilcmd.c (``generateSerialExtraStmts``).
"""

from __future__ import annotations

from dataclasses import replace

from replayer.catalog import refusals
from replayer.catalog.lexer import Words, quote, quote_string, string_value, unquote
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.postgresql.lookup import find_column
from replayer.catalog.postgresql.naming import choose, written
from replayer.catalog.postgresql.statements import AlterSequence
from replayer.catalog.postgresql.store import Store, put_column
from replayer.catalog.schema import (
    Column,
    Identity,
    IdentityKind,
    ObjectKind,
    OtherObject,
    QualifiedName,
    Table,
)


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


def owned_sequence(name: QualifiedName, table: QualifiedName, column: Column) -> OtherObject:
    """Return a sequence that a column owns without drawing its default from it."""
    kind = column.identity.options if column.identity else ""
    kind = kind or f"AS {canonical_type(column.type)}"
    text = f"CREATE SEQUENCE {written(name)}" + ("" if kind == "AS bigint" else f" {kind}")
    owner = f"ALTER SEQUENCE {written(name)} OWNED BY {written(table)}.{quote(column.name)}"
    return OtherObject(kind=ObjectKind.SEQUENCE, name=name, statements=(text, owner), depends=table)


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


def check_owner(store: Store, owner: tuple[QualifiedName, str]) -> None:
    """Refuse a sequence's owner, a table and its column, that is not there."""
    table = store.tables.get(owner[0])
    if table is None:
        raise refusals.UndefinedTable(f'relation "{owner[0]}" does not exist')
    if table.column(owner[1]) is None:
        raise refusals.UndefinedColumn(
            f'column "{owner[1]}" of relation "{owner[0].name}" does not exist'
        )


def alter_sequence(store: Store, asked: AlterSequence) -> None:
    """Alter a sequence: its type, its owner, or something that is kept as text."""
    relation = store.relations.get(asked.name)
    if relation is None or relation.kind != "sequence":
        if asked.if_exists and relation is None:
            return
        raise refusals.UndefinedTable(f'relation "{asked.name}" does not exist')
    other = store.others.get((ObjectKind.SEQUENCE, asked.name))
    if other is None:
        _alter_owned(store, store.tables[relation.owner], asked)
        return
    texts = other.statements
    if asked.type is not None or not asked.restart_only:
        texts = (*texts[:-1], asked.sql, texts[-1]) if other.depends else (*texts, asked.sql)
    if asked.disown or asked.owner is not None:
        texts = texts[:-1] if other.depends is not None else texts
    if asked.owner is not None:
        check_owner(store, asked.owner)
        table, column = asked.owner
        owner = f'ALTER SEQUENCE {written(asked.name)} OWNED BY {written(table)}."{column}"'
        store.put_other(other, replace(other, statements=(*texts, owner), depends=table))
        adopt_sequence(store, store.tables[table], column)
        return
    depends = None if asked.disown else other.depends
    store.put_other(other, replace(other, statements=texts, depends=depends))


def _alter_owned(store: Store, table: Table, asked: AlterSequence) -> None:
    """Alter the sequence of a numbered column."""
    for column in table.columns:
        identity = column.identity
        if identity is None or identity.sequence != asked.name:
            continue
        if asked.owner is not None and asked.owner != (table.name, column.name):
            raise refusals.CatalogError(
                "cannot change ownership of identity sequence", sqlstate="0A000"
            )
        if asked.type is not None:
            options = "" if asked.type == column.type else f"AS {asked.type}"
            new = replace(column, identity=replace(identity, options=options))
            columns = tuple(new if item is column else item for item in table.columns)
            store.put(table, replace(table, columns=columns))
        if asked.disown and identity.kind is IdentityKind.SERIAL:
            default = f"nextval({quote_string(written(asked.name))}::regclass)"
            new = replace(column, identity=None, default=default)
            columns = tuple(new if item is column else item for item in table.columns)
            store.put(table, replace(table, columns=columns))
            kind = identity.options or f"AS {column.type}"
            text = f"CREATE SEQUENCE {written(asked.name)} {kind}"
            store.put_other(
                None,
                OtherObject(kind=ObjectKind.SEQUENCE, name=asked.name, statements=(text,)),
            )
        return


def drop_sequence(store: Store, name: QualifiedName, *, cascade: bool, if_exists: bool) -> None:
    """Drop a sequence; a serial column's default goes with it, an identity's forbids it."""
    relation = store.relations.get(name)
    if relation is None or relation.kind != "sequence":
        if relation is None and if_exists:
            return
        if relation is not None:
            raise refusals.WrongObjectType(f'"{name.name}" is not a sequence')
        raise refusals.UndefinedTable(f'sequence "{name}" does not exist')
    other = store.others.get((ObjectKind.SEQUENCE, name))
    if other is not None:
        _drop_defaults(store, name, cascade=cascade)
        store.put_other(other, None)
        return
    table = store.tables[relation.owner]
    for column in table.columns:
        identity = column.identity
        if identity is None or identity.sequence != name:
            continue
        if identity.kind is not IdentityKind.SERIAL:
            raise refusals.DependentObjects(
                f"cannot drop sequence {name} because column {column.name} of table "
                f"{table.name} requires it"
            )
        if not cascade:
            raise refusals.DependentObjects(
                f"cannot drop sequence {name} because other objects depend on it"
            )
        columns = tuple(
            replace(item, identity=None) if item is column else item for item in table.columns
        )
        store.put(table, replace(table, columns=columns))
        return


def _drop_defaults(store: Store, sequence: QualifiedName, *, cascade: bool) -> None:
    """Drop the defaults that draw from a sequence, or refuse."""
    for table in tuple(store.tables.values()):
        columns = tuple(
            replace(column, default=None)
            if column.default is not None and next_value(column.default) == sequence
            else column
            for column in table.columns
        )
        if columns == table.columns:
            continue
        if not cascade:
            raise refusals.DependentObjects(
                f"cannot drop sequence {sequence} because other objects depend on it"
            )
        store.put(table, replace(table, columns=columns))
