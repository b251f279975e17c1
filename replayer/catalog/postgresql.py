"""The catalogue of a PostgreSQL database: what DDL leaves there, to the last name.

Reading is `postgresql_reader`'s part, the single deeds are those of `postgresql_columns`,
`postgresql_constraints`, `postgresql_relations` and `postgresql_others`; here a statement is led to
them, whole or not at all.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.catalog import Catalog, Effect
from replayer.catalog.lexer import split_statements
from replayer.catalog.postgresql_block_runner import BlockRunner, UndecidedError
from replayer.catalog.postgresql_columns import (
    add_column,
    add_identity,
    drop_column,
    drop_identity,
    find_column,
    put_column,
    rename_column,
    set_default,
    set_generated,
    set_null,
    set_type,
    with_sequence,
)
from replayer.catalog.postgresql_constraints import (
    add_constraint,
    add_constraint_of_index,
    add_index,
    columns_of,
    drop_constraint,
    merge_keys,
)
from replayer.catalog.postgresql_copies import columns_of_query, give_liked, liked_columns
from replayer.catalog.postgresql_naming import clip
from replayer.catalog.postgresql_others import (
    alter_other,
    alter_sequence,
    check_schema,
    comment_on,
    create_other,
    drop,
    set_schema,
)
from replayer.catalog.postgresql_partitions import (
    attach,
    depth_of,
    detach,
    follow,
    inherit,
    inherited_columns,
    parent_of,
)
from replayer.catalog.postgresql_reader import read_statement
from replayer.catalog.postgresql_relations import rename_constraint, rename_relation
from replayer.catalog.postgresql_statements import (
    Action,
    AddColumn,
    AddConstraint,
    AddIdentity,
    AlterConstraint,
    AlterIndexOption,
    AlterOther,
    AlterPartition,
    AlterSequence,
    AlterTable,
    ColumnSpec,
    CommentOn,
    CreateIndex,
    CreateOther,
    CreateTable,
    CreateTableAs,
    DoBlock,
    Drop,
    DropColumn,
    DropConstraint,
    DropExpression,
    DropIdentity,
    Plain,
    PostgresStatement,
    RenameColumn,
    RenameConstraint,
    RenameRelation,
    SetColumnOption,
    SetDefault,
    SetExpression,
    SetIdentity,
    SetNull,
    SetOption,
    SetSchema,
    SetType,
    ValidateConstraint,
)
from replayer.catalog.postgresql_store import Store
from replayer.catalog.schema import (
    Check,
    ForeignKey,
    ObjectKind,
    Partition,
    QualifiedName,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from replayer.catalog.postgresql_block_runner import Rows
    from replayer.catalog.schema import Column, Constraint, OtherObject
    from replayer.model import ServerFacts, Statement

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


class _UnknownRelationError(Exception):
    """The statement is about a relation that nobody can know."""

    def __init__(self, effect: Effect) -> None:
        super().__init__(effect)
        self.effect = effect


class PostgresCatalog(Catalog):
    """A PostgreSQL database as its DDL leaves it.

    Parameters
    ----------
    ask
        Answers a query from the catalogue, or None where it can't; without it every ``DO`` is
        opaque.
    """

    def __init__(
        self, facts: ServerFacts, *, ask: Callable[[Catalog, str], Rows | None] | None = None
    ) -> None:
        super().__init__(facts)
        self._ask = ask
        self._store = Store()
        self.last_reason = ""
        """Why the last statement was opaque."""

    @property
    def tables(self) -> Mapping[QualifiedName, Table]:
        """The tables by name."""
        return MappingProxyType(self._store.tables)

    @property
    def others(self) -> Mapping[tuple[ObjectKind, QualifiedName], OtherObject]:
        """All that is not a table, in the order in which it was made."""
        return MappingProxyType(self._store.others)

    def table(self, name: str) -> Table | None:
        """Return the table of that exact name; ``schema.name`` finds one of another schema."""
        found = self._store.tables.get(QualifiedName("", name))
        if found is None and "." in name:
            schema, _, own = name.replace('"', "").partition(".")
            found = self._store.tables.get(QualifiedName("" if schema == "public" else schema, own))
        return found

    def copy(self) -> PostgresCatalog:
        """Return a catalogue that knows the same, and goes its own way."""
        new = PostgresCatalog(self.facts, ask=self._ask)
        new._store = self._store.copy()
        return new

    def replace_tables(self, tables: Mapping[QualifiedName, Table]) -> None:
        """Put other tables in place of those of the same names, without asking what made them."""
        for name, table in tables.items():
            self._store.put(self._store.tables[name], table)

    def statements(self) -> tuple[Statement, ...]:
        """Return the DDL that makes this schema in an empty database, in one pass."""
        from replayer.catalog.writer_postgresql import write_catalog

        return write_catalog(self)

    def execute(self, sql: str) -> Effect:
        """Do what the server would do with one or several statements.

        Raises
        ------
        CatalogError
            When the server would refuse one of them; that statement has changed nothing.
        """
        texts = [sql] if ";" not in sql else split_statements(sql, self.dialect)
        effect = Effect.SESSION
        for text in texts:
            effect = max(effect, self._execute_one(text))
        return effect

    def _execute_one(self, sql: str) -> Effect:
        asked = read_statement(sql)
        if isinstance(asked, DoBlock):
            return self._run_block(asked)
        store = self._store
        store.begin()
        if isinstance(asked, CreateTableAs):
            asked = self._made_known(asked)
        if isinstance(asked, Plain):
            self.last_reason = asked.reason
            if asked.makes is not None:
                if store.is_relation(*asked.makes):
                    raise refusals.DuplicateTable(f'relation "{asked.makes.name}" already exists')
                store.put_unknown(asked.makes, asked.effect)
            return asked.effect
        watched = {name: store.tables[name] for name in store.partitioned}
        try:
            self._apply(asked, sql)
            if watched and not getattr(asked, "only", False):
                self._follow(watched)
        except _UnknownRelationError as unknown:
            store.undo()
            self.last_reason = "a relation whose columns are not known"
            return unknown.effect
        except refusals.CatalogError:
            store.undo()
            raise
        return Effect.SCHEMA

    def _made_known(self, asked: CreateTableAs) -> CreateTable | Plain:
        """Return a table with the columns that a query's result has, if they are known."""
        columns = columns_of_query(self._store, asked)
        if columns is None:
            reason = "CREATE TABLE whose columns are not written in it"
            return Plain(effect=Effect.OPAQUE, reason=reason, makes=asked.name)
        return CreateTable(
            name=asked.name,
            columns=tuple(ColumnSpec(column=column) for column in columns),
            constraints=(),
            options=asked.options,
            if_not_exists=asked.if_not_exists,
        )

    def _follow(self, watched: dict[QualifiedName, Table]) -> None:
        """Let partitions have what the tables got that they are part of, the outermost first."""
        for name in sorted(watched, key=lambda name: depth_of(self._store, name)):
            after = self._store.tables.get(name)
            if after is not None and after is not watched[name]:
                follow(self._store, watched[name], after)

    def _run_block(self, asked: DoBlock) -> Effect:
        """Carry out a ``DO``, whole or not at all."""
        ask = self._ask
        if ask is None:
            self.last_reason = asked.otherwise.reason
            return asked.otherwise.effect
        runner = BlockRunner(self.execute, lambda sql: ask(self, sql), self._save)
        go_back = self._save()
        try:
            runner.run(asked.block)
        except UndecidedError:
            go_back()
            self.last_reason = asked.otherwise.reason
            return asked.otherwise.effect
        except refusals.CatalogError:
            go_back()
            raise
        return runner.effect

    def _save(self) -> Callable[[], None]:
        saved = self._store.copy()

        def go_back() -> None:
            self._store = saved.copy()

        return go_back

    def _apply(self, asked: PostgresStatement, sql: str) -> None:  # noqa: C901, PLR0912 - one case for each class
        store = self._store
        if isinstance(asked, AlterTable):
            self._alter_table(asked)
        elif isinstance(asked, CreateTable):
            self._create_table(asked)
        elif isinstance(asked, AlterPartition):
            self._alter_partition(asked)
        elif isinstance(asked, CreateIndex):
            self._create_index(asked, sql)
        elif isinstance(asked, Drop):
            drop(store, asked)
        elif isinstance(asked, RenameRelation):
            self._known(asked.name)
            rename_relation(store, asked)
        elif isinstance(asked, RenameColumn):
            table = self._find(asked.table, if_exists=asked.if_exists)
            if table is not None:
                rename_column(store, table, asked.name, asked.to)
        elif isinstance(asked, RenameConstraint):
            table = self._find(asked.table, if_exists=asked.if_exists)
            if table is not None:
                rename_constraint(store, table, asked.name, asked.to)
        elif isinstance(asked, SetSchema):
            self._known(asked.name)
            set_schema(store, asked)
        elif isinstance(asked, AlterIndexOption):
            self._alter_index(asked)
        elif isinstance(asked, AlterSequence):
            alter_sequence(store, asked)
        elif isinstance(asked, CreateOther):
            create_other(store, asked)
        elif isinstance(asked, AlterOther):
            alter_other(store, asked)
        elif isinstance(asked, CommentOn):
            self._known(asked.name)
            comment_on(store, asked)

    def _known(self, name: QualifiedName) -> None:
        effect = self._store.unknown.get(name)
        if effect is not None:
            raise _UnknownRelationError(effect)

    def _find(self, name: QualifiedName, *, if_exists: bool = False) -> Table | None:
        table = self._store.tables.get(name)
        if table is None:
            self._known(name)
            relation = self._store.relations.get(name)
            if relation is not None and relation.kind.endswith(("view", "table")):
                raise _UnknownRelationError(Effect.OPAQUE)
            if relation is not None:
                raise refusals.WrongObjectType(
                    f'"{name.name}" is not a table, composite type, or foreign table'
                )
            if not if_exists:
                raise refusals.UndefinedTable(f'relation "{name}" does not exist')
        return table

    def _create_table(self, asked: CreateTable) -> None:
        store = self._store
        name = asked.name._replace(name=clip(asked.name.name))
        if asked.temporary:
            store.put_unknown(name, Effect.SESSION)
            return
        check_schema(store, name.schema)
        if store.is_relation(*name):
            if asked.if_not_exists:
                return
            raise refusals.DuplicateTable(f'relation "{name.name}" already exists')
        parent = None if asked.partition is None else self._parent(asked.partition)
        source = None if asked.like is None else self._find(asked.like.table)
        wanted = [spec.column for spec in asked.columns]
        if parent is not None:
            wanted[:0] = inherited_columns(parent)
        if asked.like is not None and source is not None:
            wanted[:0] = liked_columns(asked.like, source)
        _check_twice(wanted)
        columns = tuple(with_sequence(store, name, column) for column in wanted)
        table = Table(
            name=name,
            columns=columns,
            options=asked.options,
            partition=asked.partition,
        )
        _check_generated(table)
        store.put(None, table)
        if parent is not None:
            inherit(store, name, parent)
            table = store.tables[name]
        for constraint in merge_keys(asked.constraints):
            table = add_constraint(store, table, constraint)
        if asked.like is not None and source is not None:
            give_liked(store, name, asked.like, source)

    def _parent(self, partition: Partition) -> Table:
        self._known(partition.parent)
        return parent_of(self._store, partition)

    def _alter_partition(self, asked: AlterPartition) -> None:
        if self._find(asked.table, if_exists=asked.if_exists) is None:
            return
        if asked.bound is None:
            detach(self._store, asked.table, asked.name)
            return
        table = self._find(asked.name)
        if table is not None:
            attach(self._store, table, Partition(parent=asked.table, bound=asked.bound))

    def _create_index(self, asked: CreateIndex, sql: str) -> None:
        store = self._store
        name = QualifiedName(asked.table.schema, asked.index.name)
        view = store.others.get((ObjectKind.MATERIALIZED_VIEW, asked.table))
        table = None if view is not None else self._find(asked.table)
        if asked.if_not_exists and asked.index.name and store.is_relation(*name):
            return
        if view is not None:
            if store.is_relation(*name):
                raise refusals.DuplicateTable(f'relation "{name.name}" already exists')
            store.put_other(view, replace(view, statements=(*view.statements, sql)))
            store.put_index_of_view(name, view.name)
        elif table is not None:
            add_index(store, table, asked.index)

    def _alter_index(self, asked: AlterIndexOption) -> None:
        store = self._store
        relation = store.relations.get(asked.name)
        if relation is None:
            if asked.if_exists:
                return
            raise refusals.UndefinedTable(f'relation "{asked.name}" does not exist')
        table = store.tables.get(relation.owner)
        if table is None:
            return
        indexes = tuple(
            replace(index, options=f"{index.options}\n{asked.text}")
            if index.name == asked.name.name
            else index
            for index in table.indexes
        )
        store.put(table, replace(table, indexes=indexes))

    def _alter_table(self, asked: AlterTable) -> None:
        if self._find(asked.name, if_exists=asked.if_exists) is None:
            return
        actions = asked.actions
        if len(actions) > 1:
            actions = tuple(sorted(actions, key=_pass_of))
        constraints: list[Constraint] = []
        after: list[Action] = []
        for action in actions:
            if isinstance(action, AddColumn):
                constraints += self._add_column(asked.name, action)
            elif isinstance(action, AddConstraint) and action.using_index is None:
                constraints.append(action.constraint)
            elif _pass_of(action) == _LAST_PASS:
                after.append(action)
            else:
                self._alter(asked.name, action)
        if len(constraints) > 1:
            constraints = sorted(merge_keys(constraints), key=_rank)
        for constraint in constraints:
            add_constraint(self._store, self._store.tables[asked.name], constraint)
        for action in after:
            self._alter(asked.name, action)

    def _add_column(self, name: QualifiedName, action: AddColumn) -> tuple[Constraint, ...]:
        """Add a column; its constraints are made when all columns are there."""
        table = self._store.tables[name]
        if action.if_not_exists and table.column(action.spec.column.name) is not None:
            return ()
        add_column(self._store, table, action.spec.column)
        return action.spec.constraints

    def _alter(self, name: QualifiedName, action: Action) -> None:  # noqa: C901, PLR0912 - as above
        store = self._store
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
            self._alter_constraint(table, action)
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

    def _alter_constraint(self, table: Table, action: AlterConstraint | ValidateConstraint) -> None:
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
        self._store.put(table, replace(table, constraints=constraints))


def _check_twice(columns: list[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise refusals.DuplicateColumn(f'column "{column.name}" specified more than once')
        seen.add(column.name)


def _check_generated(table: Table) -> None:
    for column in table.columns:
        if column.generated is not None:
            columns_of(table, column.generated.expression)


def _pass_of(action: object) -> int:
    """Return when the server does an action of several (``AlterTablePass``)."""
    return _PASSES.get(type(action), _LAST_PASS)


def _rank(constraint: Constraint) -> int:
    """Order constraints of one statement: keys, then checks, then foreign keys."""
    return 2 if isinstance(constraint, ForeignKey) else int(isinstance(constraint, Check))
