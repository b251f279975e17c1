"""The query of a view: which columns of which tables it reads, and where in its text.

Servers keep a view parsed. So a ``*`` means the columns that were there when the view was made, a
column's rename changes what is read and not what the view's own column is called, and a name that
the query gives itself (``SUM(credit) AS amount``) needs no column of that name.

Source: PostgreSQL 15, src/backend/parser/parse_target.c (``ExpandColumnRefStar``),
src/backend/rewrite/rewriteDefine.c; MySQL 8.4 Reference Manual, 15.1.23, "CREATE VIEW Statement".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from replayer.catalog.lexer import quote
from replayer.catalog.mysql.tokens import quote_name
from replayer.catalog.schema import QualifiedName
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Columns = Callable[[QualifiedName], Sequence[str] | None]
    """The columns of a table, or None where no table of that name is known."""
    Node = Any
    """What sqlglot makes of a query: expressions and scopes, which it types by halves."""

_TAIL = re.compile(
    r"(?:\s+WITH\s+(?:(?:CASCADED|LOCAL)\s+)?CHECK\s+OPTION|\s+WITH\s+(?:NO\s+)?DATA)?[\s;]*\Z",
    re.IGNORECASE,
)


class Read(NamedTuple):
    """A column that a query reads, at one place."""

    table: QualifiedName
    column: str
    start: int
    """Where the column's name begins in the query, from 0; below it for a ``*``."""
    end: int
    """Where it has ended."""
    names_result: bool
    """Whether the column of the result bears this name because no other was given."""


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """A query, without the clauses behind it that belong to ``CREATE VIEW``."""

    text: str
    dialect: Dialect

    def reads(self, columns: Columns) -> tuple[Read, ...] | None:
        """Return what the query reads of known tables, or None where its text is not understood."""
        scopes = _scopes(self._body(), self.dialect)
        if scopes is None:
            return None
        found: dict[int, list[Read]] = {}
        for scope in scopes:
            sources = _sources(scope, self.dialect)
            for item in getattr(scope.expression, "expressions", ()):
                if _is_star(item):
                    of = name_of(item.args.get("table"), self.dialect)
                    found[id(item)] = [
                        Read(table, name, -1, -1, names_result=False)
                        for source, table in sources.items()
                        if table is not None and of in {"", source}
                        for name in columns(table) or ()
                    ]
            for join in scope.expression.args.get("joins") or ():
                found[id(join)] = [
                    Read(table, known, -1, -1, names_result=False)
                    for name in join.args.get("using") or ()
                    for table, known in self._meant(_column(name), sources, columns)
                ]
                if (join.args.get("method") or "").upper() == "NATURAL":
                    found[id(join)] = _common(sources, columns)
            for column in scope.columns:
                if id(column) not in found and not _is_of_result(column):
                    read = [
                        Read(table, name, *place, _names_result(column))
                        for table, name in self._meant(column, sources, columns)
                        if (place := _place(column.this)) is not None
                    ]
                    if read:
                        found[id(column)] = read
        return tuple(read for reads in found.values() for read in reads)

    def tables(self) -> frozenset[QualifiedName] | None:
        """Return the tables and views that the query reads, or None where it is not understood."""
        scopes = _scopes(self._body(), self.dialect)
        if scopes is None:
            return None
        return frozenset(
            table
            for scope in scopes
            for table in _sources(scope, self.dialect).values()
            if table is not None
        )

    def _meant(
        self, column: Node, sources: dict[str, QualifiedName | None], columns: Columns
    ) -> Iterator[tuple[QualifiedName, str]]:
        """Yield the columns of tables of this scope that a name in it may mean."""
        name = name_of(column.this, self.dialect)
        of = name_of(column.args.get("table"), self.dialect)
        for source, table in sources.items():
            if table is None or of not in {"", source}:
                continue
            for known in columns(table) or ():
                if known == name or (self.dialect is not Dialect.POSTGRESQL and _same(known, name)):
                    yield table, known

    def renamed(self, columns: Columns, table: QualifiedName, old: str, new: str) -> str | None:
        """Return the query after a rename of a column, which was not carried out yet.

        Returns
        -------
        The query, whose own result has the names that it had; None where it is not understood.
        """
        reads = self.reads(columns)
        if reads is None:
            return None
        text = self.text
        for read in sorted(reads, key=lambda read: read.start, reverse=True):
            if (read.table, read.column) == (table, old) and read.start >= 0:
                alias = f" AS {self._quoted(old)}" if read.names_result else ""
                text = f"{text[: read.start]}{self._quoted(new)}{alias}{text[read.end :]}"
        return text

    def expanded(self, columns: Columns) -> str:
        """Return the query with the columns that each ``*`` stands for, where they are known."""
        if "*" not in self.text:
            return self.text
        scopes = _scopes(self._body(), self.dialect)
        edits: list[tuple[int, int, str]] = []
        for scope in scopes or ():
            for item in getattr(scope.expression, "expressions", ()):
                listed = self._listed(scope, item, columns) if _is_star(item) else None
                places = [_place(part) for part in item.walk() if "start" in part.meta]
                spans = [place for place in places if place is not None]
                if listed is None or not spans:
                    continue
                text = ", ".join(
                    f"{self._quoted(source)}.{self._quoted(name)}" for source, name in listed
                )
                edits.append((min(start for start, _ in spans), max(end for _, end in spans), text))
        text = self.text
        for start, end, names in sorted(edits, reverse=True):
            text = f"{text[:start]}{names}{text[end:]}"
        return text

    def _listed(self, scope: Node, item: Node, columns: Columns) -> list[tuple[str, str]] | None:
        """Return the columns that a star stands for, each with its source; None if not known."""
        of = name_of(item.args.get("table"), self.dialect)
        select = scope.expression
        joins = select.args.get("joins") or ()
        if not of and any(join.args.get("using") or join.args.get("method") for join in joins):
            return None  # such a star has the common columns once, and first
        source = select.args.get("from_") or select.args.get("from")
        found: list[tuple[str, str]] = []
        for one in [source, *joins] if source is not None else []:
            alias = one.this.args.get("alias")
            name = name_of(alias.this if alias is not None else one.this.this, self.dialect)
            if of not in {"", name}:
                continue
            names = self._columns_of(scope, one.this, columns)
            if names is None:
                return None
            found += [(name, column) for column in names]
        return found or None

    def _columns_of(self, scope: Node, source: Node, columns: Columns) -> Sequence[str] | None:
        from sqlglot import exp

        told = self._told(source)
        if told:
            return told
        _, meant = scope.selected_sources.get(source.alias_or_name, (None, None))
        if isinstance(meant, exp.Table):
            return columns(relation_of(meant, self.dialect))
        if meant is None or not isinstance(meant.expression, exp.Select):
            return None
        names = self._told(meant.expression.parent)
        if names:
            return names
        for item in meant.expression.expressions:
            if _is_star(item):
                listed = self._listed(meant, item, columns)
                if listed is None:
                    return None
                names += [name for _, name in listed]
            elif item.output_name:
                named = item.args.get("alias") or item.this
                names.append(
                    name_of(named, self.dialect)
                    if isinstance(named, exp.Identifier)
                    else item.output_name
                )
            else:
                return None
        return names

    def _told(self, source: Node) -> list[str]:
        """Return the names that an alias gives the columns: ``q (x, y)``."""
        alias = source.args.get("alias") if source is not None else None
        columns = alias.args.get("columns") if alias is not None else None
        return [name_of(column, self.dialect) for column in columns or ()]

    def _body(self) -> str:
        found = _TAIL.search(self.text)
        return self.text[: found.start()] if found else self.text

    def _quoted(self, name: str) -> str:
        return quote(name) if self.dialect is Dialect.POSTGRESQL else quote_name(name)


