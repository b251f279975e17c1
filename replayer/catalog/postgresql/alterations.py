"""Alters a table of PostgreSQL: leads the actions of a statement to what does them, in passes.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``ATController``, ``AlterTablePass``,
``ATExecAlterConstraint``, ``ATExecValidateConstraint``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
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
from replayer.catalog.postgresql.columns import (
    add_column,
    add_identity,
    drop_column,
    drop_identity,
    set_default,
    set_generated,
    set_null,
    set_type,
)
from replayer.catalog.postgresql.constraints import add_constraint, drop_constraint, merge_keys
from replayer.catalog.postgresql.keys import add_constraint_of_index
from replayer.catalog.postgresql.lookup import find_column, find_table
from replayer.catalog.postgresql.statements import AlterTable
from replayer.catalog.postgresql.store import put_column
from replayer.catalog.schema import Check, ForeignKey

if TYPE_CHECKING:
    from replayer.catalog.postgresql.store import Store
    from replayer.catalog.schema import Constraint, QualifiedName, Table

_LAST_PASS = 10
_PASSES: dict[type[object], int] = {
    DropColumn: 0,
    DropConstraint: 0,
    DropIdentity: 0,
    SetType: 1,
    AddColumn: 4,
    SetDefault: 6,
    SetNull: 6,
    AddIdentity: 6,
    AddConstraint: 7,
}


def alter_table(store: Store, asked: AlterTable) -> None:
    """Do the actions of one ``ALTER TABLE`` in the server's order, not in the written one."""
    if find_table(store, asked.name, if_exists=asked.if_exists) is None:
        return
    actions = asked.actions
    if len(actions) > 1:
        actions = tuple(sorted(actions, key=_pass_of))
    constraints: list[Constraint] = []
    after: list[Action] = []
    for action in actions:
        if isinstance(action, AddColumn):
            constraints += _add_column(store, asked.name, action)
        elif isinstance(action, AddConstraint) and action.using_index is None:
            constraints.append(action.constraint)
        elif _pass_of(action) == _LAST_PASS:
            after.append(action)
        else:
            _alter(store, asked.name, action)
    if len(constraints) > 1:
        constraints = sorted(merge_keys(constraints), key=_rank)
    for constraint in constraints:
        add_constraint(store, store.tables[asked.name], constraint)
    for action in after:
        _alter(store, asked.name, action)


def _add_column(store: Store, name: QualifiedName, action: AddColumn) -> tuple[Constraint, ...]:
    """Add a column; its constraints are made when all columns are there."""
    table = store.tables[name]
    if action.if_not_exists and table.column(action.spec.column.name) is not None:
        return ()
    add_column(store, table, action.spec.column)
    return action.spec.constraints


def _alter(store: Store, name: QualifiedName, action: Action) -> None:  # noqa: C901, PLR0912 - one case for each class
    table = store.tables[name]
    if isinstance(action, AddConstraint):
        if action.using_index is not None:
            add_constraint_of_index(store, table, action.constraint, action.using_index)
        else:
            add_constraint(store, table, action.constraint)
    elif isinstance(action, DropConstraint):
        if not (action.if_exists and table.constraint(action.name) is None):
            drop_constraint(store, table, action.name, cascade=action.cascade)
    elif isinstance(action, DropColumn):
        if not (action.if_exists and table.column(action.name) is None):
            drop_column(store, table, action.name, cascade=action.cascade)
    elif isinstance(action, SetType):
        set_type(store, table, action.column, action.type, action.collation)
    elif isinstance(action, SetDefault):
        set_default(store, table, action.column, action.default)
    elif isinstance(action, SetNull):
        set_null(store, table, action.column, null=action.null)
    elif isinstance(action, AddIdentity):
        add_identity(store, table, action.column, action.identity)
    elif isinstance(action, DropIdentity):
        drop_identity(store, table, action.column, if_exists=action.if_exists)
    elif isinstance(action, (DropExpression, SetExpression)):
        expression = action.expression if isinstance(action, SetExpression) else None
        set_generated(store, table, action.column, expression)
    elif isinstance(action, (AlterConstraint, ValidateConstraint)):
        _alter_constraint(store, table, action)
    elif isinstance(action, SetOption):
        if action.keep:
            options = f"{table.options}\n{action.text}"
            store.put(table, replace(table, options=options))
    elif isinstance(action, SetIdentity):
        column = find_column(table, action.column)
        if column.identity is not None:
            identity = replace(column.identity, kind=action.identity.kind)
            put_column(store, table, column, replace(column, identity=identity))
    elif isinstance(action, SetColumnOption):
        column = find_column(table, action.column)
        options = f"{column.options}\n{action.text}".strip()
        put_column(store, table, column, replace(column, options=options))


def _alter_constraint(
    store: Store, table: Table, action: AlterConstraint | ValidateConstraint
) -> None:
    constraint = table.constraint(action.name)
    if constraint is None:
        raise refusals.UndefinedObject(
            f'constraint "{action.name}" of relation "{table.name.name}" does not exist'
        )
    if isinstance(action, ValidateConstraint):
        if not isinstance(constraint, (Check, ForeignKey)):
            raise refusals.WrongObjectType(
                f'constraint "{action.name}" of relation "{table.name.name}" is not a '
                "foreign key or check constraint"
            )
        new: Check | ForeignKey = replace(constraint, validated=True)
    elif isinstance(constraint, ForeignKey):
        new = replace(
            constraint,
            deferrable=action.deferrable,
            initially_deferred=action.initially_deferred,
        )
    else:
        raise refusals.WrongObjectType(
            f'constraint "{action.name}" of relation "{table.name.name}" is not a '
            "foreign key constraint"
        )
    constraints = tuple(new if item is constraint else item for item in table.constraints)
    store.put(table, replace(table, constraints=constraints))


def _pass_of(action: object) -> int:
    """Return when the server does an action of several (``AlterTablePass``)."""
    return _PASSES.get(type(action), _LAST_PASS)


def _rank(constraint: Constraint) -> int:
    """Order constraints of one statement: keys, then checks, then foreign keys."""
    return 2 if isinstance(constraint, ForeignKey) else int(isinstance(constraint, Check))
