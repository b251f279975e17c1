"""Writes a PostgreSQL catalogue down: the compact DDL that makes the same schema, names included.

A name is written only where the server would choose another one by itself. What is made here is
read back by the same catalogue in the tests, and by real servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.lexer import quote, quote_string
from replayer.catalog.postgresql.clauses import (
    collation_name,
    comment_statements,
    constraint_attributes,
    constraint_body,
    constraint_comment,
    default_clause,
    index_statements,
    object_statements,
)
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.postgresql.expressions import names_in
from replayer.catalog.postgresql.foreign_keys import supporting_index
from replayer.catalog.postgresql.keys import is_same_key
from replayer.catalog.postgresql.loading import objects_in_order, tables_in_order
from replayer.catalog.postgresql.naming import addition, index_columns, object_name, written
from replayer.catalog.postgresql.object_reader import ROUTINES
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    IdentityKind,
    ObjectKind,
    OtherObject,
    PrimaryKey,
    QualifiedName,
    Table,
    Unique,
)
from replayer.model import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.catalog.postgresql.catalog import PostgresCatalog

_FIRST = (ObjectKind.SCHEMA, ObjectKind.EXTENSION)
_EARLY = {
    *(ObjectKind.COLLATION, ObjectKind.TYPE, ObjectKind.DOMAIN, ObjectKind.SERVER),
    *(ObjectKind.TEXT_SEARCH_CONFIGURATION, ObjectKind.TEXT_SEARCH_DICTIONARY),
    ObjectKind.SEQUENCE,
}
_SERIALS = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}


def write_catalog(catalog: PostgresCatalog) -> tuple[Statement, ...]:
    """Return the DDL of a whole catalogue, in an order in which it loads."""
    return tuple(_Writer(catalog).write())


class _Writer:
    """Writes one catalogue."""

    def __init__(self, catalog: PostgresCatalog) -> None:
        self.tables = catalog.tables
        self.others = tuple(catalog.others.values())
        self.counts: dict[QualifiedName, int] = {}
        for table in self.tables.values():
            for constraint in table.constraints:
                name = QualifiedName(table.name.schema, constraint.name)
                self.counts[name] = self.counts.get(name, 0) + 1

    def write(self) -> list[Statement]:
        early, late = self._divided()
        found = [Statement(sql=sql) for item in early for sql in object_statements(item)]
        made: set[QualifiedName] = set()
        postponed: list[tuple[Table, Constraint]] = []
        for table in tables_in_order(self.tables.values()):
            made.add(table.name)
            now, after = self._parted(table, made)
            postponed += [(table, item) for item in after]
            found += [Statement(sql=sql, table=str(table.name)) for sql in self._table(table, now)]
        for table, constraint in postponed:
            sql = f"ALTER TABLE {written(table.name)} ADD {self.constraint(table, constraint)}"
            if not getattr(constraint, "validated", True):
                sql += " NOT VALID"
            found.append(Statement(sql=sql, table=str(table.name)))
            found += constraint_comment(table, constraint)
        for table in self.tables.values():
            if table.partition is not None:
                parent, bound = written(table.partition.parent), table.partition.bound
                sql = f"ALTER TABLE {parent} ATTACH PARTITION {written(table.name)} {bound}"
                found.append(Statement(sql=sql, table=str(table.name)))
        for item in early:
            if item.kind is ObjectKind.SEQUENCE and item.depends is not None:
                found.append(Statement(sql=item.statements[-1], table=str(item.depends)))
        for item in late:
            table_name = None if item.depends is None else str(item.depends)
            found += [Statement(sql=sql, table=table_name) for sql in object_statements(item)]
        return found

    def _divided(self) -> tuple[list[OtherObject], list[OtherObject]]:
        """Divide the objects into those before and those after the tables."""
        needed = self._needed_names()
        early = [item for kind in _FIRST for item in self.others if item.kind is kind]
        late: list[OtherObject] = []
        for item in self.others:
            if item.kind in _FIRST:
                continue
            own = item.name.name.partition("(")[0]
            is_needed = item.kind in ROUTINES and own in needed
            (early if item.kind in _EARLY or is_needed else late).append(item)
        return early, objects_in_order(late)

    def _needed_names(self) -> set[str]:
        """Return all names that stand in the expressions of tables."""
        if not any(item.kind in ROUTINES for item in self.others):
            return set()
        texts: set[str] = set()
        for table in self.tables.values():
            for column in table.columns:
                texts.add(column.default or "")
                texts.add(column.generated.expression if column.generated else "")
            for index in table.indexes:
                texts.update(item.expression or "" for item in index.elements)
                texts.add(index.predicate or "")
            texts.update(item.expression for item in table.constraints if isinstance(item, Check))
        return {name for text in texts for name in names_in(text)}

    def _parted(
        self, table: Table, made: set[QualifiedName]
    ) -> tuple[list[Constraint], list[Constraint]]:
        """Part the constraints into those told with the table and those told later."""
        now: list[Constraint] = []
        after: list[Constraint] = []
        for item in table.constraints:
            is_late = not getattr(item, "validated", True)
            if isinstance(item, ForeignKey):
                target = self.tables.get(item.target)
                is_late = is_late or item.target not in made or target is None
                if target is table:
                    support = supporting_index(table, item.target_columns)
                    is_late = is_late or support not in {one.name for one in table.constraints}
            elif not isinstance(item, Check):
                is_late = any(is_same_key(one, item) or is_same_key(item, one) for one in now)
            (after if is_late else now).append(item)
        return now, after

    def _table(self, table: Table, constraints: list[Constraint]) -> Iterable[str]:
        """Write a table, its indexes and its comments."""
        name = written(table.name)
        lines: list[str] = []
        inline: dict[str, list[str]] = {}
        outer: list[str] = []
        for item in constraints:
            told_with = self._inline_column(item)
            if told_with is None:
                outer.append(self.constraint(table, item))
            else:
                inline.setdefault(told_with, []).append(self.constraint(table, item, inline=True))
        after: list[str] = []
        for column in table.columns:
            before, text, then = self._column(table, column, inline.get(column.name, []))
            yield from before
            lines.append(text)
            after += then
        options, *alterations = table.options.split("\n")
        unlogged = options.startswith("UNLOGGED")
        options = options.removeprefix("UNLOGGED").strip()
        begin = "CREATE UNLOGGED TABLE" if unlogged else "CREATE TABLE"
        yield f"{begin} {name} ({', '.join([*lines, *outer])})" + (options and f" {options}")
        yield from after
        for text in alterations:
            yield f"ALTER TABLE {name} {text}"
        for index in table.indexes:
            yield from index_statements(table, index)
        yield from comment_statements(table, constraints)

    def _inline_column(self, constraint: Constraint) -> str | None:
        """Return the column that a constraint may be told with."""
        if not isinstance(constraint, (PrimaryKey, Unique, Check)) or len(constraint.columns) != 1:
            return None
        if not isinstance(constraint, Check) and constraint.include:
            return None  # the grammar has no place for it there
        return constraint.columns[0]

    def _column(
        self, table: Table, column: Column, constraints: list[str]
    ) -> tuple[list[str], str, list[str]]:
        """Write a column, and what has to be said before and after its table."""
        before: list[str] = []
        after: list[str] = []
        kind = column.type
        default = column.default
        identity = column.identity
        last = ""
        if identity is not None and identity.sequence is not None:
            usual = object_name(table.name.name, column.name, "seq")
            is_usual = identity.sequence == QualifiedName(table.name.schema, usual)
            if identity.kind is IdentityKind.SERIAL:
                serial = _SERIALS.get(canonical_type(column.type))
                if is_usual and not identity.options and serial and not column.null:
                    kind = serial
                else:
                    sequence = written(identity.sequence)
                    drawn = identity.options or f"AS {canonical_type(column.type)}"
                    before.append(f"CREATE SEQUENCE {sequence} {drawn}")
                    default = f"nextval({quote_string(sequence)}::regclass)"
                    owner = f"{written(table.name)}.{quote(column.name)}"
                    after.append(f"ALTER SEQUENCE {sequence} OWNED BY {owner}")
            else:
                options = [] if is_usual else [f"SEQUENCE NAME {written(identity.sequence)}"]
                options += [identity.options] if identity.options else []
                last = f" GENERATED {identity.kind.value.upper()} AS IDENTITY"
                last += f" ({' '.join(options)})" if options else ""
        elif column.generated is not None:
            stored = "STORED" if column.generated.stored else "VIRTUAL"
            last = f" GENERATED ALWAYS AS ({column.generated.expression}) {stored}"
        text = f"{quote(column.name)} {kind}"
        if column.collation is not None:
            text += f" COLLATE {collation_name(column.collation)}"
        if default is not None:
            text += f" DEFAULT {default_clause(default)}"
        text += " NULL" if column.null else " NOT NULL"
        text = " ".join([text, *constraints]) + last
        where = f"ALTER TABLE {written(table.name)} ALTER COLUMN {quote(column.name)}"
        after += [f"{where} {option}" for option in column.options.split("\n") if option]
        return before, text, after

    def constraint(self, table: Table, item: Constraint, *, inline: bool = False) -> str:
        """Write a constraint, without its name where the server would choose the same."""
        named = "" if self._is_usual(table, item) else f"CONSTRAINT {quote(item.name)} "
        return named + constraint_body(item, inline=inline) + constraint_attributes(item)

    def _is_usual(self, table: Table, item: Constraint) -> bool:
        if self.counts[QualifiedName(table.name.schema, item.name)] != 1:
            return False
        own = table.name.name
        if isinstance(item, PrimaryKey):
            usual = object_name(own, "", "pkey")
        elif isinstance(item, Unique):
            usual = object_name(
                own, addition(index_columns((), (*item.columns, *item.include))), "key"
            )
        elif isinstance(item, ForeignKey):
            usual = object_name(own, addition(item.columns), "fkey")
        elif isinstance(item, Exclusion):
            middle = addition(index_columns(item.elements, item.include))
            usual = object_name(own, middle, "excl")
        else:
            middle = item.columns[0] if len(item.columns) == 1 else ""
            usual = object_name(own, middle, "check")
        return usual == item.name
