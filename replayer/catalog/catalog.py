"""What every dialect's catalogue can do: execute DDL, say what is there, write itself down."""

from __future__ import annotations

import abc
import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from replayer.catalog.schema import ObjectKind, OtherObject, QualifiedName, Table
    from replayer.model import Dialect, ServerFacts, Statement


class Effect(enum.IntEnum):
    """What a text of SQL was; of several statements the highest counts."""

    SESSION = 0
    """``SET``, ``BEGIN``, ``LOCK``: nothing that lasts."""
    QUERY = 1
    DATA = 2
    """Rows were written; the schema is as it was."""
    SCHEMA = 3
    """The catalogue knows all that it did."""
    OPAQUE = 4
    """It may have changed the schema in a way that the catalogue does not know."""


class Catalog(abc.ABC):
    """A server's schema, changed by the DDL that is executed on it.

    Notes
    -----
    The values inside are frozen and shared between copies, so a copy is a savepoint.
    """

    def __init__(self, facts: ServerFacts) -> None:
        self.facts = facts

    @property
    def dialect(self) -> Dialect:
        """The dialect of the server."""
        return self.facts.dialect

    @property
    @abc.abstractmethod
    def tables(self) -> Mapping[QualifiedName, Table]:
        """The tables, in the order in which they were made."""

    @property
    @abc.abstractmethod
    def others(self) -> Mapping[tuple[ObjectKind, QualifiedName], OtherObject]:
        """All that is not a table, in the order in which it was made."""

    @abc.abstractmethod
    def table(self, name: str) -> Table | None:
        """Return the table that an unquoted, exact name reaches, or None."""

    @abc.abstractmethod
    def execute(self, sql: str) -> Effect:
        """Do what the server would do with one or several statements.

        Raises
        ------
        CatalogError
            When the server would refuse one of them; that statement has changed nothing.
        """

    @abc.abstractmethod
    def copy(self) -> Catalog:
        """Return a catalogue that knows the same, and goes its own way."""

    def save(self) -> int:
        """Return a point to which the catalogue can go back, until `commit`.

        Notes
        -----
        This and its siblings are for servers whose transactions hold DDL. The others commit at each
        statement of DDL: there is nothing to go back to, and nothing is done.
        """
        return 0

    def go_back(self, point: int) -> None:  # noqa: B027 - nothing to do is an answer
        """Take back all that was done since a point; the point stays."""

    def commit(self) -> None:  # noqa: B027 - nothing to do is an answer
        """Forget the points."""

    @abc.abstractmethod
    def statements(self) -> tuple[Statement, ...]:
        """Return the DDL that makes this schema in an empty database, in one pass."""

    def execute_all(self, texts: Iterable[str]) -> Effect:
        """Execute several texts in order and return the gravest effect."""
        return max((self.execute(text) for text in texts), default=Effect.SESSION)
