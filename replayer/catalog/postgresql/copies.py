"""Tables of PostgreSQL that are made after others: ``CREATE TABLE AS``, ``LIKE``.

Source: PostgreSQL 15, src/backend/commands/createas.c, src/backend/parser/parse_utilcmd.c
(``transformTableLikeClause``, ``expandTableLikeClause``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from replayer.catalog.lexer import quote_string
from replayer.catalog.postgresql.constraints import add_constraint
from replayer.catalog.postgresql.cursor import Cursor, canonical_type
from replayer.catalog.postgresql.keys import add_index
from replayer.catalog.postgresql.naming import written
from replayer.catalog.schema import Check, Column, ForeignKey, IdentityKind, QualifiedName
from replayer.catalog.view_query import name_of, relation_of
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.catalog.postgresql.statements import CreateTableAs, Like
    from replayer.catalog.postgresql.store import Store
    from replayer.catalog.schema import Table


def columns_of_query(store: Store, asked: CreateTableAs) -> tuple[Column, ...] | None:
    """Return the columns of a query's result, or None where only the server knows them.

    Notes
    -----
    Known are columns of tables, stars and casts. All may be NULL, and none has a default.
    """
    import sqlglot
    from sqlglot import exp

    try:
        query = sqlglot.parse_one(asked.query, read="postgres")
    except sqlglot.errors.SqlglotError:
        return None
    query = query.unnest()
    if not isinstance(query, exp.Select) or query.args.get("with_") or query.args.get("with"):
        return None
    tables = _tables(store, query)
    if tables is None:
        return None
    found: list[Column] = []
    for item in query.expressions:
        columns = _projected(item, tables)
        if columns is None:
            return None
        found += columns
    if len(asked.names) > len(found):
        return None
    names = (*asked.names, *(column.name for column in found[len(asked.names) :]))
    return tuple(replace(one, name=name) for one, name in zip(found, names, strict=True))


def _tables(store: Store, query: Any) -> dict[str, Table] | None:  # noqa: ANN401 - sqlglot's
    """Return what the query reads, by the names under which it does."""
    from sqlglot import exp

    source = query.args.get("from_") or query.args.get("from")
    items = [] if source is None else [source.this]
    for join in query.args.get("joins") or ():
        if join.args.get("using") or join.args.get("method"):
            return None  # its star has the common columns once
        items.append(join.this)
    found: dict[str, Table] = {}
    for item in items:
        if not isinstance(item, exp.Table) or not isinstance(item.this, exp.Identifier):
            return None
        key = relation_of(item, Dialect.POSTGRESQL)
        table = store.tables.get(key)
        if table is None:
            return None
        alias = item.args.get("alias")
        found[name_of(alias.this, Dialect.POSTGRESQL) if alias is not None else key.name] = table
    return found


def _projected(item: Any, tables: dict[str, Table]) -> list[Column] | None:  # noqa: ANN401
    from sqlglot import exp

    alias = ""
    if isinstance(item, exp.Alias):
        alias, item = name_of(item.args["alias"], Dialect.POSTGRESQL), item.this
    if isinstance(item, exp.Star):
        return [_bare(column) for table in tables.values() for column in table.columns]
    if isinstance(item, exp.Cast) and type(item) is exp.Cast:
        own = (
            name_of(item.this.this, Dialect.POSTGRESQL) if isinstance(item.this, exp.Column) else ""
        )
        name = alias or own
        kind = Cursor(item.to.sql("postgres")).type()
        return [Column(name=name, type=canonical_type(kind))] if name else None
    if not isinstance(item, exp.Column):
        return None
    of = name_of(item.args.get("table"), Dialect.POSTGRESQL)
    chosen = [table for name, table in tables.items() if of in {"", name}]
    if isinstance(item.this, exp.Star):
        return [_bare(column) for table in chosen for column in table.columns]
    own = name_of(item.this, Dialect.POSTGRESQL)
    columns = [column for table in chosen if (column := table.column(own)) is not None]
    if len(columns) != 1:
        return None
    return [replace(_bare(columns[0]), name=alias or own)]


def _bare(column: Column) -> Column:
    return Column(name=column.name, type=column.type, collation=column.collation)


def liked_columns(like: Like, source: Table) -> Iterator[Column]:
    """Yield the columns that ``LIKE`` copies."""
    for column in source.columns:
        made = replace(_bare(column), null=column.null)
        if column.generated is not None:
            if "GENERATED" in like.including:
                made = replace(made, generated=column.generated)
        elif column.identity is not None and column.identity.kind is not IdentityKind.SERIAL:
            if "IDENTITY" in like.including:
                made = replace(made, identity=replace(column.identity, sequence=None))
        elif "DEFAULTS" in like.including:
            made = replace(made, default=_default(column))
        if "COMMENTS" in like.including:
            made = replace(made, comment=column.comment)
        kept = [
            text
            for text in column.options.split("\n")
            if len(text.split()) > 1 and text.split()[1].upper() in like.including
        ]
        yield replace(made, options="\n".join(kept))


def _default(column: Column) -> str | None:
    identity = column.identity
    if identity is None or identity.sequence is None:
        return column.default
    return f"nextval({quote_string(written(identity.sequence))}::regclass)"


def give_liked(store: Store, name: QualifiedName, like: Like, source: Table) -> None:
    """Give a new table the checks, keys and indexes that ``LIKE`` includes."""
    told = {} if "COMMENTS" in like.including else {"comment": None}
    for item in source.constraints:
        if isinstance(item, Check):
            if "CONSTRAINTS" in like.including:
                add_constraint(store, store.tables[name], replace(item, **told))  # type: ignore[arg-type]
        elif not isinstance(item, ForeignKey) and "INDEXES" in like.including:
            add_constraint(store, store.tables[name], replace(item, name="", **told))  # type: ignore[arg-type]
    for index in source.indexes:
        if "INDEXES" in like.including:
            add_index(store, store.tables[name], replace(index, name="", **told))  # type: ignore[arg-type]
