"""A place in the words of a PostgreSQL statement, and the small things that are read there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.lexer import Words, is_name, quote, unquote
from replayer.catalog.postgresql.naming import clip
from replayer.catalog.schema import IndexElement, QualifiedName

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_SHORT = 15
"""Characters that are never more than 63 bytes."""
_OPEN = {"(": 1, "[": 1, ")": -1, "]": -1}
_TWO_WORDS = {
    "DOUBLE": ("PRECISION",),
    "CHARACTER": ("VARYING",),
    "CHAR": ("VARYING",),
    "BIT": ("VARYING",),
    "NATIONAL": ("CHARACTER", "CHAR", "VARYING"),
}
_FIELDS = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"}
_NAMES_OF_TYPES = {
    "bool": "boolean",
    "char": "character",
    "bpchar": "character",
    "decimal": "numeric",
    "float": "double precision",
    "float4": "real",
    "float8": "double precision",
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}


class UnreadableError(Exception):
    """The statement is none that the grammar knows."""


class Cursor:
    """Reads forward over the words of one statement."""

    __slots__ = ("at", "texts", "uppers", "words")

    def __init__(self, sql: str) -> None:
        self.words = Words(sql)
        self.texts = self.words.texts
        self.uppers = self.words.uppers
        self.at = 0

    @property
    def sql(self) -> str:
        """The whole statement."""
        return self.words.sql

    @property
    def next(self) -> str:
        """The next word in upper case, empty at the end."""
        return self.uppers[self.at]

    def sees(self, *words: str) -> bool:
        """Whether these words come next."""
        return tuple(self.uppers[self.at : self.at + len(words)]) == words

    def take(self, *words: str) -> bool:
        """Go past these words if they come next."""
        uppers = self.uppers
        at = self.at
        for word in words:
            if uppers[at] != word:
                return False
            at += 1
        self.at = at
        return True

    def expect(self, *words: str) -> None:
        """Go past these words, or find the statement unreadable."""
        if not self.take(*words):
            raise self.unreadable()

    def unreadable(self) -> UnreadableError:
        """Return the error for the place that is reached."""
        return UnreadableError(f"near {self.texts[self.at]!r}")

    def word(self) -> str:
        """Return the next word in upper case and go past it."""
        if not self.next:
            raise self.unreadable()
        self.at += 1
        return self.uppers[self.at - 1]

    def name(self) -> str:
        """Read an identifier."""
        text = self.texts[self.at]
        if not is_name(text):
            raise self.unreadable()
        self.at += 1
        name = unquote(text)
        return name if len(name) <= _SHORT else clip(name)

    def qualified(self) -> QualifiedName:
        """Read a name that may stand behind the name of its schema."""
        first = self.name()
        if self.next != ".":
            return QualifiedName("", first)
        self.at += 1
        second = self.name()
        if self.take("."):
            first, second = second, self.name()
        return QualifiedName("" if first == "public" else first, second)

    def names(self) -> tuple[str, ...]:
        """Read a list of names in parentheses."""
        self.expect("(")
        found = [self.name()]
        while self.take(","):
            found.append(self.name())
        self.expect(")")
        return tuple(found)

    def enclosed(self) -> str:
        """Read what stands in the parentheses that begin here, without them."""
        start = self.at
        if self.next != "(":
            raise self.unreadable()
        self.skip_enclosed()
        first, last = start + 1, self.at - 1
        while self._is_wrapped(first, last):
            first, last = first + 1, last - 1
        return self.words.slice(first, last)

    def skip_enclosed(self) -> None:
        """Go past the parentheses that begin here."""
        depth = 0
        while True:
            word = self.uppers[self.at]
            if not word:
                raise self.unreadable()
            self.at += 1
            depth += _OPEN.get(word, 0)
            if depth == 0:
                return

    def _is_wrapped(self, first: int, last: int) -> bool:
        """Whether one pair of parentheses holds all of these words."""
        if last - first < 3 or self.uppers[first] != "(" or self.uppers[last - 1] != ")":
            return False
        depth = 0
        for at in range(first, last - 1):
            depth += _OPEN.get(self.uppers[at], 0)
            if depth == 0:
                return False
        return True

    def expression(self, stops: AbstractSet[str] = frozenset()) -> str:
        """Read up to a comma, a closing parenthesis or one of these words."""
        first = self.at
        while True:
            word = self.uppers[self.at]
            if not word or word in {",", ")"} or (word in stops and self.at > first):
                break
            if word in {"(", "["}:
                self.skip_enclosed()
            else:
                self.at += 1
        if self.at == first:
            raise self.unreadable()
        last = self.at
        while self._is_wrapped(first, last):
            first, last = first + 1, last - 1
        return self.words.slice(first, last)

    def rest(self) -> str:
        """Read all that is left."""
        first = self.at
        self.at = len(self.texts) - 1
        return self.words.slice(first, self.at)

    def end(self) -> None:
        """Find the statement unreadable if something is left of it."""
        if self.next and self.next != ";":
            raise self.unreadable()

    def type(self) -> str:
        """Read a type; case and space are made alike, names stay as they were told."""
        first = self.at
        parts = [self._type_name()]
        head = self.uppers[first]
        follower = _TWO_WORDS.get(head)
        while follower and self.next in follower:
            parts.append(" " + self.word().lower())
        if head == "INTERVAL":
            parts += self._fields()
        if self.next == "(":
            parts.append(self._modifiers())
        if head in {"TIMESTAMP", "TIME"}:
            for words in (("WITH", "TIME", "ZONE"), ("WITHOUT", "TIME", "ZONE")):
                if self.take(*words):
                    parts.append(" " + " ".join(words).lower())
        while self.next in {"[", "ARRAY"}:
            if self.take("ARRAY"):
                if not self.take("["):
                    parts.append("[]")
                    continue
            else:
                self.expect("[")
            size = "" if self.next == "]" else self.word()
            self.expect("]")
            parts.append(f"[{size}]")
        return "".join(parts)

    def _fields(self) -> list[str]:
        """Read the fields of an interval."""
        found = []
        while self.next in _FIELDS:
            found.append(" " + self.word().lower())
        return found

    def collation(self) -> str:
        """Read the name of a collation."""
        name = self.qualified()
        return name.name if name.schema == "pg_catalog" else str(name)

    def _type_name(self) -> str:
        """Read the name of a type, quotes kept where they are needed."""
        parts = []
        while True:
            text = self.texts[self.at]
            name = self.name()
            plain = (
                text[0] == '"' and name.isidentifier() and name == name.lower() and name != "char"
            )
            parts.append(name if plain or text[0] != '"' else quote(name))
            if not self.take("."):
                break
        if len(parts) > 1 and parts[0] in {"public", "pg_catalog"}:
            del parts[0]
        return ".".join(parts)

    def _modifiers(self) -> str:
        first = self.at + 1
        self.skip_enclosed()
        inner = self.words.slice(first, self.at - 1)
        return "(" + ", ".join(part.strip() for part in inner.split(",")) + ")"

    def elements(self, *, with_operator: bool = False) -> tuple[IndexElement, ...]:
        """Read the elements of an index or of an exclusion constraint, in parentheses."""
        self.expect("(")
        found = [self._element(with_operator=with_operator)]
        while self.take(","):
            found.append(self._element(with_operator=with_operator))
        self.expect(")")
        return tuple(found)

    def _element(self, *, with_operator: bool) -> IndexElement:
        column = expression = None
        if self.next == "(":
            expression = self.enclosed()
        else:
            first = self.at
            column = self.name()
            while self.take("."):
                self.name()
            if self.next == "(":
                self.skip_enclosed()
                expression, column = self.words.slice(first, self.at), None
        collation = opclass = operator = None
        if self.take("COLLATE"):
            collation = self.collation()
        if self.next not in {",", ")", "ASC", "DESC", "NULLS", "WITH"}:
            opclass = self._type_name()
            if self.next == "(":
                opclass += self._modifiers()
        descending = not self.take("ASC") and self.take("DESC")
        nulls_first: bool | None = None
        if self.take("NULLS"):
            nulls_first = self.word() == "FIRST"
        if with_operator:
            self.expect("WITH")
            operator = self._operator()
        return IndexElement(
            column=column,
            expression=expression,
            collation=collation,
            opclass=opclass,
            descending=descending,
            nulls_first=None if nulls_first == descending else nulls_first,
            operator=operator,
        )

    def _operator(self) -> str:
        """Read an operator up to the comma or parenthesis behind it."""
        first = self.at
        if self.take("OPERATOR"):
            self.skip_enclosed()
        else:
            while self.next not in {",", ")", ""}:
                self.at += 1
        return self.words.slice(first, self.at)


def canonical_type(text: str) -> str:
    """Return the server's own name of a type: ``int4`` and ``integer`` are one.

    Notes
    -----
    Source: PostgreSQL, src/backend/parser/gram.y (``GenericType``, ``Numeric``, ``Character``), and
    format_type.c, which writes them back.
    """
    base, bracket, array = text.partition("[")
    head, paren, rest = base.partition("(")
    modifier, _, tail = rest.partition(")")
    name = head.strip()
    if tail.strip() in {"with time zone", "without time zone"}:
        return f"{name}({modifier}) {tail.strip()}" + ("[]" if bracket else "")
    name = name.removeprefix("national ")
    name = "character varying" if name == "char varying" else name
    found = _NAMES_OF_TYPES.get(name, name)
    if paren and name in {"timestamp", "timestamptz", "time", "timetz"}:
        kind, _, zone = found.partition(" ")
        found = f"{kind}({modifier}) {zone}"
    elif paren and name == "float":
        found = "real" if int(modifier) <= 24 else "double precision"
    elif paren:
        scale = modifier.replace(" ", "")
        found += f"({scale},0)" if found == "numeric" and "," not in scale else f"({scale})"
    elif found == "character" and name != "bpchar":
        found += "(1)"
    return found + ("[]" if array or bracket else "")
