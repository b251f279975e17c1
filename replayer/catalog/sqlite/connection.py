"""A connection to an SQLite in memory that stays quick however many tables it has."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from replayer.catalog.sqlite.renaming import rename_alone
from replayer.catalog.sqlite.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable


class ShelvingConnection(sqlite3.Connection):
    """Answers as though all tables were in the database, most of which are on a shelf.

    It is in autocommit, and so is the database when it is opened: ``BEGIN`` is a statement.
    """

    size: ClassVar[int] = 12
    """How many tables stay; the time of a history hardly differs between 8 and 24."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        super().__init__(*args, **kwargs)
        self.isolation_level = None
        self.shelf = Shelf(self, self.size)

    def cursor(self, factory: Any = None) -> Any:  # noqa: ANN401 - as the base
        """Return a cursor, of a subclass of :class:`ShelvingCursor` where one is asked for."""
        kind: Any = ShelvingCursor if factory is None else factory
        return super().cursor(kind)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:  # noqa: ANN401 - as the base
        """Run a statement: since Python 3.11 the base asks for no cursor of ours."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Any:  # noqa: ANN401 - as the base
        """Run a statement several times."""
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql_script: str, /) -> Any:  # noqa: ANN401 - as the base
        """Run several statements."""
        return self.cursor().executescript(sql_script)

    def rollback(self) -> None:
        """Undo the transaction."""
        super().rollback()
        self.shelf.forget()

    def __exit__(self, *args: object) -> Literal[False]:
        """End the transaction, which may be undone."""
        try:
            return super().__exit__(*args)  # type: ignore[arg-type]  # as Python hands them
        finally:
            self.shelf.forget()

    def backup(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base
        """Copy the database with all its tables."""
        self.shelf.give_back_all()
        super().backup(*args, **kwargs)


class ShelvingCursor(sqlite3.Cursor):
    """Has what a statement looks at given back before it runs."""

    def __init__(self, connection: ShelvingConnection) -> None:
        super().__init__(connection)
        self._shelf = connection.shelf

    def execute(self, sql: str, parameters: Any = (), /) -> ShelvingCursor:  # noqa: ANN401 - as the base
        """Run a statement."""
        values = parameters.values() if isinstance(parameters, dict) else parameters
        self._shelf.make_ready(sql, values)
        if not rename_alone(self.connection, sql):
            super().execute(sql, parameters)
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> ShelvingCursor:
        """Run a statement several times."""
        self._shelf.make_ready(sql)
        super().executemany(sql, parameters)
        return self

    def executescript(self, sql_script: str, /) -> ShelvingCursor:
        """Run several statements, which may look at everything."""
        self._shelf.give_back_all()
        super().executescript(sql_script)
        return self
