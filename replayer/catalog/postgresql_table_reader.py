"""Reads ``CREATE TABLE`` and ``ALTER TABLE`` of PostgreSQL: columns, constraints, actions.

Source: PostgreSQL, src/backend/parser/gram.y; the templates of
django/db/backends/postgresql/schema.py and django/contrib/postgres (4.2 to 6.1).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql_cursor import Cursor, UnreadableError
from replayer.catalog.postgresql_statements import (
    Action,
    AddColumn,
    AddConstraint,
    AddIdentity,
    AlterConstraint,
    AlterPartition,
    AlterTable,
    ColumnSpec,
    CreateTable,
    CreateTableAs,
    DropColumn,
    DropConstraint,
    DropExpression,
    DropIdentity,
    Like,
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
from replayer.catalog.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    IdentityKind,
    Partition,
    PrimaryKey,
    Unique,
)

if TYPE_CHECKING:
    from replayer.catalog.schema import QualifiedName

_SERIALS = {
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "serial2": "smallint",
}
_COLUMN_STOPS = frozenset(
    {
        *("NOT", "NULL", "DEFAULT", "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES"),
        *("GENERATED", "COLLATE", "DEFERRABLE", "INITIALLY"),
    }
)
_TABLE_CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"}
_LIKED = {
    *("COMMENTS", "COMPRESSION", "CONSTRAINTS", "DEFAULTS", "GENERATED", "IDENTITY", "INDEXES"),
    *("STATISTICS", "STORAGE"),
}
_ROWS = re.compile(r"\s+WITH\s+(?:NO\s+)?DATA\Z", re.IGNORECASE)
_UNKEPT = {"OWNER", "CLUSTER", "VALIDATE"}


def read_create_table(cursor: Cursor, *, temporary: bool, unlogged: bool) -> PostgresStatement:
    """Read what stands behind ``CREATE TABLE``."""
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.qualified()
    if cursor.take("PARTITION", "OF"):
        return _read_partition(cursor, name, if_not_exists=if_not_exists, unlogged=unlogged)
    if cursor.next != "(" or _sees_names(cursor):
        if temporary:
            return Plain(effect=Effect.SESSION, makes=name)
        return _read_as(cursor, name, if_not_exists=if_not_exists, unlogged=unlogged)
    cursor.expect("(")
    like = _read_like(cursor) if cursor.next == "LIKE" else None
    columns: list[ColumnSpec] = []
    constraints: list[Constraint] = []
    if like is not None and cursor.next != ")":
        cursor.expect(",")
    while cursor.next != ")":
        if cursor.next in _TABLE_CONSTRAINTS:
            constraints.append(read_table_constraint(cursor)[0])
        elif cursor.next == "LIKE":
            raise UnreadableError("LIKE")
        else:
            spec = read_column(cursor)
            columns.append(spec)
            constraints += spec.constraints
        if not cursor.take(","):
            break
    cursor.expect(")")
    options = "UNLOGGED" if unlogged else ""
    rest = cursor.rest().rstrip("; ")
    if " AS " in f" {rest.upper()} " and "SELECT" in rest.upper():
        raise UnreadableError("CREATE TABLE AS")
    return CreateTable(
        name=name,
        columns=tuple(columns),
        constraints=tuple(constraints),
        options=" ".join(part for part in (options, rest) if part),
        temporary=temporary,
        if_not_exists=if_not_exists,
        like=like,
    )


def _sees_names(cursor: Cursor) -> bool:
    """Whether bare names of columns come next, as before ``AS``."""
    return cursor.uppers[cursor.at + 2] in {",", ")"} and cursor.uppers[cursor.at + 1] != ")"


def _read_as(
    cursor: Cursor, name: QualifiedName, *, if_not_exists: bool, unlogged: bool
) -> PostgresStatement:
    names = cursor.names() if cursor.next == "(" else ()
    first = cursor.at
    while cursor.next not in {"", "AS"}:
        cursor.word()
    options = cursor.words.slice(first, cursor.at) if cursor.at > first else ""
    cursor.expect("AS")
    query = _ROWS.sub("", cursor.rest().rstrip("; "))
    return CreateTableAs(
        name=name,
        query=query,
        names=names,
        options=" ".join(part for part in ("UNLOGGED" if unlogged else "", options) if part),
        if_not_exists=if_not_exists,
    )


def _read_like(cursor: Cursor) -> Like:
    cursor.expect("LIKE")
    table = cursor.qualified()
    including: set[str] = set()
    while cursor.next in {"INCLUDING", "EXCLUDING"}:
        is_in = cursor.word() == "INCLUDING"
        word = cursor.word()
        words = _LIKED if word == "ALL" else {word}
        including = including | words if is_in else including - words
    return Like(table=table, including=frozenset(including))


def _read_partition(
    cursor: Cursor, name: QualifiedName, *, if_not_exists: bool, unlogged: bool
) -> CreateTable:
    parent = cursor.qualified()
    constraints: list[Constraint] = []
    if cursor.take("("):
        while cursor.next in _TABLE_CONSTRAINTS:
            constraints.append(read_table_constraint(cursor)[0])
            if not cursor.take(","):
                break
        cursor.expect(")")
    partition = Partition(parent=parent, bound=_read_bound(cursor))
    rest = cursor.rest().rstrip("; ")
    return CreateTable(
        name=name,
        columns=(),
        constraints=tuple(constraints),
        options=" ".join(part for part in ("UNLOGGED" if unlogged else "", rest) if part),
        if_not_exists=if_not_exists,
        partition=partition,
    )


def _read_bound(cursor: Cursor) -> str:
    if cursor.take("DEFAULT"):
        return "DEFAULT"
    first = cursor.at
    cursor.expect("FOR", "VALUES")
    word = cursor.word()
    if word not in {"IN", "FROM", "WITH"}:
        raise cursor.unreadable()
    cursor.skip_enclosed()
    if word == "FROM":
        cursor.expect("TO")
        cursor.skip_enclosed()
    return cursor.words.slice(first, cursor.at)


def read_column(cursor: Cursor) -> ColumnSpec:
    """Read the definition of a column."""
    name = cursor.name()
    kind = cursor.type()
    column = Column(name=name, type=kind)
    if kind in _SERIALS:
        column = Column(
            name=name,
            type=_SERIALS[kind],
            null=False,
            identity=Identity(kind=IdentityKind.SERIAL),
        )
    constraints: list[Constraint] = []
    while cursor.next not in {",", ")", "", ";"}:
        column = _read_column_part(cursor, column, constraints)
    return ColumnSpec(column=column, constraints=tuple(constraints))


def _read_column_part(  # noqa: C901 - as the grammar is
    cursor: Cursor, column: Column, constraints: list[Constraint]
) -> Column:
    """Read one constraint of a column, or one of its other parts."""
    named = cursor.name() if cursor.take("CONSTRAINT") else ""
    if cursor.take("NOT", "NULL"):
        cursor.take("NO", "INHERIT")
        return replace(column, null=False)
    if cursor.take("NULL"):
        return column
    if cursor.take("DEFAULT"):
        default = cursor.expression(_COLUMN_STOPS)
        return replace(column, default=kept_default(default, column.type))
    if cursor.take("COLLATE"):
        return replace(column, collation=cursor.collation())
    if cursor.take("GENERATED"):
        return _read_generated(cursor, column)
    if cursor.next in {"STORAGE", "COMPRESSION"}:
        text = f"SET {cursor.word()} {cursor.word()}"
        return replace(column, options=f"{column.options}\n{text}".strip())
    constraint: Constraint
    if cursor.next == "REFERENCES":
        constraint = _read_reference(cursor, named, (column.name,))
    elif cursor.take("PRIMARY", "KEY"):
        constraint = PrimaryKey(name=named, columns=(column.name,))
    elif cursor.take("UNIQUE"):
        constraint = Unique(
            name=named, columns=(column.name,), nulls_distinct=_nulls_distinct(cursor)
        )
    elif cursor.take("CHECK"):
        constraint = Check(name=named, expression=cursor.enclosed())
    else:
        raise cursor.unreadable()
    constraints.append(_read_attributes(cursor, constraint))
    return column


def kept_default(default: str | None, kind: str) -> str | None:
    """Return what the server keeps of a default: NULL only where the type has a modifier.

    Notes
    -----
    ``cookDefault`` coerces to the column's type, and drops the default if a bare NULL is left; a
    modifier's coercion is a cast that stays.
    """
    if default is None or default.upper() != "NULL":
        return default
    return "NULL" if "(" in kind else None


def _read_generated(cursor: Cursor, column: Column) -> Column:
    if cursor.take("BY", "DEFAULT"):
        kind = IdentityKind.BY_DEFAULT
    else:
        cursor.expect("ALWAYS")
        kind = IdentityKind.ALWAYS
    cursor.expect("AS")
    if cursor.take("IDENTITY"):
        return replace(column, null=False, identity=_read_identity(cursor, kind))
    expression = cursor.enclosed()
    stored = cursor.take("STORED") or (not cursor.take("VIRTUAL") and False)
    return replace(column, generated=Generated(expression=expression, stored=stored))


def _read_identity(cursor: Cursor, kind: IdentityKind) -> Identity:
    sequence = None
    options = ""
    if cursor.next == "(":
        inner = Cursor(cursor.enclosed())
        while inner.next:
            if inner.take("SEQUENCE", "NAME"):
                sequence = inner.qualified()
            else:
                options += f" {inner.word()}"
    return Identity(kind=kind, sequence=sequence, options=options.strip())


def _nulls_distinct(cursor: Cursor) -> bool:
    if cursor.take("NULLS", "NOT", "DISTINCT"):
        return False
    cursor.take("NULLS", "DISTINCT")
    return True


def read_table_constraint(cursor: Cursor) -> tuple[Constraint, str | None]:
    """Read a constraint of a table; the second is the index that ``USING INDEX`` names."""
    named = cursor.name() if cursor.take("CONSTRAINT") else ""
    constraint: Constraint
    if cursor.take("PRIMARY", "KEY"):
        if cursor.take("USING", "INDEX"):
            index = cursor.name()
            return _read_attributes(cursor, PrimaryKey(name=named, columns=())), index
        constraint = PrimaryKey(name=named, columns=cursor.names())
    elif cursor.take("UNIQUE"):
        if cursor.take("USING", "INDEX"):
            index = cursor.name()
            return _read_attributes(cursor, Unique(name=named, columns=())), index
        nulls_distinct = _nulls_distinct(cursor)
        constraint = Unique(name=named, columns=cursor.names(), nulls_distinct=nulls_distinct)
    elif cursor.take("FOREIGN", "KEY"):
        constraint = _read_reference(cursor, named, cursor.names())
    elif cursor.take("CHECK"):
        constraint = Check(name=named, expression=cursor.enclosed())
    elif cursor.take("EXCLUDE"):
        method = cursor.name() if cursor.take("USING") else "btree"
        elements = cursor.elements(with_operator=True)
        constraint = Exclusion(name=named, method=method, elements=elements)
    else:
        raise cursor.unreadable()
    return _read_attributes(cursor, constraint), None


def _read_reference(cursor: Cursor, name: str, columns: tuple[str, ...]) -> ForeignKey:
    cursor.expect("REFERENCES")
    target = cursor.qualified()
    target_columns = cursor.names() if cursor.next == "(" else ()
    found = ForeignKey(name=name, columns=columns, target=target, target_columns=target_columns)
    while True:
        if cursor.take("MATCH"):
            found = replace(found, match=cursor.word())
        elif cursor.take("ON", "DELETE"):
            found = replace(found, on_delete=_read_reaction(cursor))
        elif cursor.take("ON", "UPDATE"):
            found = replace(found, on_update=_read_reaction(cursor))
        else:
            return found


def _read_reaction(cursor: Cursor) -> str:
    first = cursor.word()
    if first in {"NO", "SET"}:
        first += f" {cursor.word()}"
    if cursor.next == "(":
        first += f" ({cursor.enclosed()})"
    return first


def _read_attributes(  # noqa: C901, PLR0912 - as the grammar is
    cursor: Cursor, constraint: Constraint
) -> Constraint:
    """Read what may stand behind a constraint."""
    changes: dict[str, object] = {}
    options: list[str] = []
    while True:
        if cursor.take("INCLUDE"):
            changes["include"] = cursor.names()
        elif cursor.sees("WITH", "("):
            cursor.word()
            options.append(f"WITH ({cursor.enclosed()})")
        elif cursor.take("USING", "INDEX", "TABLESPACE"):
            options.append(f"USING INDEX TABLESPACE {cursor.texts[cursor.at]}")
            cursor.name()
        elif isinstance(constraint, Exclusion) and cursor.take("WHERE"):
            changes["predicate"] = cursor.enclosed()
        elif cursor.take("NOT", "DEFERRABLE"):
            changes["deferrable"] = False
        elif cursor.take("DEFERRABLE"):
            changes["deferrable"] = True
        elif cursor.take("INITIALLY", "DEFERRED"):
            changes["deferrable"] = changes["initially_deferred"] = True
        elif cursor.take("INITIALLY", "IMMEDIATE"):
            pass
        elif cursor.take("NOT", "VALID"):
            changes["validated"] = False
        elif isinstance(constraint, Check) and cursor.take("NO", "INHERIT"):
            changes["no_inherit"] = True
        elif cursor.take("NOT", "ENFORCED"):
            changes["enforced"] = False
        elif not cursor.take("ENFORCED"):
            break
    if options:
        changes["options"] = " ".join(options)
    if not changes:
        return constraint
    try:
        return replace(constraint, **changes)  # type: ignore[arg-type]
    except TypeError as error:  # an attribute that this kind of constraint cannot have
        raise UnreadableError(str(error)) from error


def read_alter_table(cursor: Cursor, kind: str) -> PostgresStatement:
    """Read what stands behind ``ALTER TABLE``, ``ALTER VIEW`` and their like."""
    if_exists = cursor.take("IF", "EXISTS")
    only = cursor.take("ONLY")
    name = cursor.qualified()
    cursor.take("*")
    if cursor.take("ATTACH", "PARTITION"):
        child = cursor.qualified()
        bound = _read_bound(cursor)
        return AlterPartition(table=name, name=child, bound=bound, if_exists=if_exists)
    if cursor.take("DETACH", "PARTITION"):
        child = cursor.qualified()
        return AlterPartition(table=name, name=child, bound=None, if_exists=if_exists)
    if cursor.take("RENAME"):
        return _read_rename(cursor, kind, name, if_exists=if_exists)
    if cursor.take("SET", "SCHEMA"):
        return SetSchema(kind=kind, name=name, schema=_schema(cursor), if_exists=if_exists)
    actions: list[Action] = []
    while cursor.next not in {"", ";"}:
        actions += read_action(cursor)
        if not cursor.take(","):
            break
    cursor.end()
    return AlterTable(name=name, actions=tuple(actions), if_exists=if_exists, only=only)


def _schema(cursor: Cursor) -> str:
    name = cursor.name()
    return "" if name == "public" else name


def _read_rename(
    cursor: Cursor, kind: str, name: QualifiedName, *, if_exists: bool
) -> PostgresStatement:
    if cursor.take("TO"):
        return RenameRelation(kind=kind, name=name, to=cursor.name(), if_exists=if_exists)
    if cursor.take("CONSTRAINT"):
        old = cursor.name()
        cursor.expect("TO")
        return RenameConstraint(table=name, name=old, to=cursor.name(), if_exists=if_exists)
    cursor.take("COLUMN")
    old = cursor.name()
    cursor.expect("TO")
    return RenameColumn(table=name, name=old, to=cursor.name(), if_exists=if_exists)


def read_action(cursor: Cursor) -> list[Action]:
    """Read one action of ``ALTER TABLE``."""
    if cursor.take("ADD"):
        return [_read_add(cursor)]
    if cursor.take("DROP"):
        return [_read_drop(cursor)]
    if cursor.take("ALTER", "CONSTRAINT"):
        name = cursor.name()
        found = _read_attributes(cursor, Unique(name=name, columns=()))
        assert isinstance(found, Unique)  # noqa: S101 - _read_attributes keeps the class
        return [
            AlterConstraint(
                name=name,
                deferrable=found.deferrable,
                initially_deferred=found.initially_deferred,
            )
        ]
    if cursor.take("ALTER"):
        cursor.take("COLUMN")
        return _read_alter_column(cursor, cursor.name())
    if cursor.take("VALIDATE", "CONSTRAINT"):
        return [ValidateConstraint(name=cursor.name())]
    first = cursor.next
    text = cursor.expression()
    return [SetOption(text=text, keep=first not in _UNKEPT)]


def _read_add(cursor: Cursor) -> Action:
    if cursor.next in _TABLE_CONSTRAINTS:
        constraint, index = read_table_constraint(cursor)
        return AddConstraint(constraint=constraint, using_index=index)
    cursor.take("COLUMN")
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    return AddColumn(spec=read_column(cursor), if_not_exists=if_not_exists)


def _read_drop(cursor: Cursor) -> Action:
    constraint = cursor.take("CONSTRAINT")
    if not constraint:
        cursor.take("COLUMN")
    if_exists = cursor.take("IF", "EXISTS")
    name = cursor.name()
    cascade = cursor.take("CASCADE")
    cursor.take("RESTRICT")
    if constraint:
        return DropConstraint(name=name, if_exists=if_exists, cascade=cascade)
    return DropColumn(name=name, if_exists=if_exists, cascade=cascade)


def _read_alter_column(  # noqa: C901, PLR0912 - as the grammar is
    cursor: Cursor, column: str
) -> list[Action]:
    if cursor.take("SET", "DEFAULT"):
        return [SetDefault(column=column, default=cursor.expression())]
    if cursor.take("DROP", "DEFAULT"):
        return [SetDefault(column=column, default=None)]
    if cursor.take("SET", "NOT", "NULL"):
        return [SetNull(column=column, null=False)]
    if cursor.take("DROP", "NOT", "NULL"):
        return [SetNull(column=column, null=True)]
    if cursor.take("TYPE") or cursor.take("SET", "DATA", "TYPE"):
        kind = cursor.type()
        collation = cursor.collation() if cursor.take("COLLATE") else None
        if cursor.take("USING"):
            cursor.expression()
        return [SetType(column=column, type=kind, collation=collation)]
    if cursor.take("DROP", "IDENTITY"):
        return [DropIdentity(column=column, if_exists=cursor.take("IF", "EXISTS"))]
    if cursor.take("DROP", "EXPRESSION"):
        return [DropExpression(column=column, if_exists=cursor.take("IF", "EXISTS"))]
    if cursor.take("SET", "EXPRESSION", "AS"):
        return [SetExpression(column=column, expression=cursor.enclosed())]
    if cursor.take("ADD", "GENERATED"):
        found = _read_generated(cursor, Column(name=column, type=""))
        if found.identity is None:
            raise cursor.unreadable()
        return [AddIdentity(column=column, identity=found.identity)]
    if cursor.take("SET", "GENERATED"):
        always = cursor.take("ALWAYS")
        if not always:
            cursor.expect("BY", "DEFAULT")
        kind_of = IdentityKind.ALWAYS if always else IdentityKind.BY_DEFAULT
        return [SetIdentity(column=column, identity=Identity(kind=kind_of))]
    if cursor.sees("RESTART"):
        cursor.expression()
        return []
    return [SetColumnOption(column=column, text=cursor.expression())]
