"""Reads ``ALTER`` of PostgreSQL, whatever is altered; of a table, `alter_table_reader` reads it.

Source: PostgreSQL, src/backend/parser/gram.y.
"""

from __future__ import annotations

from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql.alter_table_reader import read_alter_table
from replayer.catalog.postgresql.cursor import Cursor, canonical_type
from replayer.catalog.postgresql.object_reader import (
    CLUSTER_WIDE,
    ON_TABLE,
    ROUTINES,
    on_table,
    read_kind,
    read_owner,
    read_routine,
    read_up_to_parenthesis,
)
from replayer.catalog.postgresql.statements import (
    AlterIndexOption,
    AlterOther,
    AlterSequence,
    Plain,
    PostgresStatement,
    RenameRelation,
    SetSchema,
)
from replayer.catalog.schema import ObjectKind, QualifiedName


def read_alter(cursor: Cursor) -> PostgresStatement:  # noqa: C901 - as the grammar is
    """Read what stands behind ``ALTER``."""
    if cursor.next in CLUSTER_WIDE:
        return Plain(effect=Effect.SESSION)
    if cursor.take("TABLE"):
        if cursor.sees("ALL", "IN", "TABLESPACE"):
            return Plain(effect=Effect.SESSION)
        return read_alter_table(cursor, "TABLE")
    if cursor.take("INDEX"):
        return _read_alter_index(cursor)
    kind = read_kind(cursor)
    if kind in {ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE}:
        return _read_alter_relation(cursor, kind)
    if_exists = cursor.take("IF", "EXISTS")
    if kind is ObjectKind.SEQUENCE:
        return _read_alter_sequence(cursor, if_exists=if_exists)
    table = None
    if kind in ROUTINES:
        name = read_routine(cursor)
    elif kind in {ObjectKind.OPERATOR, ObjectKind.CAST}:
        name = QualifiedName("", read_up_to_parenthesis(cursor, kind))
    elif kind in ON_TABLE:
        own = cursor.name()
        cursor.expect("ON")
        table = cursor.qualified()
        name = on_table(own, table)
    else:
        name = cursor.qualified()
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind=kind.value, name=name, schema=cursor.name(), if_exists=if_exists)
    if cursor.take("OWNER", "TO"):
        return Plain(effect=Effect.SESSION)
    rename = cursor.name() if cursor.take("RENAME", "TO") else None
    return AlterOther(
        kind=kind,
        name=name,
        sql=cursor.sql.strip(),
        table=table,
        rename_to=rename,
        if_exists=if_exists,
    )


def _read_alter_relation(cursor: Cursor, kind: ObjectKind) -> PostgresStatement:
    if_exists = cursor.take("IF", "EXISTS")
    name = cursor.qualified()
    if cursor.take("RENAME", "TO"):
        return RenameRelation(kind=kind.value, name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind=kind.value, name=name, schema=cursor.name(), if_exists=if_exists)
    if cursor.take("OWNER", "TO"):
        return Plain(effect=Effect.SESSION)
    return AlterOther(kind=kind, name=name, sql=cursor.sql.strip(), if_exists=if_exists)


def _read_alter_index(cursor: Cursor) -> PostgresStatement:
    if_exists = cursor.take("IF", "EXISTS")
    name = cursor.qualified()
    if cursor.take("RENAME", "TO"):
        return RenameRelation(kind="INDEX", name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("ATTACH", "PARTITION"):
        # Which index of a partition is whose is told by what they are indexes on.
        return Plain(effect=Effect.SCHEMA)
    return AlterIndexOption(name=name, text=cursor.rest().rstrip("; "), if_exists=if_exists)


def _read_alter_sequence(cursor: Cursor, *, if_exists: bool) -> PostgresStatement:
    name = cursor.qualified()
    if cursor.take("RENAME", "TO"):
        return RenameRelation(kind="SEQUENCE", name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind="SEQUENCE", name=name, schema=cursor.name(), if_exists=if_exists)
    kind = owner = None
    disown = False
    restart_only = True
    while cursor.next not in {"", ";"}:
        if cursor.take("AS"):
            kind = canonical_type(cursor.type())
        elif cursor.take("OWNED", "BY"):
            disown = cursor.take("NONE")
            owner = None if disown else read_owner(cursor)
        elif cursor.take("RESTART") or cursor.take("OWNER", "TO"):
            cursor.take("WITH")
            if cursor.next:
                cursor.word()
        else:
            restart_only = False
            cursor.word()
    return AlterSequence(
        name=name,
        sql=cursor.sql.strip(),
        type=kind,
        owner=owner,
        disown=disown,
        restart_only=restart_only,
        if_exists=if_exists,
    )
