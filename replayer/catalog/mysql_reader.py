"""Reads a statement of MySQL or MariaDB into what it asks of the schema.

All of the schema editor's templates and most of what people write in ``RunSQL`` is read; what is
not raises :class:`MysqlSyntaxError`, so that a caller can call it opaque. Nothing is applied here:
that is :mod:`replayer.catalog.mysql_table`'s part.
"""

from __future__ import annotations

from dataclasses import replace

from replayer.catalog.mysql_tokens import Token, name_of, string_of, tokens_of
from replayer.catalog.mysql_values import (
    Action,
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddKey,
    AlterTable,
    ChangeColumn,
    Check,
    Column,
    ColumnSpec,
    CreateObject,
    CreateTable,
    Drop,
    DropObject,
    DropTables,
    ForeignKey,
    Key,
    KeyKind,
    KeyPart,
    NotSchema,
    Part,
    Rename,
    RenameTables,
    RenameTo,
    SetDefault,
    SetEnforced,
    SetKeyOption,
    SetOption,
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
_COLUMN_WORDS = {
    *("NOT", "NULL", "DEFAULT", "AUTO_INCREMENT", "UNIQUE", "PRIMARY", "KEY", "COMMENT", "COLLATE"),
    *("GENERATED", "AS", "ON", "CONSTRAINT", "CHECK", "REFERENCES", "VISIBLE", "INVISIBLE"),
    *("COLUMN_FORMAT", "STORAGE", "SRID", "REF_SYSTEM_ID", "FIRST", "AFTER", "CHARACTER"),
    *("CHARSET", "VIRTUAL", "STORED", "PERSISTENT", "ENFORCED", "SERIAL", "COMPRESSED"),
}
_KEY_WORDS = {
    "INDEX": KeyKind.INDEX,
    "KEY": KeyKind.INDEX,
    "UNIQUE": KeyKind.UNIQUE,
    "FULLTEXT": KeyKind.FULLTEXT,
    "SPATIAL": KeyKind.SPATIAL,
    "PRIMARY": KeyKind.PRIMARY,
}
_IGNORED_OPTIONS = {"ALGORITHM", "LOCK", "AUTO_INCREMENT", "WAIT", "NOWAIT", "FORCE", "ORDER"}


class MysqlSyntaxError(ValueError):
    """A statement that this reader does not know, or that the server would refuse to read.

    Parameters
    ----------
    near
        The text where reading stopped.
    """

    def __init__(self, near: str) -> None:
        super().__init__(f"cannot read the statement near {near[:80]!r}")
        self.near = near


def read_statement(sql: str) -> StatementValue:
    """Read one statement.

    Raises
    ------
    MysqlSyntaxError
        If it is not one of those that are known.
    """
    return _Reader(sql).statement()


class _Reader:
    """A recursive descent through the tokens of one statement."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.tokens = tokens_of(sql)
        self.at = 0

    # The tokens.

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def fail(self) -> MysqlSyntaxError:
        return MysqlSyntaxError(self.sql[self.token.start :])

    def next(self) -> Token:
        token = self.tokens[self.at]
        if token.kind == "end":
            raise self.fail()
        self.at += 1
        return token

    def take(self, word: str, *more: str) -> bool:
        """Step over these words if they come next."""
        tokens, at = self.tokens, self.at
        if tokens[at].upper != word:
            return False
        if more:
            if at + len(more) >= len(tokens):
                return False
            for offset, following in enumerate(more, 1):
                if tokens[at + offset].upper != following:
                    return False
        self.at = at + 1 + len(more)
        return True

    def take_any(self, *words: str) -> str:
        """Step over one of these words; return it, or nothing."""
        upper = self.token.upper
        if upper and upper in words:
            self.at += 1
            return upper
        return ""

    def expect(self, *words: str) -> None:
        for word in words:
            if not self.take(word):
                raise self.fail()

    def name(self) -> str:
        if self.token.kind not in {"quoted", "word"}:
            raise self.fail()
        return name_of(self.next())

    def table_name(self) -> str:
        """Read a name; a database before it is left out."""
        name = self.name()
        return self.name() if self.take(".") else name

    def string(self) -> str:
        if self.token.kind != "string":
            raise self.fail()
        value = string_of(self.next().text)
        while self.token.kind == "string":
            value += string_of(self.next().text)
        return value

    def names(self) -> tuple[str, ...]:
        self.expect("(")
        names = [self.name()]
        while self.take(","):
            names.append(self.name())
        self.expect(")")
        return tuple(names)

    def parenthesis(self) -> str:
        """Read from a parenthesis to its end; return what is inside, as it was told."""
        self.expect("(")
        start, depth = self.token.start, 1
        while True:
            token = self.next()
            depth += (token.upper == "(") - (token.upper == ")")
            if not depth:
                return self.sql[start : token.start].strip()

    # Statements.

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

    def if_exists(self) -> bool:
        return self.take("IF", "EXISTS")

    def if_not_exists(self) -> bool:
        return self.take("IF", "NOT", "EXISTS")

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
            kind = _KEY_WORDS[word]
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

    # What ALTER TABLE does.

    def action(self) -> list[Action]:
        word = self.token.upper
        method = {
            "ADD": self.action_add,
            "DROP": self.action_drop,
            "MODIFY": self.action_change,
            "CHANGE": self.action_change,
            "ALTER": self.action_alter,
            "RENAME": self.action_rename,
        }.get(word)
        if method is None:
            option = self.table_option()
            if option is None:
                raise self.fail()
            return option
        self.next()
        return method()

    def action_add(self) -> list[Action]:
        item = self.table_item()
        if item:
            return item
        self.take("COLUMN")
        if_not_exists = self.if_not_exists()
        if self.take("("):
            actions: list[Action] = []
            while not actions or self.take(","):
                actions += self.table_item() or [AddColumn(spec=self.column_spec())]
            self.expect(")")
            return actions
        return [AddColumn(spec=self.column_spec(), if_not_exists=if_not_exists)]

    def action_drop(self) -> list[Action]:
        if self.take("PRIMARY", "KEY"):
            return [Drop(part=Part.PRIMARY_KEY, name="PRIMARY")]
        word = self.take_any("COLUMN", "INDEX", "KEY", "CHECK", "CONSTRAINT", "FOREIGN")
        if word == "FOREIGN":
            self.expect("KEY")
            part = Part.FOREIGN_KEY
        else:
            part = {
                "INDEX": Part.KEY,
                "KEY": Part.KEY,
                "CHECK": Part.CHECK,
                "CONSTRAINT": Part.CONSTRAINT,
            }.get(word, Part.COLUMN)
        if_exists = self.if_exists()
        name = self.name()
        if part is Part.COLUMN:
            self.take_any("CASCADE", "RESTRICT")
        if part is Part.KEY and name.upper() == "PRIMARY":
            part = Part.PRIMARY_KEY
        return [Drop(part=part, name=name, if_exists=if_exists)]

    def action_change(self) -> list[Action]:
        word = self.tokens[self.at - 1].upper
        self.take("COLUMN")
        if_exists = self.if_exists()
        old = self.name() if word == "CHANGE" else name_of(self.token)
        return [ChangeColumn(old=old, spec=self.column_spec(), if_exists=if_exists)]

    def action_alter(self) -> list[Action]:
        if self.take_any("CHECK", "CONSTRAINT"):
            name = self.name()
            enforced = not self.take("NOT")
            self.expect("ENFORCED")
            return [SetEnforced(name=name, enforced=enforced)]
        if self.take_any("INDEX", "KEY"):
            self.if_exists()
            name = self.name()
            return [SetKeyOption(name=name, option=" ".join(self.words()))]
        self.take("COLUMN")
        self.if_exists()
        name = self.name()
        if self.take("DROP", "DEFAULT"):
            return [SetDefault(column=name, default=None)]
        self.expect("SET", "DEFAULT")
        return [SetDefault(column=name, default=self.default())]

    def words(self) -> list[str]:
        """Read words until a comma or the end."""
        found = []
        while self.token.kind == "word":
            found.append(self.next().upper)
        return found

    def action_rename(self) -> list[Action]:
        if self.take("COLUMN"):
            self.if_exists()
            part = Part.COLUMN
        elif self.take_any("INDEX", "KEY"):
            self.if_exists()
            part = Part.KEY
        else:
            self.take_any("TO", "AS", "=")
            return [RenameTo(new=self.table_name())]
        old = self.name()
        self.expect("TO")
        return [Rename(part=part, old=old, new=self.name())]

    def table_option(self) -> list[Action] | None:
        """Read one option of a table; None if none comes next."""
        token = self.token
        if token.kind != "word":
            return None
        if token.upper in {"PARTITION", "SELECT", "AS", "IGNORE", "DISCARD", "IMPORT", "REMOVE"}:
            return None
        self.next()
        if token.upper == "FORCE":
            return []
        if token.upper in {"ENABLE", "DISABLE"}:
            self.expect("KEYS")
            return []
        if token.upper == "CONVERT":
            self.expect("TO")
            if not self.take("CHARSET"):
                self.expect("CHARACTER", "SET")
            options: list[Action] = [SetOption(name="CONVERT", value=self.name())]
            if self.take("COLLATE"):
                options.append(SetOption(name="COLLATE", value=self.name()))
            return options
        if token.upper == "DEFAULT":
            token = self.next()
        name = token.upper
        if name == "CHARACTER":
            self.expect("SET")
            name = "CHARSET"
        elif name in {"DATA", "INDEX"}:
            self.expect("DIRECTORY")
        self.take("=")
        if name == "ORDER":
            self.expect("BY")
            self.names() if self.token.text == "(" else self.name()
            return []
        value = self.string() if self.token.kind == "string" else self.next().text.strip("`")
        if name in _IGNORED_OPTIONS:
            return []
        return [SetOption(name=name, value=value)]

    # Keys and constraints.

    def table_item(self) -> list[Action] | None:
        """Read a key or constraint of a table; None if a column comes next."""
        start, name = self.at, None
        if self.token.kind != "word":
            return None
        if self.take("CONSTRAINT"):
            self.if_not_exists()
            if self.token.upper not in {"CHECK", "PRIMARY", "UNIQUE", "FOREIGN"} or (
                self.token.kind == "quoted"
            ):
                name = self.name()
        if self.take("CHECK"):
            if self.token.text != "(":
                self.at = start
                return None
            return [AddCheck(check=self.check(name))]
        if self.take("FOREIGN", "KEY"):
            return [self.foreign_key(name)]
        upper = self.token.upper
        if upper not in _KEY_WORDS:
            if start != self.at:
                raise self.fail()
            return None
        self.next()
        return [self.key(_KEY_WORDS[upper], name)]

    def check(self, name: str | None) -> Check:
        expression = self.parenthesis()
        enforced = True
        if self.take("NOT", "ENFORCED"):
            enforced = False
        else:
            self.take("ENFORCED")
        return Check(name=name, expression=expression, enforced=enforced)

    def key(self, kind: KeyKind, name: str | None) -> AddKey:
        if kind is KeyKind.PRIMARY:
            self.expect("KEY")
        elif kind is not KeyKind.INDEX:
            self.take_any("INDEX", "KEY")
        if_not_exists = self.if_not_exists()
        if self.token.text != "(" and self.token.upper != "USING":
            name = self.name()
        options = self.key_type()
        parts = self.key_parts()
        options = " ".join(filter(None, [options, self.key_options()]))
        name = "PRIMARY" if kind is KeyKind.PRIMARY else name
        key = Key(name=name, kind=kind, parts=parts, options=options)
        return AddKey(key=key, if_not_exists=if_not_exists)

    def key_type(self) -> str:
        if self.take_any("USING", "TYPE"):
            word = self.next().upper
            return "" if word == "BTREE" else f"USING {word}"
        return ""

    def key_parts(self) -> tuple[KeyPart, ...]:
        self.expect("(")
        parts: list[KeyPart] = []
        while not parts or self.take(","):
            if self.token.text == "(":
                part = KeyPart(expression=self.parenthesis())
            else:
                part = KeyPart(column=self.name())
                if self.take("("):
                    part = replace(part, length=int(self.next().text))
                    self.expect(")")
            if self.take_any("ASC", "DESC") == "DESC":
                part = replace(part, descending=True)
            parts.append(part)
        self.expect(")")
        return tuple(parts)

    def key_options(self) -> str:
        found: list[str] = []
        while True:
            start = self.token.start
            word = self.take_any(
                *("COMMENT", "VISIBLE", "INVISIBLE", "IGNORED", "USING", "KEY_BLOCK_SIZE"),
                "WITH",
            )
            if not word:
                return " ".join(found)
            if word == "WITH":
                self.expect("PARSER")
                self.name()
            elif word in {"COMMENT", "KEY_BLOCK_SIZE"}:
                self.take("=")
                self.next()
            elif word == "USING":
                self.next()
                continue
            if word != "VISIBLE":
                found.append(self.sql[start : self.tokens[self.at - 1].end])

    def skip_options(self) -> None:
        """Read past ``ALGORITHM = ...`` and ``LOCK = ...``, which leave no trace."""
        while self.take_any("ALGORITHM", "LOCK"):
            self.take("=")
            self.next()

    def foreign_key(self, name: str | None) -> AddForeignKey:
        self.if_not_exists()
        index_name = None if self.token.text == "(" else self.name()
        columns = self.names()
        return AddForeignKey(
            foreign_key=replace(
                self.references(), name=name, columns=columns, index_name=index_name
            )
        )

    def references(self) -> ForeignKey:
        self.expect("REFERENCES")
        table = self.table_name()
        columns = self.names() if self.token.text == "(" else ()
        rules = []
        if self.take("MATCH"):
            self.next()
        while self.take("ON"):
            event = self.next().upper
            action = self.next().upper
            if action in {"SET", "NO"}:
                action += " " + self.next().upper
            # Both are what the server does without them, and SHOW CREATE TABLE leaves them out.
            if action not in {"NO ACTION", "RESTRICT"}:
                rules.append(f"ON {event} {action}")
        return ForeignKey(
            name=None,
            columns=(),
            to_table=table,
            to_columns=columns,
            rules=" ".join(sorted(rules)),
        )

    # Columns.

    def default(self) -> str:
        """Read what follows ``DEFAULT``, as it was told."""
        start = self.token.start
        if self.token.text == "(":
            self.parenthesis()
        else:
            self.take_any("+", "-")
            self.next()
            if self.token.text == "(":
                self.parenthesis()
        return self.sql[start : self.tokens[self.at - 1].end]

    def type(self) -> str:
        """Read a column's type, up to its first attribute."""
        if self.token.kind != "word":
            raise self.fail()
        words = [self.next().text]
        while True:
            token = self.token
            if token.text == "(":
                start = token.start
                self.parenthesis()
                words[-1] += self.sql[start : self.tokens[self.at - 1].end]
            elif token.kind == "word" and token.upper not in _COLUMN_WORDS:
                words.append(self.next().text)
            else:
                return " ".join(words)

    def column_spec(self) -> ColumnSpec:
        name = self.name()
        told = self.type()
        values: dict[str, object] = {}
        null = says_null = None
        options: list[str] = []
        unique = primary = first = False
        checks: list[Check] = []
        after = references = None
        while self.token.kind == "word":
            word = self.next().upper
            if word == "NOT":
                self.expect("NULL")
                null = False
            elif word == "NULL":
                null = says_null = True
            elif word == "DEFAULT":
                values["default"] = self.default()
            elif word == "AUTO_INCREMENT":
                values["auto_increment"] = True
            elif word == "UNIQUE":
                self.take("KEY")
                unique = True
            elif word in {"PRIMARY", "KEY"}:
                if word == "PRIMARY":
                    self.take("KEY")
                primary = True
            elif word == "COMMENT":
                values["comment"] = self.string()
            elif word == "COLLATE":
                values["collation"] = self.collation_name()
            elif word in {"CHARACTER", "CHARSET"}:
                if word == "CHARACTER":
                    self.expect("SET")
                values["charset"] = self.collation_name()
            elif word in {"GENERATED", "AS"}:
                if word == "GENERATED":
                    self.expect("ALWAYS", "AS")
                values["generated"] = self.parenthesis()
            elif word in {"STORED", "PERSISTENT"}:
                values["stored"] = True
            elif word == "VIRTUAL":
                continue
            elif word == "ON":
                self.expect("UPDATE")
                values["on_update"] = self.default()
            elif word == "CONSTRAINT":
                check_name = None if self.token.upper == "CHECK" else self.name()
                self.expect("CHECK")
                checks.append(replace(self.check(check_name), column=name))
            elif word == "CHECK":
                checks.append(replace(self.check(None), column=name))
            elif word == "REFERENCES":
                self.at -= 1
                references = replace(self.references(), columns=(name,))
            elif word == "FIRST":
                first = True
            elif word == "AFTER":
                after = self.name()
            elif word in {"INVISIBLE", "COMPRESSED"}:
                options.append(word)
            elif word in {"SRID", "COLUMN_FORMAT", "STORAGE"}:
                options.append(f"{word} {self.next().text}")
            elif word == "REF_SYSTEM_ID":
                self.expect("=")
                options.append(f"REF_SYSTEM_ID={self.next().text}")
            elif word != "VISIBLE":
                self.at -= 1
                break
        column = Column(
            name=name,
            type=told,
            null=null is not False,
            options=" ".join(options),
            **values,  # type: ignore[arg-type]
        )
        return ColumnSpec(
            column=column,
            unique=unique,
            primary=primary,
            checks=tuple(checks),
            references=references,
            says_null=bool(says_null),
            first=first,
            after=after,
        )

    def collation_name(self) -> str:
        self.take("=")
        return string_of(self.next().text) if self.token.kind == "string" else self.name()
