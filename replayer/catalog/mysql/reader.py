"""Reads a statement of MySQL or MariaDB into what it asks of the schema.

All of the schema editor's templates and most of what people write in ``RunSQL`` is read; what is
not raises :class:`~replayer.catalog.mysql.cursor.MysqlSyntaxError`, so that a caller can call it
opaque. Nothing is applied here: that is :mod:`replayer.catalog.mysql.table`'s part.
"""

from __future__ import annotations

from replayer.catalog.mysql.alter_reader import AlterReader
from replayer.catalog.mysql.items import KEY_WORDS
from replayer.catalog.mysql.values import (
    Action,
    AddColumn,
    AddKey,
    AlterTable,
    CreateObject,
    CreateTable,
    Drop,
    DropObject,
    DropTables,
    Key,
    KeyKind,
    NotSchema,
    Part,
    RenameTables,
    SetVariables,
    StatementValue,
)

_OBJECTS = {"VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "SEQUENCE"}
_NOT_SCHEMA = {
    *("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "TRUNCATE", "CALL", "DO", "LOAD"),
    *("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "LOCK", "UNLOCK", "SHOW"),
    *("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE", "OPTIMIZE", "CHECK", "FLUSH", "USE", "VALUES"),
    *("GRANT", "REVOKE", "KILL", "REPAIR", "TABLE"),
}


def read_statement(sql: str) -> StatementValue:
    """Read one statement.

    Raises
    ------
    MysqlSyntaxError
        If it is not one of those that are known.
    """
    return _Reader(sql).statement()


class _Reader(AlterReader):
    """A recursive descent through the tokens of one statement."""

    def statement(self) -> StatementValue:
        while self.tokens[-2:-1] and self.tokens[-2].text == ";":
            del self.tokens[-2]
        first = self.next().upper
        value: StatementValue
        if first == "ALTER":
            value = self.alter()
        elif first == "CREATE":
            value = self.create()
        elif first == "DROP":
            value = self.drop()
        elif first == "RENAME":
            value = self.rename()
        elif first == "SET":
            return self.set_variables()
        elif first in _NOT_SCHEMA:
            return NotSchema(word=first)
        else:
            self.at -= 1
            raise self.fail()
        if self.token.kind != "end":
            raise self.fail()
        return value

    def set_variables(self) -> SetVariables:
        found = []
        while self.token.kind != "end":
            self.take_any("SESSION", "GLOBAL", "LOCAL")
            name = self.next().text.lower().removeprefix("@@").removeprefix("session.")
            if self.take("."):
                name = self.next().text.lower()
            if not self.take_any("=", ":="):
                return SetVariables(variables=())
            start = self.token.start
            while self.token.kind != "end" and self.token.text != ",":
                self.next()
            found.append((name, self.sql[start : self.token.start].strip()))
            self.take(",")
        return SetVariables(variables=tuple(found))

    def rename(self) -> RenameTables:
        if not self.take_any("TABLE", "TABLES"):
            raise self.fail()
        pairs: list[tuple[str, str]] = []
        while not pairs or self.take(","):
            self.if_exists()
            old = self.table_name()
            self.expect("TO")
            pairs.append((old, self.table_name()))
        return RenameTables(pairs=tuple(pairs))

    def drop(self) -> StatementValue:
        if self.take_any("INDEX", "KEY"):
            if_exists = self.if_exists()
            name = self.name()
            self.expect("ON")
            table = self.table_name()
            self.skip_options()
            part = Part.PRIMARY_KEY if name.upper() == "PRIMARY" else Part.KEY
            drop = Drop(part=part, name=name, if_exists=if_exists)
            return AlterTable(name=table, actions=(drop,))
        self.take("TEMPORARY")
        kind = self.next().upper
        if kind not in {"TABLE", "TABLES", *_OBJECTS}:
            self.at -= 1
            raise self.fail()
        if_exists = self.if_exists()
        names = [self.table_name()]
        while self.take(","):
            names.append(self.table_name())
        self.take_any("CASCADE", "RESTRICT")
        if kind in _OBJECTS:
            return DropObject(kind=kind.lower(), names=tuple(names), if_exists=if_exists)
        return DropTables(names=tuple(names), if_exists=if_exists)

    def create(self) -> StatementValue:
        or_replace = self.take("OR", "REPLACE")
        if self.take("TABLE"):
            return self.create_table(or_replace=or_replace)
        kind = KeyKind.INDEX
        word = self.take_any("UNIQUE", "FULLTEXT", "SPATIAL")
        if word:
            kind = KEY_WORDS[word]
        if self.take("INDEX"):
            return self.create_index(kind)
        while self.token.upper not in _OBJECTS:
            if self.token.upper in {"TEMPORARY", "DATABASE", "SCHEMA", "TABLE", "USER", ""} and (
                self.token.kind == "word"
            ):
                raise self.fail()
            self.next()
        return self.create_object(or_replace=or_replace)

    def create_object(self, *, or_replace: bool) -> CreateObject:
        kind = self.next().upper.lower()
        if_not_exists = self.if_not_exists()
        name, table = self.table_name(), None
        if kind == "trigger":
            if not self.take_any("BEFORE", "AFTER"):
                raise self.fail()
            self.next()
            self.expect("ON")
            table = self.table_name()
        self.at = len(self.tokens) - 1
        return CreateObject(
            kind=kind, name=name, table=table, or_replace=or_replace, if_not_exists=if_not_exists
        )

    def create_index(self, kind: KeyKind) -> AlterTable:
        if_not_exists = self.if_not_exists()
        name = self.name()
        options = self.key_type()
        self.expect("ON")
        table = self.table_name()
        parts = self.key_parts()
        options = " ".join(filter(None, [options, self.key_options()]))
        self.skip_options()
        key = Key(name=name, kind=kind, parts=parts, options=options)
        return AlterTable(name=table, actions=(AddKey(key=key, if_not_exists=if_not_exists),))

    def create_table(self, *, or_replace: bool) -> CreateTable:
        if_not_exists = self.if_not_exists()
        name = self.table_name()
        if self.take("LIKE") or self.take("(", "LIKE"):
            like = self.table_name()
            self.take(")")
            return CreateTable(
                name=name, like=like, if_not_exists=if_not_exists, or_replace=or_replace
            )
        self.expect("(")
        actions: list[Action] = []
        while not actions or self.take(","):
            actions += self.table_item() or [AddColumn(spec=self.column_spec())]
        self.expect(")")
        while self.token.kind != "end":
            self.take(",")
            option = self.table_option()
            if option is None:
                raise self.fail()
            actions += option
        return CreateTable(
            name=name, actions=tuple(actions), if_not_exists=if_not_exists, or_replace=or_replace
        )

    def alter(self) -> AlterTable:
        self.take_any("ONLINE", "IGNORE")
        self.expect("TABLE")
        if_exists = self.if_exists()
        name = self.table_name()
        actions: list[Action] = []
        first = True
        while first or self.take(","):
            first = False
            actions += self.action()
            while self.token.kind != "end" and self.token.text != ",":
                option = self.table_option()
                if option is None:
                    raise self.fail()
                actions += option
        return AlterTable(name=name, actions=tuple(actions), if_exists=if_exists)
