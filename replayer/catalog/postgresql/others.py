"""Makes, alters and drops what is kept as text: extensions, views, functions, triggers, types."""

from __future__ import annotations

import re
from dataclasses import replace

from replayer.catalog import refusals
from replayer.catalog.postgresql.expressions import names_in, rename_name_in
from replayer.catalog.postgresql.naming import written
from replayer.catalog.postgresql.object_reader import on_table
from replayer.catalog.postgresql.relations import (
    drop_index,
    drop_table,
    move_table,
)
from replayer.catalog.postgresql.sequences import adopt_sequence, check_owner, drop_sequence
from replayer.catalog.postgresql.statements import AlterOther, CreateOther, Drop, SetSchema
from replayer.catalog.postgresql.store import VIEWS, Store
from replayer.catalog.postgresql.views import drop_view, views_on, with_columns
from replayer.catalog.schema import ObjectKind, OtherObject, QualifiedName

_ROUTINES = (ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.AGGREGATE)
_RELATIONS = {*VIEWS, ObjectKind.SEQUENCE, ObjectKind.FOREIGN_TABLE}
_IF_NOT_EXISTS = re.compile(r"\bIF\s+NOT\s+EXISTS\s+", re.IGNORECASE)


def words_for(kind: ObjectKind) -> str:
    """Return the server's word for a kind of object."""
    return kind.value.lower()


def create_other(store: Store, asked: CreateOther) -> None:
    """Make an object, or replace it."""
    made = asked.made
    text = _IF_NOT_EXISTS.sub("", made.statements[0], count=1)
    if made.kind in VIEWS:
        text = with_columns(store, text)
    made = replace(made, statements=(text,))
    if made.depends is not None and not store.is_relation(*made.depends):
        raise refusals.UndefinedTable(f'relation "{made.depends}" does not exist')
    _check_schema(store, made)
    old = store.others.get((made.kind, made.name))
    if old is not None and asked.replace:
        texts = old.statements[1:] if made.kind in VIEWS else ()
        store.put_other(old, replace(made, statements=(text, *texts), comment=old.comment))
        return
    taken = made.kind in _RELATIONS and store.is_relation(*made.name)
    if old is not None or taken:
        if asked.if_not_exists:
            return
        raise _duplicate(made, is_relation=taken)
    if asked.owner is not None:
        check_owner(store, asked.owner)
        table, column = asked.owner
        head = re.split(r"\bOWNED\s+BY\b", text, flags=re.IGNORECASE)[0].rstrip()
        owner = f'ALTER SEQUENCE {written(made.name)} OWNED BY {written(table)}."{column}"'
        made = replace(made, statements=(head, owner), depends=table)
        store.put_other(None, made)
        adopt_sequence(store, store.tables[table], column)
        return
    store.put_other(None, made)


def _check_schema(store: Store, made: OtherObject) -> None:
    if made.kind is ObjectKind.SCHEMA or made.depends is not None:
        return
    check_schema(store, made.name.schema)


def check_schema(store: Store, schema: str) -> None:
    """Refuse a schema that does not exist."""
    known = {"", "pg_catalog", "information_schema"}
    if schema not in known and (ObjectKind.SCHEMA, QualifiedName("", schema)) not in store.others:
        raise refusals.CatalogError(f'schema "{schema}" does not exist', sqlstate="3F000")


def _duplicate(made: OtherObject, *, is_relation: bool) -> refusals.CatalogError:
    if is_relation:
        return refusals.DuplicateTable(f'relation "{made.name.name}" already exists')
    if made.depends is not None:
        own = made.name.name.removesuffix(f" ON {made.depends.name}")
        between = "relation" if made.kind is ObjectKind.TRIGGER else "table"
        return refusals.DuplicateObject(
            f'{words_for(made.kind)} "{own}" for {between} "{made.depends.name}" already exists'
        )
    if made.kind in _ROUTINES:
        own = made.name.name.partition("(")[0]
        return refusals.DuplicateObject(
            f'function "{own}" already exists with same argument types', sqlstate="42723"
        )
    state = {ObjectKind.SCHEMA: "42P06"}.get(made.kind, "42710")
    return refusals.DuplicateObject(
        f'{words_for(made.kind)} "{made.name.name}" already exists', sqlstate=state
    )


def find_other(store: Store, kind: ObjectKind, name: QualifiedName) -> OtherObject | None:
    """Return an object; a routine without argument types is found if it is the only one."""
    found = store.others.get((kind, name))
    if found is not None or kind not in _ROUTINES:
        return found
    own, paren, _ = name.name.partition("(")
    if paren:
        return next(
            (store.others[(item, name)] for item in _ROUTINES if (item, name) in store.others),
            None,
        )
    same = [
        other
        for other in store.others.values()
        if other.kind in _ROUTINES
        and other.name.schema == name.schema
        and other.name.name.partition("(")[0] == own
    ]
    if len(same) > 1:
        raise refusals.CatalogError(f'function name "{own}" is not unique', sqlstate="42725")
    return same[0] if same else None


def undefined(kind: ObjectKind, name: QualifiedName, table: QualifiedName | None) -> Exception:
    """Return the refusal of an object that does not exist."""
    if table is not None:
        own = name.name.removesuffix(f" ON {table.name}")
        return refusals.UndefinedObject(
            f'{words_for(kind)} "{own}" for table "{table.name}" does not exist'
        )
    if kind in _ROUTINES:
        if "(" in name.name:
            return refusals.UndefinedObject(f"function {name} does not exist", sqlstate="42883")
        return refusals.UndefinedObject(
            f'could not find a function named "{name}"', sqlstate="42883"
        )
    if kind in _RELATIONS:
        return refusals.UndefinedTable(f'{words_for(kind)} "{name}" does not exist')
    state = {ObjectKind.SCHEMA: "3F000"}.get(kind, "42704")
    return refusals.UndefinedObject(f'{words_for(kind)} "{name}" does not exist', sqlstate=state)


