"""Let the history's schema bear the names of a real database, where content matches one to one.

What an old Django named, numbered by ``serial`` or typed by another ``DEFAULT_AUTO_FIELD`` cannot
be known from the migrations; a real database knows it.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from replayer.catalog.mysql.tokens import columns_in
from replayer.catalog.postgresql.cursor import canonical_type
from replayer.catalog.renaming import Rename, Renumber, renamed
from replayer.catalog.schema import (
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    Identity,
    IdentityKind,
    Index,
    PrimaryKey,
    QualifiedName,
    Table,
    Unique,
)
from replayer.catalog.sqlite.catalog import SqliteCatalog
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.catalog.schema import Column
    from replayer.ddl.names_file import KnownColumn, KnownName, KnownNames

_NUMBERS = frozenset({"smallint", "integer", "bigint", "int"})
_WIDTH = re.compile(r"\(\d+\)")
_CAST = re.compile(r"::\s*\"?[a-z_ ]+\"?(?:\(\d+\))?(?:\[\])?")
_WORD = re.compile(r"'(?:[^']|'')*'|\w+|[<>=!~]+")
_MYSQL_METHODS = frozenset({"fulltext", "spatial"})


class _Content(NamedTuple):
    """What a constraint or an index is, but for its name."""

    kind: str
    table: QualifiedName
    columns: tuple[str | None, ...]
    opclasses: tuple[str | None, ...] = ()
    target: str = ""
    unique: bool = False
    partial: bool = False
    method: str = ""

    def __str__(self) -> str:
        """Say it in a few words."""
        columns = ", ".join(column or "(expression)" for column in self.columns)
        return f"{self.kind} of {self.table} ({columns})"


def with_known_names(catalog: Catalog, known: KnownNames) -> tuple[Catalog, tuple[str, ...]]:
    """Return the catalogue under the database's names, and what could not be matched.

    Notes
    -----
    Matched are kind, table, columns, target, method, operator classes. Where several are alike in
    all that, those of the same name are one, then those whose expressions have the same words; of
    what is left, one on each side is a match, more than one is not. Nothing that the database lacks
    is dropped, nothing that it has more is added.
    """
    ours: dict[_Content, list[Constraint | Index]] = {}
    theirs: dict[_Content, list[KnownName]] = {}
    for name, table in catalog.tables.items():
        for item in (*table.constraints, *table.indexes):
            content = _content(name, item, catalog.dialect)
            if content is not None:
                ours.setdefault(content, []).append(item)
    for told in known.names:
        content = _known_content(told, catalog)
        if content is not None:
            theirs.setdefault(content, []).append(told)
    renames: list[Rename] = []
    notes: list[str] = []
    for content in sorted({*ours, *theirs}, key=str):
        same = {item.name for item in ours.get(content, ())}
        same &= {item.name for item in theirs.get(content, ())}
        left = [item for item in ours.get(content, ()) if item.name not in same]
        right = [item for item in theirs.get(content, ()) if item.name not in same]
        pairs = _pairs(left, right)
        renames += [Rename(table=content.table, item=mine, to=told.name) for mine, told in pairs]
        notes += _unmatched(
            content,
            [item for item in left if all(item is not mine for mine, _ in pairs)],
            [item for item in right if all(item is not told for _, told in pairs)],
        )
    renumbers, more = _renumbers(catalog, known)
    return renamed(catalog, renames, renumbers), (*notes, *more)


def _pairs(
    left: Sequence[Constraint | Index], right: Sequence[KnownName]
) -> list[tuple[Constraint | Index, KnownName]]:
    """Pair what is alike: by the words of the expressions, then what alone is left."""
    pairs: list[tuple[Constraint | Index, KnownName]] = []
    if len(left) > 1 or len(right) > 1:
        mine: dict[tuple[str, ...], list[Constraint | Index]] = {}
        theirs: dict[tuple[str, ...], list[KnownName]] = {}
        for item in left:
            mine.setdefault(_words(_expressions(item)), []).append(item)
        for told in right:
            theirs.setdefault(_words(told.definition), []).append(told)
        for words, items in mine.items():
            if len(items) == len(theirs.get(words, ())) == 1:
                pairs.append((items[0], theirs[words][0]))
    open_left = [item for item in left if all(item is not mine for mine, _ in pairs)]
    open_right = [told for told in right if all(told is not theirs for _, theirs in pairs)]
    if len(open_left) == len(open_right) == 1:
        pairs.append((open_left[0], open_right[0]))
    return pairs


def _expressions(item: Constraint | Index) -> str:
    if isinstance(item, Check):
        return item.expression
    if isinstance(item, (Index, Exclusion)):
        texts = [element.expression or "" for element in item.elements]
        return " ".join([*texts, item.predicate or ""])
    return ""


def _words(text: str) -> tuple[str, ...]:
    """Return what servers leave of an expression: its words, without casts and parentheses."""
    return tuple(sorted(_WORD.findall(_CAST.sub("", text.lower()))))


def _unmatched(
    content: _Content, left: Sequence[Constraint | Index], right: Sequence[KnownName]
) -> Iterator[str]:
    mine = ", ".join(sorted(item.name for item in left))
    theirs = ", ".join(sorted(item.name for item in right))
    if mine and theirs:
        yield f"--known-names: {content}: which of {mine} is which of {theirs} can't be told"
    elif mine:
        yield f"--known-names: {content}: the file has nothing like {mine}"
    elif theirs:
        yield f"--known-names: {content}: the history has nothing like {theirs}"


def _content(table: QualifiedName, item: Constraint | Index, dialect: Dialect) -> _Content | None:
    if dialect is Dialect.SQLITE and not isinstance(item, Index):
        return None
    is_mysql = dialect.is_mysql_like
    if isinstance(item, PrimaryKey):
        return None if is_mysql else _Content("primary key", table, item.columns)
    if isinstance(item, Unique):
        return _Content("unique", table, item.columns)
    if isinstance(item, ForeignKey):
        return _Content("foreign key", table, item.columns, target=item.target.name)
    if isinstance(item, Check):
        return None if item.column else _Content("check", table, tuple(sorted(item.columns)))
    columns = tuple(element.column for element in item.elements)
    if isinstance(item, Exclusion):
        return _Content("exclusion", table, tuple(name for name in columns if name))
    if is_mysql:
        kind = "unique" if item.unique else "index"
        method = item.method if item.method in _MYSQL_METHODS else ""
        return _Content(kind, table, columns, method=method)
    return _Content(
        "index",
        table,
        columns,
        opclasses=tuple(_own(element.opclass) for element in item.elements),
        unique=item.unique,
        partial=item.predicate is not None,
        method=item.method if dialect is Dialect.POSTGRESQL else "",
    )


def _own(opclass: str | None) -> str | None:
    """Return an operator class without its schema, its quotes and its parameters."""
    return None if opclass is None else opclass.partition("(")[0].rpartition(".")[2].strip('" ')


def _known_content(told: KnownName, catalog: Catalog) -> _Content | None:
    table = catalog.tables.get(told.table)
    if table is None:
        # A table of another program, or Django's own record of migrations.
        return None
    dialect, columns = catalog.dialect, told.columns
    if told.kind == "primary key" and dialect.is_mysql_like:
        return None
    if told.kind == "check":
        if told.definition and not columns:
            columns = columns_in(told.definition, [column.name for column in table.columns])
        named = tuple(sorted(name for name in columns if name))
        return _Content("check", told.table, named)
    if told.kind == "exclusion":
        return _Content(told.kind, told.table, tuple(name for name in columns if name))
    if told.kind == "foreign key":
        return _Content(told.kind, told.table, columns, target=told.target)
    if dialect.is_mysql_like:
        method = told.method if told.method in _MYSQL_METHODS else ""
        return _Content(told.kind, told.table, columns, method=method)
    if told.kind != "index":
        return _Content(told.kind, told.table, columns)
    is_postgresql = dialect is Dialect.POSTGRESQL
    return _Content(
        told.kind,
        told.table,
        columns,
        opclasses=told.opclasses,
        unique=told.unique,
        partial=told.partial,
        method=told.method if is_postgresql else "",
    )


def _renumbers(catalog: Catalog, known: KnownNames) -> tuple[list[Renumber], list[str]]:
    """Return the columns whose type or numbering is another one in the database."""
    found: list[Renumber] = []
    notes: list[str] = []
    if isinstance(catalog, SqliteCatalog):
        return found, notes
    for told in known.columns:
        table = catalog.tables.get(told.table)
        column = None if table is None else table.column(told.name)
        if column is None:
            continue
        kind, identity = _known_type(column, told, catalog.dialect), column.identity
        if catalog.dialect is Dialect.POSTGRESQL:
            if (identity is None) is not (told.identity is None):
                numbered = "is" if told.identity else "isn't"
                where = f"{told.table}.{told.name}"
                notes.append(f"--known-names: column {where} {numbered} numbered in the file")
            elif identity is not None:
                identity = _known_identity(identity, kind, told)
        if (kind, identity) != (column.type, column.identity):
            found.append(Renumber(table=told.table, column=told.name, type=kind, identity=identity))
    return found, notes


def _known_type(column: Column, told: KnownColumn, dialect: Dialect) -> str:
    """Return the database's type of a number; every other type is the history's to tell."""
    if dialect is Dialect.POSTGRESQL:
        mine, theirs = canonical_type(column.type), canonical_type(told.type)
    else:
        mine, theirs = (_WIDTH.sub("", text.lower()) for text in (column.type, told.type))
    if mine != theirs and {mine, theirs} <= _NUMBERS:
        return theirs
    return column.type


def _known_identity(identity: Identity, kind: str, told: KnownColumn) -> Identity:
    number = IdentityKind(told.identity)
    sequence = identity.sequence
    if told.sequence is not None:
        sequence = QualifiedName(told.table.schema, told.sequence)
    if number is not IdentityKind.SERIAL:
        options = "" if identity.kind is IdentityKind.SERIAL else identity.options
        return replace(identity, kind=number, sequence=sequence, options=options)
    drawn = told.sequence_type or kind
    options = "" if drawn == canonical_type(kind) else f"AS {drawn}"
    return Identity(kind=number, sequence=sequence, options=options)


def with_serials(catalog: Catalog, patterns: Sequence[str]) -> tuple[Catalog, tuple[str, ...]]:
    """Return the catalogue with ``serial`` in place of identity columns, and what matched none.

    Parameters
    ----------
    patterns
        ``table.column``, with the wildcards of a shell; ``*`` is every identity column.
    """
    if catalog.dialect is not Dialect.POSTGRESQL:
        return catalog, ()
    found: list[Renumber] = []
    used: set[str] = set()
    for name, table in catalog.tables.items():
        for column, identity in _identities(table):
            hit = [item for item in patterns if fnmatch.fnmatchcase(f"{name}.{column.name}", item)]
            used.update(hit)
            if hit:
                serial = Identity(kind=IdentityKind.SERIAL, sequence=identity.sequence)
                found.append(
                    Renumber(table=name, column=column.name, type=column.type, identity=serial)
                )
    notes = [
        f"--serial {pattern}: no identity column is named so"
        for pattern in patterns
        if pattern not in used
    ]
    return renamed(catalog, (), found), tuple(notes)


def _identities(table: Table) -> Iterator[tuple[Column, Identity]]:
    for column in table.columns:
        identity = column.identity
        if identity is not None and identity.kind is not IdentityKind.SERIAL:
            yield column, identity
