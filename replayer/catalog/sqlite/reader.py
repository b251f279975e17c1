"""Reads a table's own text in ``sqlite_master``: what no pragma tells.

SQLite keeps the statement that made a table as it was told, and rewrites in it what ``ALTER TABLE``
changes. The names of constraints, checks, collations, generated expressions and ``AUTOINCREMENT``
stand nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?:\s|--[^\n]*|/\*.*?\*/)*
      (?P<text>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[xX]?'(?:[^']|'')*'
        |[\w$\u0080-\uffff.]+|<>|<=|>=|!=|==|\|\||<<|>>|->>|->|.|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_STARTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}
_AFTER_TYPE = {
    *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE"),
    *("REFERENCES", "GENERATED", "AS", ",", ")"),
}


class Word(NamedTuple):
    """A token and its place."""

    text: str
    upper: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnText:
    """A column as the text defines it."""

    name: str
    type: str
    null: bool = True
    default: str | None = None
    collation: str | None = None
    generated: str | None = None
    stored: bool = False
    autoincrement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintText:
    """A constraint as the text defines it, be it in a column or beside the columns."""

    kind: str
    """``PRIMARY``, ``UNIQUE``, ``CHECK`` or ``FOREIGN``."""
    name: str | None
    columns: tuple[str, ...] = ()
    expression: str = ""
    """Of a check, without the parentheses around it."""
    target: str = ""
    target_columns: tuple[str, ...] = ()
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    match: str = "SIMPLE"
    deferrable: bool = False
    initially_deferred: bool = False
    options: str = ""
    """``ON CONFLICT IGNORE`` and its like."""


@dataclass(slots=True)
class TableText:
    """All that a table's text defines."""

    columns: list[ColumnText] = field(default_factory=list)
    constraints: list[ConstraintText] = field(default_factory=list)
    options: str = ""
    """``WITHOUT ROWID``, ``STRICT``."""


def unquote(text: str) -> str:
    """Return the name that an identifier stands for."""
    mark = text[:1]
    if mark == "[":
        return text[1:-1]
    if mark in {'"', "`", "'"}:
        return text[1:-1].replace(mark * 2, mark)
    return text


def words_of(sql: str) -> list[Word]:
    """Cut a text into words; the last one is empty."""
    found = [
        Word(match["text"], match["text"].upper(), match.start("text"), match.end("text"))
        for match in _TOKEN.finditer(sql)
    ]
    while len(found) > 1 and not found[-2].text:
        found.pop()
    return found


def read_table(sql: str) -> TableText:
    """Read the text of a table that SQLite itself has accepted."""
    return _TableReader(sql).table()


def read_parts(sql: str) -> list[str]:
    """Return the texts of the columns and expressions in the parentheses of ``CREATE INDEX``."""
    words = words_of(sql)
    depth, start = 0, -1
    parts: list[str] = []
    on = next(index for index, word in enumerate(words) if word.upper == "ON")
    for word in words[on:]:
        if word.text == "(":
            depth += 1
            if depth == 1:
                start = word.end
        elif word.text == ")":
            depth -= 1
            if depth == 0:
                return [*parts, sql[start : word.start].strip()]
        elif word.text == "," and depth == 1:
            parts.append(sql[start : word.start].strip())
            start = word.end
    return parts


def read_predicate(sql: str) -> str | None:
    """Return what follows ``WHERE`` in ``CREATE INDEX``."""
    depth = 0
    for word in words_of(sql):
        depth += (word.text == "(") - (word.text == ")")
        if depth == 0 and word.upper == "WHERE":
            return sql[word.end :].strip()
    return None


