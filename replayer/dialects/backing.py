"""What stands behind an offline connection: it takes statements and answers them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_SQL_SERVER_COLLATION = "SQL_Latin1_General_CP1_CI_AS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a cursor shows after a statement."""

    rows: tuple[tuple[object, ...], ...] = ()
    columns: tuple[str, ...] | None = None
    """The names of the columns; None for a statement that returns no rows."""
    row_count: int = -1
    last_row_id: int | None = None
    refuse: Callable[[], object] | None = None
    """Raises the driver's exception when rows are asked for that are not known here."""


class Backing(Protocol):
    """A server that is not there: the catalogue, or a mere recorder."""

    def execute(self, sql: str) -> Answer:
        """Take one statement, its parameters already written into it, without ``;``."""

    def respell(self, literal: str) -> None:
        """Hear that a literal of the last statement is not what the driver would have sent."""

    def begin(self) -> None:
        """Open a transaction."""

    def commit(self) -> None:
        """Keep what the transaction did."""

    def rollback(self) -> None:
        """Undo what the transaction did."""


@dataclass(slots=True)
class Recorder:
    """A backing that keeps every statement in order and knows no answers."""

    statements: list[str] = field(default_factory=list)
    fuzzy_collations: frozenset[str] = frozenset()
    """The names of PostgreSQL's collations that are not deterministic."""

    def execute(self, sql: str) -> Answer:
        """Keep the statement.

        Notes
        -----
        Two questions are answered: whether a collation is deterministic, on which it depends
        whether a column has a ``_like`` index, and the collation of SQL Server's database, for
        which the server's default is given. Source: django/db/backends/postgresql/schema.py,
        ``_is_collation_deterministic``; mssql/functions.py, ``sqlserver_replace``.
        """
        if "DATABASEPROPERTYEX" in sql and "'collation'" in sql:
            return Answer(rows=((_SQL_SERVER_COLLATION,),), columns=("",), row_count=1)
        if "collisdeterministic" in sql:
            name = sql.rpartition("= '")[2].rpartition("'")[0].replace("''", "'")
            return Answer(
                rows=((name not in self.fuzzy_collations,),), columns=("is",), row_count=1
            )
        self.statements.append(sql)
        return Answer()

    def respell(self, literal: str) -> None:
        """Do nothing: what is printed of a state is one spelling as good as another."""

    def wants(self, sql: str) -> bool:
        """Keep the statement, and let SQLite run it."""
        self.statements.append(sql)
        return True

    def ran(self, sql: str) -> None:
        """Do nothing: it was kept before it was run."""

    def begin(self) -> None:
        """Do nothing: nothing is ever undone."""

    def commit(self) -> None:
        """Do nothing: nothing is ever undone."""

    def rollback(self) -> None:
        """Do nothing: nothing is ever undone."""


class Rows:
    """The rows of one answer, read the way the DB-API reads them (PEP 249)."""

    def __init__(self, answer: Answer) -> None:
        self._rows: Sequence[tuple[object, ...]] = answer.rows
        self._refuse = answer.refuse
        self._next = 0

    def take(self, size: int | None) -> list[tuple[object, ...]]:
        """Return the next ``size`` rows, or all that are left where it is None.

        Raises
        ------
        Exception
            The driver's, when the rows are not known.
        """
        if self._refuse is not None:
            self._refuse()
        end = len(self._rows) if size is None else min(self._next + size, len(self._rows))
        rows = list(self._rows[self._next : end])
        self._next = end
        return rows
