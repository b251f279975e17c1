"""psycopg's composed statements, for code that builds SQL with them where no driver is.

Django's own layer over psycopg hands them out too (``psycopg_any.sql``). How they are turned into
text is told by :func:`replayer.dialects.composed.text_of_query`, for the real ones as for these.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Composable:
    """A piece of a statement.

    Notes
    -----
    Source: psycopg2, lib/sql.py; psycopg, psycopg/sql.py, whose ``format`` takes values too.
    """

    def __init__(self, wrapped: object) -> None:
        self._wrapped = wrapped

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._wrapped!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Composable) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __add__(self, other: object) -> Composed:
        if not isinstance(other, Composable):
            return NotImplemented
        return Composed([*_pieces(self), *_pieces(other)])

    def __mul__(self, count: int) -> Composed:
        return Composed([self] * count)

    def as_string(self, _context: object = None) -> str:
        """Return the text."""
        raise NotImplementedError


class Composed(Composable):
    """Pieces one behind the other."""

    def __init__(self, seq: Iterable[object]) -> None:
        self.seq = [_composable(piece) for piece in seq]
        super().__init__(self.seq)

    def __iter__(self) -> Iterator[Composable]:
        return iter(self.seq)

    def join(self, joiner: str | SQL) -> Composed:
        """Return the pieces with a text between them."""
        return (SQL(joiner) if isinstance(joiner, str) else joiner).join(self.seq)

    def as_string(self, _context: object = None) -> str:
        """Return the text."""
        return "".join(piece.as_string() for piece in self.seq)


class SQL(Composable):
    """A text that stands in the statement as it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.string = text

    def format(self, *args: object, **kwargs: object) -> Composed:
        """Return the text with pieces in the places of ``{}``, ``{0}`` or ``{name}``."""
        pieces: list[object] = []
        following = iter(args)
        for text, name, _spec, _conversion in string.Formatter().parse(self.string):
            if text:
                pieces.append(SQL(text))
            if name is None:
                continue
            if not name:
                pieces.append(next(following))
            else:
                pieces.append(args[int(name)] if name.isdigit() else kwargs[name])
        return Composed(pieces)

    def join(self, seq: Iterable[object]) -> Composed:
        """Return pieces with this text between them."""
        pieces: list[object] = []
        for piece in seq:
            pieces += [self, piece] if pieces else [piece]
        return Composed(pieces)

    def as_string(self, _context: object = None) -> str:
        """Return the text."""
        return self.string


class Identifier(Composable):
    """A name, with the names of what it is in before it."""

    def __init__(self, *strings: str) -> None:
        super().__init__(strings)
        self.strings = strings

    def as_string(self, _context: object = None) -> str:
        """Return the name in double quotes."""
        return ".".join('"' + name.replace('"', '""') + '"' for name in self.strings)


class Literal(Composable):
    """A value."""

    def __init__(self, wrapped: object) -> None:
        super().__init__(wrapped)
        self.wrapped = wrapped

    def as_string(self, _context: object = None) -> str:
        """Return the value as text in quotes, or NULL; PostgreSQL finds the type."""
        if self.wrapped is None:
            return "NULL"
        return "'" + str(self.wrapped).replace("'", "''") + "'"


class Placeholder(Composable):
    """A place for a parameter, which may have a name."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name

    def as_string(self, _context: object = None) -> str:
        """Return ``%s`` or ``%(name)s``."""
        return f"%({self.name})s" if self.name else "%s"


NULL = SQL("NULL")
DEFAULT = SQL("DEFAULT")


def _composable(piece: object) -> Composable:
    return piece if isinstance(piece, Composable) else Literal(piece)


def _pieces(piece: Composable) -> Iterable[Composable]:
    return piece if isinstance(piece, Composed) else [piece]
