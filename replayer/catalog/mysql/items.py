"""Reads the columns, keys and constraints that stand in ``CREATE TABLE`` and ``ALTER TABLE``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from replayer.catalog.mysql.cursor import TokenCursor
from replayer.catalog.mysql.tokens import string_of
from replayer.catalog.mysql.values import (
    Action,
    AddCheck,
    AddForeignKey,
    AddKey,
    Check,
    Column,
    ColumnSpec,
    ForeignKey,
    Key,
    KeyKind,
    KeyPart,
)

_COLUMN_WORDS = {
    *("NOT", "NULL", "DEFAULT", "AUTO_INCREMENT", "UNIQUE", "PRIMARY", "KEY", "COMMENT", "COLLATE"),
    *("GENERATED", "AS", "ON", "CONSTRAINT", "CHECK", "REFERENCES", "VISIBLE", "INVISIBLE"),
    *("COLUMN_FORMAT", "STORAGE", "SRID", "REF_SYSTEM_ID", "FIRST", "AFTER", "CHARACTER"),
    *("CHARSET", "VIRTUAL", "STORED", "PERSISTENT", "ENFORCED", "SERIAL", "COMPRESSED"),
}
KEY_WORDS = {
    "INDEX": KeyKind.INDEX,
    "KEY": KeyKind.INDEX,
    "UNIQUE": KeyKind.UNIQUE,
    "FULLTEXT": KeyKind.FULLTEXT,
    "SPATIAL": KeyKind.SPATIAL,
    "PRIMARY": KeyKind.PRIMARY,
}
"""The words that begin a key."""


class ItemReader(TokenCursor):
    """Reads what a table is made of."""

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
        if upper not in KEY_WORDS:
            if start != self.at:
                raise self.fail()
            return None
        self.next()
        return [self.key(KEY_WORDS[upper], name)]

    def check(self, name: str | None) -> Check:
        """Read the rest of ``CHECK``."""
        expression = self.parenthesis()
        enforced = True
        if self.take("NOT", "ENFORCED"):
            enforced = False
        else:
            self.take("ENFORCED")
        return Check(name=name, expression=expression, enforced=enforced)

    def key(self, kind: KeyKind, name: str | None) -> AddKey:
        """Read the rest of a key, of which the kind is known."""
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
        """Read ``USING``; B-trees go without saying."""
        if self.take_any("USING", "TYPE"):
            word = self.next().upper
            return "" if word == "BTREE" else f"USING {word}"
        return ""

    def key_parts(self) -> tuple[KeyPart, ...]:
        """Read the columns and expressions of a key."""
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
        """Read what may follow a key; what is the rule anyway is left out."""
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
        """Read the rest of ``FOREIGN KEY``."""
        self.if_not_exists()
        index_name = None if self.token.text == "(" else self.name()
        columns = self.names()
        return AddForeignKey(
            foreign_key=replace(
                self.references(), name=name, columns=columns, index_name=index_name
            )
        )

    def references(self) -> ForeignKey:
        """Read ``REFERENCES``; the columns that refer are not known here."""
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
            elif token.text in {"[", "]"} or (words[-1].endswith("[") and token.kind == "number"):
                # An array of PostgreSQL: no type here, which who makes the column says.
                words[-1] += self.next().text
            elif token.kind == "word" and token.upper not in _COLUMN_WORDS:
                words.append(self.next().text)
            else:
                return " ".join(words)

    def column_spec(self) -> ColumnSpec:
        """Read a column's name and definition, up to what can't belong to it."""
        name = self.name()
        told = self.type()
        values: dict[str, Any] = {}
        spec: dict[str, Any] = {}
        checks: list[Check] = []
        while self.token.kind == "word":
            word = self.next().upper
            if word == "CONSTRAINT":
                check_name = None if self.token.upper == "CHECK" else self.name()
                self.expect("CHECK")
                checks.append(replace(self.check(check_name), column=name))
            elif word == "CHECK":
                checks.append(replace(self.check(None), column=name))
            elif word == "REFERENCES":
                self.at -= 1
                spec["references"] = replace(self.references(), columns=(name,))
            elif not (
                self.attribute(word, values)
                or self.generation(word, values)
                or self.key_or_place(word, spec)
            ):
                self.at -= 1
                break
        if "null" in values:
            spec["says_null"] = values["null"]
        column = Column(name=name, type=told, **values)
        return ColumnSpec(column=column, checks=tuple(checks), **spec)

    def attribute(self, word: str, values: dict[str, Any]) -> bool:
        """Read an attribute of a column into ``values``; False for a word that begins none."""
        if word == "NOT":
            self.expect("NULL")
            values["null"] = False
        elif word == "NULL":
            values["null"] = True
        elif word == "DEFAULT":
            values["default"] = self.default()
        elif word == "AUTO_INCREMENT":
            values["auto_increment"] = True
        elif word == "COMMENT":
            values["comment"] = self.string()
        elif word == "COLLATE":
            values["collation"] = self.collation_name()
        elif word in {"CHARACTER", "CHARSET"}:
            if word == "CHARACTER":
                self.expect("SET")
            values["charset"] = self.collation_name()
        else:
            return False
        return True

    def generation(self, word: str, values: dict[str, Any]) -> bool:
        """Read how a column comes by its value, or how it is kept."""
        if word in {"GENERATED", "AS"}:
            if word == "GENERATED":
                self.expect("ALWAYS", "AS")
            values["generated"] = self.parenthesis()
        elif word in {"STORED", "PERSISTENT"}:
            values["stored"] = True
        elif word == "ON":
            self.expect("UPDATE")
            values["on_update"] = self.default()
        elif word in {"INVISIBLE", "COMPRESSED"}:
            values["options"] = f"{values.get('options', '')} {word}".strip()
        elif word in {"SRID", "COLUMN_FORMAT", "STORAGE", "REF_SYSTEM_ID"}:
            mark = "=" if self.take("=") else " "
            option = f"{word}{mark}{self.next().text}"
            values["options"] = f"{values.get('options', '')} {option}".strip()
        else:
            return word in {"VIRTUAL", "VISIBLE"}
        return True

    def key_or_place(self, word: str, spec: dict[str, Any]) -> bool:
        """Read that a column is a key, or where it goes."""
        if word == "UNIQUE":
            self.take("KEY")
            spec["unique"] = True
        elif word in {"PRIMARY", "KEY"}:
            if word == "PRIMARY":
                self.take("KEY")
            spec["primary"] = True
        elif word == "FIRST":
            spec["first"] = True
        elif word == "AFTER":
            spec["after"] = self.name()
        else:
            return False
        return True

    def collation_name(self) -> str:
        """Read the name of a collation or character set, quoted or not."""
        self.take("=")
        return string_of(self.next().text) if self.token.kind == "string" else self.name()
