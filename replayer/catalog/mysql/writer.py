"""Writes the schema of a MySQL or MariaDB database down, in the style of Django's schema editor.

A name is left to the server only where it would choose the wanted one; each table is read back by
our own rules before it is printed, and where the short form would name or order a key in another
way, all is spelled out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from replayer.catalog.loading import loading_order
from replayer.catalog.mysql.reader import read_statement
from replayer.catalog.mysql.table import MysqlTable
from replayer.catalog.mysql.texts import (
    DEFAULT_CHARSET,
    fresh_checks,
    has_converted,
    read_again,
)
from replayer.catalog.mysql.tokens import quote_name, quote_string
from replayer.catalog.mysql.values import (
    AlterTable,
    Check,
    Column,
    CreateTable,
    ForeignKey,
    Key,
    KeyKind,
    KeyPart,
)
from replayer.catalog.refusals import CatalogError
from replayer.model import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from replayer.catalog.mysql.objects import StoredObject
    from replayer.catalog.mysql.schema import MysqlSchema

_BEFORE_TABLES = ("sequence", "function", "procedure")
_AFTER_TABLES = ("view", "trigger", "event")


def write_schema(schema: MysqlSchema, charset: str = DEFAULT_CHARSET) -> tuple[Statement, ...]:
    """Return the statements that make a schema in an empty database, in one pass.

    Parameters
    ----------
    charset
        Of the sessions that made it, and that will load these statements.

    Notes
    -----
    Sequences, functions and procedures come first, then the tables in loading order, then the
    foreign keys whose targets came later, then views, triggers and events. Views keep the order in
    which they were made, for one may read another.
    """
    found = [_object(stored) for stored in _objects(schema, _BEFORE_TABLES)]
    late: list[Statement] = []
    made: set[str] = set()
    targets = {
        name: [fk.to_table for fk in table.foreign_keys] for name, table in schema.tables.items()
    }
    for name in loading_order(targets):
        made.add(name)
        written = write_table(schema.tables[name], made, charset)
        found += [Statement(sql=sql, table=name) for sql in written.made]
        late += [Statement(sql=sql, table=name) for sql in written.late]
    found += late
    found += [_object(stored) for stored in _objects(schema, _AFTER_TABLES)]
    return tuple(found)


def _objects(schema: MysqlSchema, kinds: Iterable[str]) -> list[StoredObject]:
    return [stored for kind in kinds for stored in schema.objects.values() if stored.kind == kind]


def _object(stored: StoredObject) -> Statement:
    return Statement(sql=stored.sql, table=stored.table)


class WrittenTable(NamedTuple):
    """The statements that make one table."""

    made: tuple[str, ...]
    """``CREATE TABLE``, and ``ALTER TABLE`` for what it has no words for."""
    late: tuple[str, ...]
    """``ALTER TABLE`` for each foreign key that has to wait for its target, and for its texts."""


def write_table(table: MysqlTable, made: set[str], charset: str = DEFAULT_CHARSET) -> WrittenTable:
    """Return the statements that make one table.

    Parameters
    ----------
    table
        The table to write.
    made
        The names of the tables that are there by then, this one among them.
    charset
        Of the session.
    """
    renames = _renames(table)
    first = _before(table, renames)
    late = [fk for fk in _by_name(table.foreign_keys) if fk.to_table not in made]
    first.foreign_keys = [fk for fk in first.foreign_keys if fk.to_table in made]
    altered = (*_rename_columns(table, renames), *_alter_defaults(table))
    added = tuple(
        f"ALTER TABLE {quote_name(table.name)} ADD {_foreign_key(foreign_key)}"
        for foreign_key in late
    )
    fresh = fresh_checks(table, charset)
    if has_converted(table, charset) or (fresh and (altered or added)):
        first.checks = [check for check in first.checks if check not in fresh]
        if fresh or not (altered or added):
            added = (*added, read_again(table, fresh))
    short = WrittenTable((_TableWriter(first, late, explicit=False).statement(), *altered), added)
    if _reads_back(table, (*short.made, *short.late)):
        return short
    return WrittenTable((_TableWriter(first, late, explicit=True).statement(), *altered), added)


def _renames(table: MysqlTable) -> dict[str, str]:
    """Return the columns that get their names last, by the names which their checks remember.

    Notes
    -----
    MariaDB names a column's own check after the column and keeps that name when the column is
    renamed; no ``CREATE TABLE`` can say so. Where another column has taken the old name without
    being renamed itself, no statement can either, short of adding that column later.
    """
    if not table.rules.is_mariadb:
        return {}
    found: dict[str, str] = {}
    for check in table.checks:
        if check.column and check.made_for and check.name is None:
            found.setdefault(check.made_for, check.column)
    found = {old: new for old, new in found.items() if old != new}
    while True:
        going = {new.lower() for new in found.values()}
        staying = {name.lower() for name in table.column_names()} - going
        free = {old: new for old, new in found.items() if old.lower() not in staying}
        if len(free) == len(found):
            return free
        found = free


def _before(table: MysqlTable, renames: dict[str, str]) -> MysqlTable:
    """Return a table as it is before these columns are renamed."""
    first = table.copy()
    if renames:
        first.rename_columns({new: old for old, new in renames.items()})
    return first


def _rename_columns(table: MysqlTable, renames: dict[str, str]) -> list[str]:
    if not renames:
        return []
    actions = ", ".join(
        f"RENAME COLUMN {quote_name(old)} TO {quote_name(new)}" for old, new in renames.items()
    )
    return [f"ALTER TABLE {quote_name(table.name)} {actions}"]


def _alter_defaults(table: MysqlTable) -> Iterable[str]:
    """Yield a statement for each default that only ``ALTER COLUMN`` leaves so.

    Notes
    -----
    ``CREATE TABLE`` tells an expression too: MySQL 9.7's information_schema shows none for a text
    column whose first default is set by ``ALTER COLUMN``, until the table is altered again.
    """
    for column in table.columns:
        head = f"ALTER TABLE {quote_name(table.name)} ALTER COLUMN {quote_name(column.name)}"
        if column.no_default and column.null:
            yield f"{head} DROP DEFAULT"
        elif column.altered_default:
            yield f"{head} SET DEFAULT {column.default}"


def _reads_back(table: MysqlTable, statements: Iterable[str]) -> bool:
    """Whether these statements make the keys and checks of a table, names and order included."""
    read = MysqlTable(table.name, table.rules)
    try:
        for sql in statements:
            statement = read_statement(sql)
            if isinstance(statement, (CreateTable, AlterTable)):
                read.alter(statement.actions)
    except CatalogError:
        return False
    return [(key.name, key.kind, key.parts, key.implicit) for key in read.keys] == [
        (key.name, key.kind, key.parts, key.implicit) for key in table.keys
    ] and sorted(str(check.name) for check in read.checks) == sorted(
        str(check.name) for check in table.checks
    )


class _TableWriter:
    """Writes one table, the short way or with every key spelled out."""

    def __init__(self, table: MysqlTable, late: Iterable[ForeignKey], *, explicit: bool) -> None:
        self.table = table
        self.late = {fk.name: fk for fk in late}
        """The foreign keys that are added to the table afterwards."""
        self.explicit = explicit
        self.counted = 0
        """The checks whose name the server has counted so far."""
        primary = table.primary_key
        self.primary = None
        if primary is not None and primary.inline and len(primary.parts) == 1:
            self.primary = primary.columns[0].lower()
        self.uniques: dict[str, Key] = {}
        if not explicit:
            for key in table.keys:
                if key.kind is KeyKind.UNIQUE and key.inline and len(key.columns) == 1:
                    self.uniques.setdefault(key.columns[0].lower(), key)

    def statement(self) -> str:
        table = self.table
        items = [self.column(column) for column in table.columns]
        written = set(map(id, self.uniques.values()))
        foreign_keys = {fk.name: fk for fk in _by_name(table.foreign_keys)}
        for key in table.keys:
            if id(key) in written or (key.kind is KeyKind.PRIMARY and self.primary):
                continue
            if key.implicit and not self.explicit:
                maker = _maker(key, foreign_keys)
                if maker is not None:
                    items.append(_foreign_key(foreign_keys.pop(maker.name)))
                    continue
                if _maker(key, self.late) is not None:
                    continue
            items.append(self.key(key))
        items += [_foreign_key(foreign_key) for foreign_key in foreign_keys.values()]
        items += [self.check(check) for check in self._table_checks()]
        return f"CREATE TABLE {quote_name(table.name)} ({', '.join(items)}){self.options()}"

    def column(self, column: Column) -> str:  # noqa: C901 - a line for each attribute
        lower = column.name.lower()
        words = [quote_name(column.name), column.type]
        if column.charset:
            words.append(f"CHARACTER SET {column.charset}")
        if column.collation:
            words.append(f"COLLATE {_bare(column.collation)}")
        if column.generated is not None:
            kind = "STORED" if column.stored else "VIRTUAL"
            words.append(f"GENERATED ALWAYS AS ({column.generated}) {kind}")
        if column.auto_increment:
            words.append("AUTO_INCREMENT")
        if column.default is not None:
            words.append(f"DEFAULT {column.default}")
        if not column.null:
            words.append("NOT NULL")
        elif column.generated is None:
            words.append("NULL")
        if column.on_update:
            words.append(f"ON UPDATE {column.on_update}")
        if lower == self.primary:
            words.append("PRIMARY KEY")
        elif lower in self.uniques:
            words.append("UNIQUE")
        if column.comment:
            words.append(f"COMMENT {quote_string(column.comment)}")
        if column.options:
            words.append(column.options)
        words += [
            self.check(check)
            for check in self.table.checks
            if check.column and check.column.lower() == lower and self._stands_in_column(check)
        ]
        return " ".join(words)

    def _stands_in_column(self, check: Check) -> bool:
        """Whether a check may be written in its column: MySQL wants no other column in it."""
        if self.table.rules.is_mariadb:
            return check.name is None
        return self.table.check_columns(check) == (check.column,)

    def _table_checks(self) -> list[Check]:
        return [
            check
            for check in self.table.checks
            if check.column is None or not self._stands_in_column(check)
        ]

    def check(self, check: Check) -> str:
        text = f"CHECK ({check.expression})"
        if not check.enforced:
            text += " NOT ENFORCED"
        counted = f"{self.table.name}_chk_{self.counted + 1}"
        if check.name is None:
            return text
        if check.column and check.name == counted and not self.table.rules.is_mariadb:
            self.counted += 1
            return text
        return f"CONSTRAINT {quote_name(check.name)} {text}"

    def key(self, key: Key) -> str:
        parts = ", ".join(_part(part) for part in key.parts)
        if key.kind is KeyKind.PRIMARY:
            text = f"PRIMARY KEY ({parts})"
        elif key.kind is KeyKind.UNIQUE and not key.options:
            text = f"CONSTRAINT {quote_name(key.name or '')} UNIQUE ({parts})"
        else:
            text = f"{key.kind.value} {quote_name(key.name or '')} ({parts})"
        return f"{text} {key.options}" if key.options else text

    def options(self) -> str:
        words = []
        for name in sorted(self.table.options, key=lambda name: (name == "COMMENT", name)):
            value = self.table.options[name]
            quoted = quote_string(value) if name in {"COMMENT", "CONNECTION"} else value
            words.append(f" {name} = {quoted}")
        return "".join(words)


def _part(part: KeyPart) -> str:
    text = quote_name(part.column) if part.column is not None else f"({part.expression})"
    if part.length is not None:
        text += f"({part.length})"
    return f"{text} DESC" if part.descending else text


def _bare(collation: str) -> str:
    return collation if collation.replace("_", "").isalnum() else quote_name(collation)


def _by_name(foreign_keys: Iterable[ForeignKey]) -> list[ForeignKey]:
    return sorted(foreign_keys, key=lambda foreign_key: foreign_key.name or "")


def _maker(key: Key, foreign_keys: Mapping[str | None, ForeignKey]) -> ForeignKey | None:
    """Return the foreign key that makes the server make this key, if one does."""
    maker = foreign_keys.get(key.name)
    if maker is not None and [name.lower() for name in maker.columns] == [
        name.lower() for name in key.columns
    ]:
        return maker
    return None


def _foreign_key(foreign_key: ForeignKey) -> str:
    columns = ", ".join(map(quote_name, foreign_key.columns))
    to_columns = ", ".join(map(quote_name, foreign_key.to_columns))
    text = (
        f"CONSTRAINT {quote_name(foreign_key.name or '')} FOREIGN KEY ({columns}) "
        f"REFERENCES {quote_name(foreign_key.to_table)} ({to_columns})"
    )
    return f"{text} {foreign_key.rules}" if foreign_key.rules else text
