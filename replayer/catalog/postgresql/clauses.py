"""The parts of which PostgreSQL's DDL is written: constraints, indexes, comments, kept texts.

A name that the server would choose by itself is left to `writer`, which knows the whole schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.lexer import Words, quote, quote_string
from replayer.catalog.postgresql.naming import written
from replayer.catalog.schema import (
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    IndexElement,
    ObjectKind,
    OtherObject,
    PrimaryKey,
    QualifiedName,
    Table,
)
from replayer.model import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOSE = {
    *("AND", "OR", "NOT", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR", "COLLATE", "AT"),
    *("ISNULL", "NOTNULL"),
}


def constraint_body(item: Constraint, *, inline: bool) -> str:
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


def constraint_attributes(item: Constraint) -> str:
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


def collation_name(name: str) -> str:
    """Write the name of a collation, quoted."""
    schema, dot, own = name.rpartition(".")
    return f"{quote(schema)}.{quote(own)}" if dot and schema else quote(name)


def default_clause(text: str) -> str:
    """Put parentheses around a default that could run into what stands behind it."""
    depth = 0
    for at, word in enumerate(Words(text).uppers):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word in _LOOSE and (at or word == "NOT"):
            return f"({text})"
    return text


def _element(item: IndexElement) -> str:
    text = quote(item.column) if item.column is not None else f"({item.expression})"
    text += f" COLLATE {collation_name(item.collation)}" if item.collation is not None else ""
    text += f" {item.opclass}" if item.opclass is not None else ""
    text += " DESC" if item.descending else ""
    if item.nulls_first is not None:
        text += " NULLS FIRST" if item.nulls_first else " NULLS LAST"
    return text + (f" WITH {item.operator}" if item.operator is not None else "")


def index_statements(table: Table, index: Index) -> Iterable[str]:
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


def comment_statements(table: Table, constraints: Iterable[Constraint]) -> Iterable[str]:
    """Write the comments of a table, of its columns and of these constraints."""
    name = written(table.name)
    if table.comment is not None:
        yield f"COMMENT ON TABLE {name} IS {quote_string(table.comment)}"
    for column in table.columns:
        if column.comment is not None:
            what = f"{name}.{quote(column.name)}"
            yield f"COMMENT ON COLUMN {what} IS {quote_string(column.comment)}"
    for item in constraints:
        yield from (statement.sql for statement in constraint_comment(table, item))


def constraint_comment(table: Table, item: Constraint) -> list[Statement]:
    """Write a constraint's comment, if it has one."""
    if item.comment is None:
        return []
    what = f"{quote(item.name)} ON {written(table.name)}"
    sql = f"COMMENT ON CONSTRAINT {what} IS {quote_string(item.comment)}"
    return [Statement(sql=sql, table=str(table.name))]


def object_statements(item: OtherObject) -> list[str]:
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
