"""Read what a data statement touches: its table, its columns, its rows, what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from replayer.catalog.lexer import Words, is_name, unquote
from replayer.catalog.mysql.tokens import name_of, tokens_of
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStatement:
    """An INSERT, UPDATE, DELETE or TRUNCATE."""

    verb: str
    tables: tuple[str, ...]
    """Those that must exist, the one that is written to first; with a schema where one was told."""
    columns: tuple[str, ...] = ()
    """Those that are written, where they are listed."""
    row_count: int = 0
    """How many rows an INSERT lists; 0 where it takes them from a query, whose tables are empty."""
    returning: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reader:
    """The words of a statement, in the form that both dialects share."""

    texts: Sequence[str]
    uppers: Sequence[str]
    names: Sequence[str | None]
    """The name that a word spells, if it is one."""
    at: int = 0

    def take(self, *words: str) -> bool:
        if self.at < len(self.uppers) and self.uppers[self.at] in words:
            self.at += 1
            return True
        return False

    def name(self) -> str | None:
        """Take a name with an optional schema."""
        first = self.names[self.at]
        if first is None:
            return None
        self.at += 1
        if self.texts[self.at] == "." and self.names[self.at + 1] is not None:
            self.at += 2
            schema = "" if first == "public" else f"{first}."
            return f"{schema}{self.names[self.at - 1]}"
        return first

    def listed(self) -> tuple[str, ...]:
        """Take ``(a, b)`` if it is a list of names."""
        if self.texts[self.at] != "(":
            return ()
        place, found = self.at + 1, []
        while place + 1 < len(self.texts) and self.names[place] is not None:
            found.append(str(self.names[place]))
            if self.texts[place + 1] == ")":
                self.at = place + 2
                return tuple(found)
            if self.texts[place + 1] != ",":
                return ()
            place += 2
        return ()

    def groups(self) -> int:
        """Count the parentheses that stand side by side from here: the rows of VALUES."""
        depth = count = 0
        while self.at < len(self.texts):
            text = self.texts[self.at]
            if text == "(":
                count += depth == 0
                depth += 1
            elif text == ")":
                depth -= 1
            elif depth == 0 and text != ",":
                break
            self.at += 1
        return count

    def returned(self) -> tuple[str, ...]:
        """Take the names behind RETURNING, without their tables."""
        found: list[str] = []
        place = _outermost(self.texts, self.uppers, "RETURNING")
        if place is None:
            return ()
        place += 1
        while place < len(self.texts) and self.texts[place] not in {"", ";"}:
            following = self.texts[place + 1] if place + 1 < len(self.texts) else ""
            if self.texts[place] == "*":
                found.append("*")
            elif self.names[place] is not None and following in {",", "", ";"}:
                found.append(str(self.names[place]))
            place += 1
        return tuple(found)


def read_data(sql: str, dialect: Dialect) -> DataStatement | None:  # noqa: C901 - one for each verb
    """Read a statement that writes rows; None for one that is not understood."""
    reader = _reader(sql, dialect)
    verb = reader.uppers[0]
    reader.at = 1
    if verb in {"COPY", "LOAD", "MERGE"}:
        return None
    if verb == "TRUNCATE":
        reader.take("TABLE")
        return _truncate(reader)
    while reader.take("LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "IGNORE"):
        pass
    reader.take("INTO", "FROM")
    reader.take("ONLY")
    table = reader.name()
    if table is None:
        return None
    returning = reader.returned()
    if verb in {"UPDATE", "DELETE"}:
        return DataStatement(verb=verb, tables=(table,), returning=returning)
    if reader.take("AS"):
        reader.name()
    columns = reader.listed()
    if reader.take("OVERRIDING"):
        reader.at += 2
    rows = 0
    if reader.take("VALUES", "VALUE"):
        rows = reader.groups()
    elif reader.uppers[reader.at] in {"DEFAULT", "SET"}:
        rows = 1
    elif _outermost(reader.texts, reader.uppers, "FROM") is None:
        # INSERT ... SELECT of constants.
        rows = 1
    return DataStatement(
        verb=verb, tables=(table,), columns=columns, row_count=rows, returning=returning
    )


def _truncate(reader: _Reader) -> DataStatement | None:
    names = []
    while True:
        reader.take("ONLY")
        name = reader.name()
        if name is None:
            return None
        names.append(name)
        if not reader.take(","):
            return DataStatement(verb="TRUNCATE", tables=tuple(names))


def _reader(sql: str, dialect: Dialect) -> _Reader:
    if dialect is Dialect.POSTGRESQL:
        words = Words(sql)
        names = [unquote(text) if is_name(text) else None for text in words.texts]
        return _Reader([*words.texts, ""], [*words.uppers, ""], [*names, None])
    tokens = tokens_of(sql)
    return _Reader(
        [token.text for token in tokens] + [""],
        [token.text.upper() for token in tokens] + [""],
        [name_of(token) if token.kind in {"quoted", "word"} else None for token in tokens] + [None],
    )


def _outermost(texts: Sequence[str], uppers: Sequence[str], word: str) -> int | None:
    """Return the place of a word that stands in no parentheses."""
    depth = 0
    for place, text in enumerate(texts):
        if text == "(":
            depth += 1
        elif text == ")":
            depth -= 1
        elif depth == 0 and uppers[place] == word:
            return place
    return None
