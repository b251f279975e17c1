"""A Django database wrapper that has no connection: mixed into the wrapper of a real backend.

All of Django's own code stays in force (transactions, savepoints, error wrapping, features, the
schema editor); the one thing replaced is the DB-API connection at the bottom. While the project is
being loaded nothing stands there, and an attempt to connect is refused with ``OperationalError``,
as a server that is down would refuse it. Later a `Backing` stands there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.dialects.backing import Answer, Backing, Rows
from replayer.dialects.composed import text_of_query
from replayer.dialects.literals import compose, respelt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replayer.model import ServerFacts

REFUSAL = "replayer opens no connection: the database cannot be asked while the project is loaded"


class OfflineCursor:
    """A DB-API cursor over a `Backing`."""

    arraysize = 1

    def __init__(self, connection: OfflineConnection) -> None:
        self.connection = connection
        self.description: list[tuple[object, ...]] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._rows = Rows(Answer())

    def execute(self, sql: object, params: Sequence[object] | None = None) -> OfflineCursor:
        """Write the parameters into the statement and hand it to the backing."""
        wrapper = self.connection.wrapper
        try:
            text = text_of_query(sql, wrapper.facts.dialect)
            if params is not None:
                text = compose(text, params, wrapper.facts.dialect)
        except (TypeError, KeyError, ValueError) as error:
            raise wrapper.Database.ProgrammingError(str(error)) from error
        answer = wrapper.backing.execute(text)
        for spelling in respelt(params, wrapper.facts.dialect):
            wrapper.backing.respell(spelling)
        self._rows = Rows(answer)
        self.description = (
            None
            if answer.columns is None
            else [(name, None, None, None, None, None, None) for name in answer.columns]
        )
        self.rowcount = answer.row_count
        self.lastrowid = answer.last_row_id
        return self

    def executemany(self, sql: object, params: Sequence[Sequence[object]]) -> OfflineCursor:
        """Execute the statement once for each sequence of parameters."""
        for values in params:
            self.execute(sql, values)
        return self

    def fetchone(self) -> tuple[object, ...] | None:
        """Return the next row, or None."""
        rows = self._rows.take(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> Sequence[tuple[object, ...]]:
        """Return the next rows.

        Notes
        -----
        MySQLdb's last answer is an empty tuple, and Django waits for that very value. Source:
        django/db/backends/mysql/features.py, ``empty_fetchmany_value`` (4.2 to 6.1).
        """
        rows = self._rows.take(self.arraysize if size is None else size)
        if rows:
            return rows
        last: Sequence[tuple[object, ...]] = self.connection.wrapper.features.empty_fetchmany_value
        return last

    def fetchall(self) -> list[tuple[object, ...]]:
        """Return the rows that are left."""
        return self._rows.take(None)

    def nextset(self) -> None:
        """Return None: a statement has one result."""

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        return iter(self._rows.take(None))

    def __enter__(self) -> OfflineCursor:  # noqa: PYI034 - typing.Self came with 3.11
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class OfflineConnection:
    """The DB-API connection at the bottom of an offline wrapper."""

    def __init__(self, wrapper: Any) -> None:  # noqa: ANN401 - a class that is made at run time
        self.wrapper = wrapper
        self.autocommit = True

    def cursor(self, *_args: object, **_kwargs: object) -> OfflineCursor:
        """Return a new cursor."""
        return OfflineCursor(self)

    def commit(self) -> None:
        """Keep what the transaction did."""
        self.wrapper.backing.commit()

    def rollback(self) -> None:
        """Undo what the transaction did."""
        self.wrapper.backing.rollback()

    def close(self) -> None:
        """Do nothing: nothing is open."""


class OfflineWrapperMixin:
    """Goes in front of a backend's ``DatabaseWrapper``.

    Notes
    -----
    Source: django/db/backends/base/base.py, ``BaseDatabaseWrapper`` (4.2 to 6.1).
    """

    connection_class: type[OfflineConnection] = OfflineConnection
    """What stands for the driver's connection."""

    facts: ServerFacts
    backing: Any = None
    """A `Backing`, or None while the project is being loaded."""
    Database: Any
    connection: Any
    queries_logged = False
    """With DEBUG on Django would keep every statement in ``connection.queries``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        super().__init__(*args, **kwargs)
        # A backend may have put a part of its own in place of the one of its class: django-tenants
        # does so with its introspection. Ours goes in front of that one then.
        for name in ("introspection", "ops"):
            part = getattr(self, name)
            mixin = getattr(type(self), f"{name}_class").__mro__[1]
            if mixin.__module__.startswith("replayer.") and not isinstance(part, mixin):
                part.__class__ = type(type(part).__name__, (mixin, type(part)), {})

    def back_with(self, backing: Backing | None) -> None:
        """Let a backing answer from now on; None refuses again."""
        self.backing = backing
        self.connection = None
        for name in ("in_atomic_block", "needs_rollback", "closed_in_transaction"):
            setattr(self, name, False)
        self.savepoint_ids: list[str] = []
        self.atomic_blocks: list[object] = []

    def connect(self) -> None:
        """Put the offline connection in place of a real one.

        Raises
        ------
        OperationalError
            The driver's, which Django turns into its own, while nothing stands behind it.
        """
        if self.backing is None:
            raise self.Database.OperationalError(REFUSAL)
        self.connection = self.connection_class(self)
        self.autocommit = True
        self.run_on_commit: list[object] = []

    def create_cursor(self, name: str | None = None) -> OfflineCursor:
        """Return an offline cursor, named or not."""
        del name
        return OfflineCursor(self.connection)

    def chunked_cursor(self) -> Any:  # noqa: ANN401 - Django's untyped cursor wrapper
        """Return an ordinary cursor: nothing is large here."""
        return self.cursor()  # type: ignore[attr-defined]  # of the wrapper mixed into

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's signature
        if self.connection.autocommit and not autocommit:
            self.backing.begin()
        self.connection.autocommit = autocommit

    def _close(self) -> None:
        self.connection = None

    def is_usable(self) -> bool:
        """Return True: it cannot break."""
        return True

    def validate_thread_sharing(self) -> None:
        """Allow every thread: nothing is shared with a server."""

    def ensure_timezone(self) -> bool:
        """Return False: there is no session whose time zone could be set."""
        return False

    def close_if_health_check_failed(self) -> None:
        """Do nothing: there is no connection that could have failed."""

    def _nodb_cursor(self) -> Any:  # noqa: ANN401 - Django's untyped cursor wrapper
        raise self.Database.OperationalError(REFUSAL)
