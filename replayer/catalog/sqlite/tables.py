"""Turns the texts of a table and its indexes in SQLite into the values that all dialects share."""

from __future__ import annotations

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
    PrimaryKey,
    QualifiedName,
    Table,
    Unique,
)
from replayer.catalog.sqlite.reader import (
    ColumnText,
    ConstraintText,
    read_parts,
    read_predicate,
    read_table,
    unquote,
    words_of,
)


def table_of(name: str, sql: str, indexes: list[str]) -> Table:
    """Return a table by its text and those of its indexes.

    Notes
    -----
    SQLite names no constraint by itself, so an unnamed one has an empty name.
    """
    text = read_table(sql)
    names = [column.name for column in text.columns]
    keys = {
        column.lower()
        for item in text.constraints
        if item.kind == "PRIMARY"
        for column in item.columns
    }
    return Table(
        name=QualifiedName("", name),
        columns=tuple(
            _column(column, is_key=column.name.lower() in keys) for column in text.columns
        ),
        constraints=tuple(_constraint(item, names) for item in text.constraints),
        indexes=tuple(_index(index) for index in indexes),
        options=text.options,
    )


def _column(column: ColumnText, *, is_key: bool) -> Column:
    identity = None
    if column.autoincrement:
        identity = Identity(kind=IdentityKind.AUTO_INCREMENT)
    return Column(
        name=column.name,
        type=column.type,
        # A key's column may hold NULL in SQLite unless it is an INTEGER PRIMARY KEY; what was told
        # is what counts.
        null=column.null and not (is_key and column.type.upper() == "INTEGER"),
        default=column.default,
        identity=identity,
        generated=None
        if column.generated is None
        else Generated(expression=column.generated, stored=column.stored),
        collation=column.collation,
    )


def _constraint(item: ConstraintText, columns: list[str]) -> Constraint:
    name = item.name or ""
    if item.kind == "PRIMARY":
        return PrimaryKey(name=name, columns=item.columns, options=item.options)
    if item.kind == "UNIQUE":
        return Unique(name=name, columns=item.columns, options=item.options)
    if item.kind == "CHECK":
        named = {unquote(word.text).lower() for word in words_of(item.expression)}
        return Check(
            name=name,
            expression=item.expression,
            columns=tuple(sorted(column for column in columns if column.lower() in named)),
            column=item.columns[0] if item.columns else None,
        )
    return ForeignKey(
        name=name,
        columns=item.columns,
        target=QualifiedName("", item.target),
        target_columns=item.target_columns,
        on_delete=item.on_delete,
        on_update=item.on_update,
        match=item.match,
        deferrable=item.deferrable,
        initially_deferred=item.initially_deferred,
    )


def _index(sql: str) -> Index:
    words = words_of(sql)
    unique = words[1].upper == "UNIQUE"
    on = next(index for index, word in enumerate(words) if word.upper == "ON")
    return Index(
        name=unquote(words[on - 1].text),
        elements=tuple(_element(part) for part in read_parts(sql)),
        unique=unique,
        predicate=read_predicate(sql),
    )


def _element(part: str) -> IndexElement:
    words = words_of(part)[:-1]
    descending = words[-1].upper == "DESC"
    if words[-1].upper in {"ASC", "DESC"}:
        words = words[:-1]
    collation = None
    if len(words) > 2 and words[-2].upper == "COLLATE":
        collation = unquote(words[-1].text)
        words = words[:-2]
    if len(words) == 1:
        return IndexElement(
            column=unquote(words[0].text), collation=collation, descending=descending
        )
    expression = part[words[0].start : words[-1].end]
    if _is_wrapped([word.text for word in words]):
        expression = expression[1:-1].strip()
    return IndexElement(expression=expression, collation=collation, descending=descending)


def _is_wrapped(words: list[str]) -> bool:
    """Whether one pair of parentheses stands around all the words."""
    depth = 0
    for place, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            return place == len(words) - 1 and words[0] == "("
    return False
