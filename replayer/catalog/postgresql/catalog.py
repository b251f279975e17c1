"""The catalogue of a PostgreSQL database: what DDL leaves there, to the last name.

Reading is `reader`'s part, the single deeds are those of `tables`, `alterations`, `indexes`,
`relations`, `others` and what they rest on; here a statement is led to them, whole or not at all.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.catalog import Catalog, Effect
from replayer.catalog.lexer import split_statements
from replayer.catalog.postgresql.actions import ColumnSpec
from replayer.catalog.postgresql.alterations import alter_table
from replayer.catalog.postgresql.block_runner import BlockRunner, UndecidedError
from replayer.catalog.postgresql.column_renames import rename_column
from replayer.catalog.postgresql.comments import comment_on
from replayer.catalog.postgresql.copies import columns_of_query
from replayer.catalog.postgresql.indexes import alter_index, create_index
from replayer.catalog.postgresql.lookup import UnknownRelationError, find_table, prove_known
from replayer.catalog.postgresql.others import alter_other, create_other, drop, set_schema
from replayer.catalog.postgresql.partitions import depth_of, follow
from replayer.catalog.postgresql.reader import read_statement
from replayer.catalog.postgresql.relations import rename_constraint, rename_relation
from replayer.catalog.postgresql.sequences import alter_sequence
from replayer.catalog.postgresql.statements import (
    AlterIndexOption,
    AlterOther,
    AlterPartition,
    AlterSequence,
    AlterTable,
    CommentOn,
    CreateIndex,
    CreateOther,
    CreateTable,
    CreateTableAs,
    DoBlock,
    Drop,
    Plain,
    PostgresStatement,
    RenameColumn,
    RenameConstraint,
    RenameRelation,
    SetSchema,
)
from replayer.catalog.postgresql.store import Store
from replayer.catalog.postgresql.tables import alter_partition, create_table
from replayer.catalog.schema import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from replayer.catalog.postgresql.block_runner import Rows
    from replayer.catalog.schema import ObjectKind, OtherObject, Table
    from replayer.model import ServerFacts, Statement


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
        from replayer.catalog.postgresql.writer import write_catalog

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
        except UnknownRelationError as unknown:
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
        store = self._store
        was_held, store.is_held = store.is_held, True
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
        finally:
            store.is_held = was_held
        return runner.effect

    def _save(self) -> Callable[[], None]:
        return partial(self._store.go_back, self._store.mark())

    def save(self) -> int:
        """Return a point to go back to; points are kept until `commit`."""
        self._store.is_held = True
        return self._store.mark()

    def go_back(self, point: int) -> None:
        """Take back all that was done since a point; the point stays."""
        self._store.go_back(point)

    def commit(self) -> None:
        """Forget the points."""
        self._store.is_held = False

    def _apply(self, asked: PostgresStatement, sql: str) -> None:  # noqa: C901, PLR0912 - one case for each class
        store = self._store
        if isinstance(asked, AlterTable):
            alter_table(store, asked)
        elif isinstance(asked, CreateTable):
            create_table(store, asked)
        elif isinstance(asked, AlterPartition):
            alter_partition(store, asked)
        elif isinstance(asked, CreateIndex):
            create_index(store, asked, sql)
        elif isinstance(asked, Drop):
            drop(store, asked)
        elif isinstance(asked, RenameRelation):
            prove_known(store, asked.name)
            rename_relation(store, asked)
        elif isinstance(asked, RenameColumn):
            table = find_table(store, asked.table, if_exists=asked.if_exists)
            if table is not None:
                rename_column(store, table, asked.name, asked.to)
        elif isinstance(asked, RenameConstraint):
            table = find_table(store, asked.table, if_exists=asked.if_exists)
            if table is not None:
                rename_constraint(store, table, asked.name, asked.to)
        elif isinstance(asked, SetSchema):
            prove_known(store, asked.name)
            set_schema(store, asked)
        elif isinstance(asked, AlterIndexOption):
            alter_index(store, asked)
        elif isinstance(asked, AlterSequence):
            alter_sequence(store, asked)
        elif isinstance(asked, CreateOther):
            create_other(store, asked)
        elif isinstance(asked, AlterOther):
            alter_other(store, asked)
        elif isinstance(asked, CommentOn):
            prove_known(store, asked.name)
            comment_on(store, asked)
