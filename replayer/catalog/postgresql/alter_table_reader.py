"""Reads ``ALTER TABLE`` of PostgreSQL: actions, renames, partitions.

Source: PostgreSQL, src/backend/parser/gram.y; the templates of
django/db/backends/postgresql/schema.py and django/contrib/postgres (4.2 to 6.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.postgresql.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AddIdentity,
    AlterConstraint,
    DropColumn,
    DropConstraint,
    DropExpression,
    DropIdentity,
    SetColumnOption,
    SetDefault,
    SetExpression,
    SetIdentity,
    SetNull,
    SetOption,
    SetType,
    ValidateConstraint,
)
from replayer.catalog.postgresql.column_reader import read_column, read_generated
from replayer.catalog.postgresql.constraint_reader import (
    TABLE_CONSTRAINTS,
    read_attributes,
    read_table_constraint,
)
from replayer.catalog.postgresql.cursor import Cursor
from replayer.catalog.postgresql.statements import (
    AlterPartition,
    AlterTable,
    PostgresStatement,
    RenameColumn,
    RenameConstraint,
    RenameRelation,
    SetSchema,
)
from replayer.catalog.postgresql.table_reader import read_bound
from replayer.catalog.schema import Column, Identity, IdentityKind, Unique

if TYPE_CHECKING:
    from replayer.catalog.schema import QualifiedName

_UNKEPT = {"OWNER", "CLUSTER", "VALIDATE"}


def read_alter_table(cursor: Cursor, kind: str) -> PostgresStatement:
    """Read what stands behind ``ALTER TABLE``, ``ALTER VIEW`` and their like."""
    if_exists = cursor.take("IF", "EXISTS")
    only = cursor.take("ONLY")
    name = cursor.qualified()
    cursor.take("*")
    if cursor.take("ATTACH", "PARTITION"):
        child = cursor.qualified()
        bound = read_bound(cursor)
        return AlterPartition(table=name, name=child, bound=bound, if_exists=if_exists)
    if cursor.take("DETACH", "PARTITION"):
        child = cursor.qualified()
        return AlterPartition(table=name, name=child, bound=None, if_exists=if_exists)
    if cursor.take("RENAME"):
        return _read_rename(cursor, kind, name, if_exists=if_exists)
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind=kind, name=name, schema=_schema(cursor), if_exists=if_exists)
    actions: list[Action] = []
    while cursor.next not in {"", ";"}:
        actions += read_action(cursor)
        if not cursor.take(","):
            break
    cursor.end()
    return AlterTable(name=name, actions=tuple(actions), if_exists=if_exists, only=only)


def _schema(cursor: Cursor) -> str:
    name = cursor.name()
    return "" if name == "public" else name


def _read_rename(
    cursor: Cursor, kind: str, name: QualifiedName, *, if_exists: bool
) -> PostgresStatement:
    if cursor.take("TO"):
        return RenameRelation(kind=kind, name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("CONSTRAINT"):
        old = cursor.name()
        cursor.expect("TO")
        return RenameConstraint(table=name, name=old, to=cursor.name(), if_exists=if_exists)
    cursor.take("COLUMN")
    old = cursor.name()
    cursor.expect("TO")
    return RenameColumn(table=name, name=old, to=cursor.name(), if_exists=if_exists)


def read_action(cursor: Cursor) -> list[Action]:
    """Read one action of ``ALTER TABLE``."""
    if cursor.take("ADD"):
        return [_read_add(cursor)]
    if cursor.take("DROP"):
        return [_read_drop(cursor)]
    if cursor.take("ALTER", "CONSTRAINT"):
        name = cursor.name()
        found = read_attributes(cursor, Unique(name=name, columns=()))
        assert isinstance(found, Unique)  # noqa: S101 - read_attributes keeps the class
        return [
            AlterConstraint(
                name=name,
                deferrable=found.deferrable,
                initially_deferred=found.initially_deferred,
            )
        ]
    if cursor.take("ALTER"):
        cursor.take("COLUMN")
        return _read_alter_column(cursor, cursor.name())
    if cursor.take("VALIDATE", "CONSTRAINT"):
        return [ValidateConstraint(name=cursor.name())]
    first = cursor.next
    text = cursor.expression()
    return [SetOption(text=text, keep=first not in _UNKEPT)]


def _read_add(cursor: Cursor) -> Action:
    if cursor.next in TABLE_CONSTRAINTS:
        constraint, index = read_table_constraint(cursor)
        return AddConstraint(constraint=constraint, using_index=index)
    cursor.take("COLUMN")
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    return AddColumn(spec=read_column(cursor), if_not_exists=if_not_exists)


def _read_drop(cursor: Cursor) -> Action:
    constraint = cursor.take("CONSTRAINT")
    if not constraint:
        cursor.take("COLUMN")
    if_exists = cursor.take("IF", "EXISTS")
    name = cursor.name()
    cascade = cursor.take("CASCADE")
    cursor.take("RESTRICT")
    if constraint:
        return DropConstraint(name=name, if_exists=if_exists, cascade=cascade)
    return DropColumn(name=name, if_exists=if_exists, cascade=cascade)


def _read_alter_column(  # noqa: C901, PLR0912 - as the grammar is
    cursor: Cursor, column: str
) -> list[Action]:
    if cursor.take("SET", "DEFAULT"):
        return [SetDefault(column=column, default=cursor.expression())]
    if cursor.take("DROP", "DEFAULT"):
        return [SetDefault(column=column, default=None)]
    if cursor.take("SET", "NOT", "NULL"):
        return [SetNull(column=column, null=False)]
    if cursor.take("DROP", "NOT", "NULL"):
        return [SetNull(column=column, null=True)]
    if cursor.take("TYPE") or cursor.take("SET", "DATA", "TYPE"):
        kind = cursor.type()
        collation = cursor.collation() if cursor.take("COLLATE") else None
        if cursor.take("USING"):
            cursor.expression()
        return [SetType(column=column, type=kind, collation=collation)]
    if cursor.take("DROP", "IDENTITY"):
        return [DropIdentity(column=column, if_exists=cursor.take("IF", "EXISTS"))]
    if cursor.take("DROP", "EXPRESSION"):
        return [DropExpression(column=column, if_exists=cursor.take("IF", "EXISTS"))]
    if cursor.take("SET", "EXPRESSION", "AS"):
        return [SetExpression(column=column, expression=cursor.enclosed())]
    if cursor.take("ADD", "GENERATED"):
        found = read_generated(cursor, Column(name=column, type=""))
        if found.identity is None:
            raise cursor.unreadable()
        return [AddIdentity(column=column, identity=found.identity)]
    if cursor.take("SET", "GENERATED"):
        always = cursor.take("ALWAYS")
        if not always:
            cursor.expect("BY", "DEFAULT")
        kind_of = IdentityKind.ALWAYS if always else IdentityKind.BY_DEFAULT
        return [SetIdentity(column=column, identity=Identity(kind=kind_of))]
    if cursor.sees("RESTART"):
        cursor.expression()
        return []
    return [SetColumnOption(column=column, text=cursor.expression())]