class _TableReader:
    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.words = words_of(sql)
        self.at = 0

    @property
    def word(self) -> Word:
        return self.words[self.at]

    def take(self, *uppers: str) -> bool:
        for offset, upper in enumerate(uppers):
            if self.at + offset >= len(self.words) or self.words[self.at + offset].upper != upper:
                return False
        self.at += len(uppers)
        return True

    def next(self) -> str:
        word = self.word
        if self.at < len(self.words) - 1:
            self.at += 1
        return word.text

    def name(self) -> str:
        return unquote(self.next())

    def names(self) -> tuple[str, ...]:
        """Read the names of columns in parentheses; collations and directions are left out."""
        found = []
        self.take("(")
        while self.word.text and not self.take(")"):
            found.append(self.name())
            while self.word.text not in {",", ")", ""}:
                self.next()
            self.take(",")
        return tuple(found)

    def parenthesis(self) -> str:
        """Read from a parenthesis to its end; return what is inside."""
        self.take("(")
        start, depth = self.word.start, 1
        while self.word.text:
            word = self.word
            self.next()
            depth += (word.text == "(") - (word.text == ")")
            if not depth:
                return self.sql[start : word.start].strip()
        return self.sql[start:].strip()

    def table(self) -> TableText:
        table = TableText()
        while self.word.text and self.word.text != "(":
            self.next()
        self.take("(")
        while self.word.text and self.word.text != ")":
            if self.word.upper in _STARTS:
                table.constraints += self.constraints(None)
            else:
                self.column(table)
            self.take(",")
        self.take(")")
        table.options = self.sql[self.word.start :].strip()
        return table

    def column(self, table: TableText) -> None:
        name = self.name()
        start = self.word.start
        while self.word.text and self.word.upper not in _AFTER_TYPE:
            if self.word.text == "(":
                self.parenthesis()
            else:
                self.next()
        end = self.words[self.at - 1].end
        told = " ".join(self.sql[start:end].split()) if end > start else ""
        values: dict[str, object] = {}
        while self.word.text and self.word.text not in {",", ")"}:
            if self.word.upper in _STARTS or self.word.upper == "REFERENCES":
                constraints = self.constraints(name)
                table.constraints += constraints
                if any(item.kind == "PRIMARY" for item in constraints) and self.take(
                    "AUTOINCREMENT"
                ):
                    values["autoincrement"] = True
            else:
                self.attribute(values)
        table.columns.append(ColumnText(name=name, type=told, **values))  # type: ignore[arg-type]

    def attribute(self, values: dict[str, object]) -> None:
        if self.take("NOT", "NULL"):
            values["null"] = False
            self.conflict()
        elif self.take("DEFAULT"):
            start = self.word.start
            if self.word.text == "(":
                self.parenthesis()
            else:
                if self.word.text in {"+", "-"}:
                    self.next()
                self.next()
            values["default"] = self.sql[start : self.words[self.at - 1].end]
        elif self.take("COLLATE"):
            values["collation"] = self.name()
        elif self.take("AS") or self.take("GENERATED", "ALWAYS", "AS"):
            values["generated"] = self.parenthesis()
            values["stored"] = self.take("STORED")
        else:
            self.next()

    def conflict(self) -> str:
        if self.take("ON", "CONFLICT"):
            return f"ON CONFLICT {self.next().upper()}"
        return ""

    def constraints(self, column: str | None) -> list[ConstraintText]:
        """Read one constraint of a column or of the table; none if only a name stands there."""
        name = None
        while self.take("CONSTRAINT"):
            name = self.name()
        own: tuple[str, ...] = () if column is None else (column,)
        if self.take("PRIMARY", "KEY"):
            columns = self.names() if column is None else own
            if column is not None and self.word.upper in {"ASC", "DESC"}:
                self.next()
            options = self.conflict()
            return [ConstraintText(kind="PRIMARY", name=name, columns=columns, options=options)]
        if self.take("UNIQUE"):
            columns = self.names() if column is None else own
            options = self.conflict()
            return [ConstraintText(kind="UNIQUE", name=name, columns=columns, options=options)]
        if self.take("CHECK"):
            expression = self.parenthesis()
            self.conflict()
            return [ConstraintText(kind="CHECK", name=name, columns=own, expression=expression)]
        if self.take("FOREIGN", "KEY"):
            own = self.names()
        if self.take("REFERENCES"):
            return [self.references(name, own)]
        return []

    def references(self, name: str | None, columns: tuple[str, ...]) -> ConstraintText:
        target = self.name()
        target_columns = self.names() if self.word.text == "(" else ()
        rules = {"DELETE": "NO ACTION", "UPDATE": "NO ACTION"}
        match, deferrable, deferred = "SIMPLE", False, False
        while True:
            if self.take("ON"):
                event = self.next().upper()
                action = self.next().upper()
                rules[event] = (
                    f"{action} {self.next().upper()}" if action in {"SET", "NO"} else action
                )
            elif self.take("MATCH"):
                match = self.next().upper()
            elif self.take("NOT", "DEFERRABLE"):
                deferrable = False
            elif self.take("DEFERRABLE"):
                deferrable = True
            elif self.take("INITIALLY"):
                deferred = self.next().upper() == "DEFERRED"
            else:
                break
        return ConstraintText(
            kind="FOREIGN",
            name=name,
            columns=columns,
            target=target,
            target_columns=target_columns,
            on_delete=rules["DELETE"],
            on_update=rules["UPDATE"],
            match=match,
            deferrable=deferrable,
            initially_deferred=deferred,
        )