def drop(store: Store, asked: Drop) -> None:
    """Drop what a statement names."""
    with_ = frozenset(asked.names)
    for name in asked.names:
        if asked.kind == "TABLE":
            _drop_table(store, name, asked, with_)
        elif asked.kind == "INDEX":
            drop_index(store, name, cascade=asked.cascade, if_exists=asked.if_exists)
        elif asked.kind is ObjectKind.SEQUENCE:
            drop_sequence(store, name, cascade=asked.cascade, if_exists=asked.if_exists)
        elif isinstance(asked.kind, ObjectKind):
            _drop_other(store, asked.kind, name, asked)


def _drop_table(
    store: Store, name: QualifiedName, asked: Drop, with_: frozenset[QualifiedName]
) -> None:
    if name in store.unknown:
        store.put_unknown(name, None)
        return
    table = store.tables.get(name)
    if table is not None:
        drop_table(store, table, cascade=asked.cascade, with_=with_)
    elif name in store.relations:
        raise refusals.WrongObjectType(f'"{name.name}" is not a table')
    elif not asked.if_exists:
        raise refusals.UndefinedTable(f'table "{name}" does not exist')


def _drop_other(store: Store, kind: ObjectKind, name: QualifiedName, asked: Drop) -> None:
    other = find_other(store, kind, name)
    if other is None:
        if kind in VIEWS and name in store.relations and not asked.if_exists:
            raise refusals.WrongObjectType(f'"{name.name}" is not a {words_for(kind)}')
        if asked.if_exists:
            return
        raise undefined(kind, name, asked.table)
    needing = _needing(store, other)
    if needing and not asked.cascade:
        raise refusals.DependentObjects(
            f"cannot drop {words_for(kind)} {other.name} because other objects depend on it"
        )
    for item in needing:
        _remove(store, item)
    if kind is ObjectKind.SCHEMA:
        _empty_schema(store, other.name.name, cascade=asked.cascade)
    _remove(store, other)


def _remove(store: Store, other: OtherObject) -> None:
    if other.kind in VIEWS:
        drop_view(store, other)
    elif (other.kind, other.name) in store.others:
        store.put_other(other, None)


def _needing(store: Store, other: OtherObject) -> list[OtherObject]:
    """Return the views on a view and the triggers of a function."""
    if other.kind in VIEWS:
        return [view for view in views_on(store, other.name) if view is not other]
    if other.kind in _ROUTINES:
        own = other.name.name.partition("(")[0]
        return [
            item
            for item in store.others.values()
            if item.kind in {ObjectKind.TRIGGER, ObjectKind.EVENT_TRIGGER, *VIEWS}
            and own in names_in(item.statements[0])
        ]
    return []


def _empty_schema(store: Store, schema: str, *, cascade: bool) -> None:
    tables = [table for name, table in store.tables.items() if name.schema == schema]
    others = [
        other
        for other in store.others.values()
        if other.name.schema == schema and other.kind is not ObjectKind.SCHEMA
    ]
    if (tables or others) and not cascade:
        raise refusals.DependentObjects(
            f"cannot drop schema {schema} because other objects depend on it"
        )
    for table in tables:
        drop_table(store, store.tables[table.name], cascade=True, with_=frozenset())
    for other in others:
        _remove(store, other)


def alter_other(store: Store, asked: AlterOther) -> None:
    """Keep the text that alters an object, or rename it."""
    other = find_other(store, asked.kind, asked.name)
    if other is None:
        if asked.if_exists:
            return
        raise undefined(asked.kind, asked.name, asked.table)
    if asked.rename_to is None:
        if asked.kind is not ObjectKind.EXTENSION:
            store.put_other(other, replace(other, statements=(*other.statements, asked.sql)))
        return
    old = asked.name.name
    if other.depends is not None:
        old = old.removesuffix(f" ON {other.depends.name}")
        name = on_table(asked.rename_to, other.depends)
    elif other.kind in _ROUTINES:
        old, _, types = other.name.name.partition("(")
        name = QualifiedName(other.name.schema, f"{asked.rename_to}({types}")
    else:
        name = QualifiedName(other.name.schema, asked.rename_to)
    if (other.kind, name) in store.others:
        raise _duplicate(replace(other, name=name), is_relation=False)
    texts = tuple(rename_name_in(text, old, asked.rename_to) for text in other.statements)
    store.put_other(other, replace(other, name=name, statements=texts))


def set_schema(store: Store, asked: SetSchema) -> None:
    """Move an object to another schema."""
    schema = "" if asked.schema == "public" else asked.schema
    check_schema(store, schema)
    name = QualifiedName(schema, asked.name.name)
    table = store.tables.get(asked.name)
    if table is not None:
        move_table(store, table, name)
        return
    kind = ObjectKind(asked.kind) if asked.kind != "TABLE" else ObjectKind.VIEW
    other = find_other(store, kind, asked.name)
    if other is None:
        if asked.if_exists:
            return
        raise refusals.UndefinedTable(f'relation "{asked.name}" does not exist')
    if kind is ObjectKind.EXTENSION:
        return
    own = other.name.name.partition("(")[0]
    old = written(QualifiedName(other.name.schema, own))
    text = f'ALTER {kind.value} {old} SET SCHEMA "{asked.schema}"'
    new = replace(
        other, name=QualifiedName(schema, other.name.name), statements=(*other.statements, text)
    )
    store.put_other(other, new)