_READ_AS = {Dialect.POSTGRESQL: "postgres", Dialect.MYSQL: "mysql", Dialect.MARIADB: "mysql"}


@lru_cache(maxsize=256)
def _scopes(query: str, dialect: Dialect) -> tuple[Node, ...] | None:
    """Return sqlglot's scopes, inner ones first, or None where it does not read the query."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    try:
        tree = sqlglot.parse_one(query, read=_READ_AS[dialect])
        if not isinstance(tree, exp.Query):
            return None
        # Places came to sqlglot after 26; without them nothing can be said.
        if not any(_place(name) for name in tree.find_all(exp.Identifier)):
            return None
        return tuple(traverse_scope(tree))
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None


def _sources(scope: Node, dialect: Dialect) -> dict[str, QualifiedName | None]:
    """Return what a scope reads from, by the names in it; None for what is no table."""
    from sqlglot import exp

    found: dict[str, QualifiedName | None] = {}
    for node, source in scope.selected_sources.values():
        alias = node.args.get("alias")
        own = alias.this if alias is not None and alias.this is not None else node.this
        name = name_of(own, dialect) if isinstance(own, exp.Identifier) else node.alias_or_name
        found[name] = relation_of(source, dialect) if isinstance(source, exp.Table) else None
    return found


def _common(sources: dict[str, QualifiedName | None], columns: Columns) -> list[Read]:
    """Return the columns that more than one table has: those of ``NATURAL JOIN``."""
    held = [(table, name) for table in sources.values() if table for name in columns(table) or ()]
    names = [name for _, name in held]
    return [
        Read(table, name, -1, -1, names_result=False)
        for table, name in held
        if names.count(name) > 1
    ]


def relation_of(table: Node, dialect: Dialect) -> QualifiedName:
    """Return the table that sqlglot's ``exp.Table`` names."""
    schema = name_of(table.args.get("db"), dialect)
    return QualifiedName("" if schema == "public" else schema, name_of(table.this, dialect))


def name_of(identifier: Node, dialect: Dialect) -> str:
    """Return the name that sqlglot's ``exp.Identifier`` stands for; nothing for None."""
    if identifier is None:
        return ""
    text = str(identifier.this)
    is_folded = dialect is Dialect.POSTGRESQL and not identifier.args.get("quoted")
    return text.lower() if is_folded else text


def _is_star(item: Node) -> bool:
    from sqlglot import exp

    return isinstance(item, exp.Star) or (
        isinstance(item, exp.Column) and isinstance(item.this, exp.Star)
    )


def _column(name: Node) -> Node:
    """Return the column that a name of ``USING`` stands for, as bare as it."""
    from sqlglot import exp

    return name if isinstance(name, exp.Column) else exp.Column(this=name.copy())


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _place(node: Node) -> tuple[int, int] | None:
    start = node.meta.get("start")
    return None if start is None else (start, node.meta["end"] + 1)


def _names_result(column: Node) -> bool:
    from sqlglot import exp

    return isinstance(column.parent, exp.Select) and column.arg_key == "expressions"


def _is_of_result(column: Node) -> bool:
    """Whether ``ORDER BY`` means a column of the result, which comes before those of tables."""
    from sqlglot import exp

    order = column.find_ancestor(exp.Order, exp.Select)
    if not isinstance(order, exp.Order) or column.args.get("table") is not None:
        return False
    query = order.parent
    return (
        isinstance(column.parent, exp.Ordered)
        and isinstance(query, exp.Query)
        and any(isinstance(item, exp.Alias) and item.alias == column.name for item in query.selects)
    )
