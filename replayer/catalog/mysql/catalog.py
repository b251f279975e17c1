"""The catalogue of MySQL and MariaDB.

:class:`MysqlCatalog` shows what :mod:`replayer.catalog.mysql.schema` keeps in the values that all
dialects share. Types are shown as the server shows them (``int`` for ``integer``, ``tinyint(1)``
for ``bool``); the dump keeps them as they were told.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from replayer.catalog.catalog import Catalog, Effect
from replayer.catalog.lexer import split_statements
from replayer.catalog.mysql import values
from replayer.catalog.mysql.cursor import MysqlSyntaxError
from replayer.catalog.mysql.rules import ServerRules
from replayer.catalog.mysql.schema import MysqlSchema
from replayer.catalog.mysql.texts import DEFAULT_CHARSET
from replayer.catalog.mysql.tokens import columns_in, open_comments
from replayer.catalog.mysql.writer import write_schema
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    ForeignKey,
    Generated,
    Identity,
    IdentityKind,
    Index,
    IndexElement,
    ObjectKind,
    OtherObject,
    PrimaryKey,
    QualifiedName,
    Table,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.catalog.mysql.objects import StoredObject
    from replayer.catalog.mysql.table import MysqlTable
    from replayer.model import ServerFacts, Statement

_DATA = {"INSERT", "UPDATE", "DELETE", "REPLACE", "TRUNCATE", "LOAD"}
_QUERIES = {"SELECT", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "WITH", "VALUES", "TABLE"}
_UNKNOWN = {"CALL", "DO"}
"""What runs a procedure or a function may change anything."""


class MysqlCatalog(Catalog):
    """What DDL leaves on a MySQL or MariaDB server.

    Parameters
    ----------
    facts
        The server: its dialect and version decide what statements do.
    database
        The name of the database, which stands in some of the server's refusals.
    charset
        The character set of the sessions that tell it statements.
    """

    def __init__(
        self, facts: ServerFacts, database: str = "default", charset: str = DEFAULT_CHARSET
    ) -> None:
        super().__init__(facts)
        self.charset = charset
        self.schema = MysqlSchema(ServerRules.of(facts), database)
        self._shown: dict[str, tuple[MysqlTable, Table]] = {}
        """The tables as they were shown last; a table that changes is another one."""

    @property
    def tables(self) -> Mapping[QualifiedName, Table]:
        """The tables, in the order in which they were made."""
        return MappingProxyType(
            {QualifiedName("", name): self._show(name) for name in self.schema.tables}
        )

    def table(self, name: str) -> Table | None:
        """Return a table by its exact name, or None."""
        return self._show(name) if name in self.schema.tables else None

    def _show(self, name: str) -> Table:
        table = self.schema.tables[name]
        shown = self._shown.get(name)
        if shown is None or shown[0] is not table:
            shown = self._shown[name] = (table, _table(table))
        return shown[1]

    @property
    def others(self) -> Mapping[tuple[ObjectKind, QualifiedName], OtherObject]:
        """Views, triggers, procedures, functions, events and sequences."""
        found = [_other(stored) for stored in self.schema.objects.values()]
        return MappingProxyType({(other.kind, other.name): other for other in found})

    def execute(self, sql: str) -> Effect:
        """Do what the server would do with one or several statements.

        Raises
        ------
        replayer.catalog.refusals.CatalogError
            When the server would refuse one of them; that statement has changed nothing.
        """
        effect = Effect.SESSION
        for text in split_statements(open_comments(sql), self.dialect):
            effect = max(effect, self._execute_one(text))
        return effect

    def _execute_one(self, sql: str) -> Effect:
        try:
            statement = self.schema.execute(sql)
        except MysqlSyntaxError:
            return Effect.OPAQUE
        if isinstance(statement, values.SetVariables):
            return Effect.SESSION
        if not isinstance(statement, values.NotSchema):
            return Effect.SCHEMA
        if statement.word in _DATA:
            return Effect.DATA
        if statement.word in _UNKNOWN:
            return Effect.OPAQUE
        return Effect.QUERY if statement.word in _QUERIES else Effect.SESSION

    def copy(self) -> MysqlCatalog:
        """Return a catalogue that knows the same, and goes its own way."""
        copied = MysqlCatalog(self.facts, charset=self.charset)
        copied.schema = self.schema.copy()
        copied._shown = dict(self._shown)
        return copied

    def statements(self) -> tuple[Statement, ...]:
        """Return the DDL that makes this schema in an empty database, in one pass."""
        return write_schema(self.schema, self.charset)


def _table(table: MysqlTable) -> Table:
    constraints: list[Constraint] = []
    indexes = []
    for key in table.keys:
        constraint = _constraint(key)
        if constraint is not None:
            constraints.append(constraint)
        else:
            indexes.append(_index(key))
    foreign_keys = sorted(table.foreign_keys, key=lambda fk: fk.name or "")
    constraints += [_foreign_key(foreign_key) for foreign_key in foreign_keys]
    names = table.column_names()
    order = {name.lower(): place for place, name in enumerate(names)}
    checks = table.checks
    if table.rules.is_mariadb:
        checks = sorted(
            checks,
            key=lambda check: (
                order[(check.column or "").lower()] if check.name is None else len(order)
            ),
        )
    else:
        checks = sorted(checks, key=lambda check: check.name or "")
    constraints += [_check(check, names) for check in checks]
    options = [f"{name}={table.options[name]}" for name in sorted(table.options)]
    return Table(
        name=QualifiedName("", table.name),
        columns=tuple(_column(column, table.rules) for column in table.columns),
        constraints=tuple(constraints),
        indexes=tuple(indexes),
        comment=table.options.get("COMMENT"),
        options=" ".join(option for option in options if not option.startswith("COMMENT=")),
    )


def _column(column: values.Column, rules: ServerRules) -> Column:
    options = [column.options] if column.options else []
    if column.charset:
        options.append(f"CHARACTER SET {column.charset}")
    if column.no_default and column.null:
        options.append("NO DEFAULT")
    if column.on_update:
        options.append(f"ON UPDATE {column.on_update}")
    collation = column.collation
    if rules.is_mariadb and column.type.lower() == "json" and collation is None:
        collation = "utf8mb4_bin"
    return Column(
        name=column.name,
        type=rules.canonical_type(column.type),
        null=column.null,
        default=column.default,
        identity=Identity(kind=IdentityKind.AUTO_INCREMENT) if column.auto_increment else None,
        generated=None
        if column.generated is None
        else Generated(expression=column.generated, stored=column.stored),
        collation=collation,
        comment=column.comment or None,
        options=" ".join(options),
    )


def _constraint(key: values.Key) -> PrimaryKey | Unique | None:
    """Return a key as a constraint; None for an index, and for what only an index can say."""
    name = key.name or ""
    if key.kind is values.KeyKind.PRIMARY:
        return PrimaryKey(name=name, columns=key.columns, options=key.options)
    if key.kind is not values.KeyKind.UNIQUE:
        return None
    if any(part.column is None or part.length or part.descending for part in key.parts):
        return None
    return Unique(name=name, columns=key.columns, options=key.options)


def _index(key: values.Key) -> Index:
    method = {
        values.KeyKind.FULLTEXT: "fulltext",
        values.KeyKind.SPATIAL: "spatial",
    }.get(key.kind, "btree")
    return Index(
        name=key.name or "",
        elements=tuple(
            IndexElement(
                column=part.column,
                expression=part.expression,
                descending=part.descending,
                length=part.length,
            )
            for part in key.parts
        ),
        unique=key.kind is values.KeyKind.UNIQUE,
        method="hash" if "USING HASH" in key.options else method,
        options=key.options,
        implicit=key.implicit,
    )


def _foreign_key(foreign_key: values.ForeignKey) -> ForeignKey:
    rules = {"DELETE": "NO ACTION", "UPDATE": "NO ACTION"}
    for rule in foreign_key.rules.split("ON ")[1:]:
        event, _, action = rule.strip().partition(" ")
        rules[event] = action
    return ForeignKey(
        name=foreign_key.name or "",
        columns=foreign_key.columns,
        target=QualifiedName("", foreign_key.to_table),
        target_columns=foreign_key.to_columns,
        on_delete=rules["DELETE"],
        on_update=rules["UPDATE"],
    )


def _check(check: values.Check, columns: list[str]) -> Check:
    return Check(
        # MariaDB's own views show a check of a column under the name that the column had.
        name=check.name or check.made_for or check.column or "",
        expression=check.expression,
        columns=tuple(sorted(columns_in(check.expression, columns))),
        enforced=check.enforced,
        column=check.column if check.name is None else None,
    )


def _other(stored: StoredObject) -> OtherObject:
    return OtherObject(
        kind=ObjectKind(stored.kind.upper()),
        name=QualifiedName("", stored.name),
        statements=(stored.sql,),
        depends=None if stored.table is None else QualifiedName("", stored.table),
    )
