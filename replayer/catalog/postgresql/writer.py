"""Writes a PostgreSQL catalogue down: the compact DDL that makes the same schema, names included.

A name is written only where the server would choose another one by itself. What is made here is
read back by the same catalogue in the tests, and by real servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.lexer import Words, quote, quote_string
from replayer.catalog.postgresql.columns import written
from replayer.catalog.postgresql.constraints import is_same_key, supporting_index
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.postgresql.expressions import names_in
from replayer.catalog.postgresql.naming import addition, index_columns, object_name
from replayer.catalog.postgresql.store import VIEWS
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
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
_ROUTINES = {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.AGGREGATE}
_LOOSE = {
    *("AND", "OR", "NOT", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR", "COLLATE", "AT"),
    *("ISNULL", "NOTNULL"),
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
        found = [Statement(sql=sql) for item in early for sql in _made(item)]
        made: set[QualifiedName] = set()
        postponed: list[tuple[Table, Constraint]] = []
        for table in _in_order(self.tables.values()):
            made.add(table.name)
            now, after = self._parted(table, made)
            postponed += [(table, item) for item in after]
            found += [Statement(sql=sql, table=str(table.name)) for sql in self._table(table, now)]
        for table, constraint in postponed:
            sql = f"ALTER TABLE {written(table.name)} ADD {self.constraint(table, constraint)}"
            if not getattr(constraint, "validated", True):
                sql += " NOT VALID"
            found.append(Statement(sql=sql, table=str(table.name)))
            found += _constraint_comment(table, constraint)
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
            found += [Statement(sql=sql, table=table_name) for sql in _made(item)]
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
            is_needed = item.kind in _ROUTINES and own in needed
            (early if item.kind in _EARLY or is_needed else late).append(item)
        return early, _by_need(late)

    def _needed_names(self) -> set[str]:
        """Return all names that stand in the expressions of tables."""
        if not any(item.kind in _ROUTINES for item in self.others):
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
            yield from _index(table, index)
        yield from _comments(table, constraints)

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
            text += f" COLLATE {_collation(column.collation)}"
        if default is not None:
            text += f" DEFAULT {_default(default)}"
        text += " NULL" if column.null else " NOT NULL"
        text = " ".join([text, *constraints]) + last
        where = f"ALTER TABLE {written(table.name)} ALTER COLUMN {quote(column.name)}"
        after += [f"{where} {option}" for option in column.options.split("\n") if option]
        return before, text, after

    def constraint(self, table: Table, item: Constraint, *, inline: bool = False) -> str:
        """Write a constraint, without its name where the server would choose the same."""
        named = "" if self._is_usual(table, item) else f"CONSTRAINT {quote(item.name)} "
        return named + _body(item, inline=inline) + _attributes(item)

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


def _body(item: Constraint, *, inline: bool) -> str:
    """Write what a constraint says."""
    if isinstance(item, Check):
        return f"CHECK ({item.expression})" + (" NO INHERIT" if item.no_inherit else "")
    if isinstance(item, ForeignKey):
        text = f"FOREIGN KEY ({_names(item.columns)}) REFERENCES {written(item.target)}"
        text += f" ({_names(item.target_columns)})" if item.target_columns else ""
        text += f" MATCH {item.match}" if item.match != "SIMPLE" else ""
        text += f" ON DELETE {item.on_delete}" if item.on_delete != "NO ACTION" else ""
        return text + (f" ON UPDATE {item.on_update}" if item.on_update != "NO ACTION" else "")
    if isinstance(item, Exclusion):
        return f"EXCLUDE USING {item.method} ({', '.join(_element(one) for one in item.elements)})"
    if isinstance(item, PrimaryKey):
        text = "PRIMARY KEY"
    else:
        text = "UNIQUE" + ("" if item.nulls_distinct else " NULLS NOT DISTINCT")
    return text if inline else f"{text} ({_names(item.columns)})"


def _attributes(item: Constraint) -> str:
    """Write what stands behind a constraint."""
    text = ""
    if not isinstance(item, (Check, ForeignKey)):
        text += f" INCLUDE ({_names(item.include)})" if item.include else ""
        text += f" {item.options}" if item.options else ""
    if isinstance(item, Exclusion) and item.predicate is not None:
        text += f" WHERE ({item.predicate})"
    if isinstance(item, Check):
        return text + ("" if item.enforced else " NOT ENFORCED")
    text += " DEFERRABLE" if item.deferrable else ""
    return text + (" INITIALLY DEFERRED" if item.initially_deferred else "")


def _names(names: Iterable[str]) -> str:
    return ", ".join(quote(name) for name in names)


def _collation(name: str) -> str:
    schema, dot, own = name.rpartition(".")
    return f"{quote(schema)}.{quote(own)}" if dot and schema else quote(name)


def _default(text: str) -> str:
    """Put parentheses around a default that could run into what stands behind it."""
    depth = 0
    for at, word in enumerate(Words(text).uppers):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word in _LOOSE and (at or word == "NOT"):
            return f"({text})"
    return text


def _element(item: IndexElement) -> str:
    text = quote(item.column) if item.column is not None else f"({item.expression})"
    text += f" COLLATE {_collation(item.collation)}" if item.collation is not None else ""
    text += f" {item.opclass}" if item.opclass is not None else ""
    text += " DESC" if item.descending else ""
    if item.nulls_first is not None:
        text += " NULLS FIRST" if item.nulls_first else " NULLS LAST"
    return text + (f" WITH {item.operator}" if item.operator is not None else "")


def _index(table: Table, index: Index) -> Iterable[str]:
    """Write an index, and what was altered on it."""
    unique = "UNIQUE " if index.unique else ""
    using = "" if index.method == "btree" else f" USING {index.method}"
    elements = ", ".join(_element(item) for item in index.elements)
    text = f"CREATE {unique}INDEX {quote(index.name)} ON {written(table.name)}{using} ({elements})"
    text += f" INCLUDE ({_names(index.include)})" if index.include else ""
    text += "" if index.nulls_distinct else " NULLS NOT DISTINCT"
    options, *alterations = index.options.split("\n")
    text += f" {options}" if options else ""
    yield text + (f" WHERE {index.predicate}" if index.predicate is not None else "")
    name = written(QualifiedName(table.name.schema, index.name))
    for alteration in alterations:
        yield f"ALTER INDEX {name} {alteration}"
    if index.comment is not None:
        yield f"COMMENT ON INDEX {name} IS {quote_string(index.comment)}"


def _comments(table: Table, constraints: Iterable[Constraint]) -> Iterable[str]:
    name = written(table.name)
    if table.comment is not None:
        yield f"COMMENT ON TABLE {name} IS {quote_string(table.comment)}"
    for column in table.columns:
        if column.comment is not None:
            what = f"{name}.{quote(column.name)}"
            yield f"COMMENT ON COLUMN {what} IS {quote_string(column.comment)}"
    for item in constraints:
        yield from (statement.sql for statement in _constraint_comment(table, item))


def _constraint_comment(table: Table, item: Constraint) -> list[Statement]:
    if item.comment is None:
        return []
    what = f"{quote(item.name)} ON {written(table.name)}"
    sql = f"COMMENT ON CONSTRAINT {what} IS {quote_string(item.comment)}"
    return [Statement(sql=sql, table=str(table.name))]


def _made(item: OtherObject) -> list[str]:
    """Write an object that is kept as text; an owned sequence gets its owner later."""
    texts = [text.rstrip().rstrip(";").rstrip() for text in item.statements]
    if item.kind is ObjectKind.SEQUENCE and item.depends is not None:
        texts = texts[:-1]
    if item.comment is not None:
        texts.append(
            f"COMMENT ON {item.kind.value} {_target(item)} IS {quote_string(item.comment)}"
        )
    return texts


def _target(item: OtherObject) -> str:
    if item.depends is not None and item.kind is not ObjectKind.SEQUENCE:
        own = item.name.name.removesuffix(f" ON {item.depends.name}")
        return f"{quote(own)} ON {written(item.depends)}"
    own, paren, types = item.name.name.partition("(")
    return written(QualifiedName(item.name.schema, own)) + paren + types


def _in_order(tables: Iterable[Table]) -> list[Table]:
    """Order tables so that most foreign keys point back; those of a cycle cannot all."""
    waiting = {table.name: table for table in tables}
    found: list[Table] = []
    state: dict[QualifiedName, int] = {}
    for name, table in waiting.items():
        stack = [(name, iter(_targets(table)))] if name not in state else []
        state.setdefault(name, 1)
        while stack:
            current, targets = stack[-1]
            for target in targets:
                if target in waiting and target not in state:
                    state[target] = 1
                    stack.append((target, iter(_targets(waiting[target]))))
                    break
            else:
                found.append(waiting[current])
                stack.pop()
    return found


def _targets(table: Table) -> list[QualifiedName]:
    # A partition may draw its default from the sequence of the table that it is part of.
    parents = [] if table.partition is None else [table.partition.parent]
    return [*parents, *(key.target for key in table.foreign_keys)]


def _by_need(items: list[OtherObject]) -> list[OtherObject]:
    """Order objects so that each stands behind those that its text names."""
    names = {item.name.name.partition("(")[0] for item in items if item.kind in _ROUTINES}
    names |= {item.name.name for item in items if item.kind in VIEWS}
    found: list[OtherObject] = []
    waiting = list(items)
    while waiting:
        open_names = {
            item.name.name.partition("(")[0]
            for item in waiting
            if item.kind in _ROUTINES or item.kind in VIEWS
        } & names
        ready = [
            item
            for item in waiting
            if not (
                (names_in(item.statements[0]) & open_names) - {item.name.name.partition("(")[0]}
            )
        ]
        taken = ready or waiting[:1]
        found += taken
        waiting = [item for item in waiting if item not in taken]
    return found
