"""The values that psycopg2 has classes for, as its stand-in has them."""

from __future__ import annotations

from typing import Any


class Json:
    """A value that the driver would write as JSON.

    Parameters
    ----------
    adapted
        The Python value.
    dumps
        What turns it to text; ``json.dumps`` where it is None.
    """

    def __init__(self, adapted: object, dumps: Any = None) -> None:  # noqa: ANN401 - psycopg2's
        self.adapted = adapted
        self._dumps = dumps

    def dumps(self, value: object) -> str:
        """Return the value as JSON text."""
        if self._dumps is not None:
            return str(self._dumps(value))
        import json

        return json.dumps(value)


class Inet:
    """An address of a host or a network, as psycopg2 hands it to PostgreSQL."""

    def __init__(self, addr: str) -> None:
        self.addr = addr


class QuotedText:
    """Text as psycopg2's ``adapt`` returns it, for the little that Django asks of it offline.

    Parameters
    ----------
    text
        What is quoted.
    """

    def __init__(self, text: object) -> None:
        self._text = str(text)

    def getquoted(self) -> bytes:
        """Return the text between single quotes."""
        return f"'{self._text}'".encode()


class Range:
    """A range of values, with psycopg2's attributes."""

    def __init__(
        self,
        lower: object = None,
        upper: object = None,
        bounds: str = "[)",
        empty: bool = False,  # noqa: FBT001, FBT002 - psycopg2's signature
    ) -> None:
        self.lower = lower
        self.upper = upper
        self._bounds = None if empty else bounds

    @property
    def isempty(self) -> bool:
        """Whether no value is in the range."""
        return self._bounds is None

    def _key(self) -> tuple[object, ...]:
        return (type(self), self.lower, self.upper, self._bounds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


class DateRange(Range):
    """psycopg2."""


class DateTimeRange(Range):
    """psycopg2."""


class DateTimeTZRange(Range):
    """psycopg2."""


class NumericRange(Range):
    """psycopg2."""
