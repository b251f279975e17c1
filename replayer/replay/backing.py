"""The catalogue as a server: what stands behind an offline connection during the replay."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from replayer.catalog.catalog import Effect
from replayer.catalog.lexer import split_statements
from replayer.catalog.refusals import CatalogError
from replayer.catalog.routines import leaves_schema
from replayer.dialects.backing import Answer
from replayer.dialects.refusals import CannotAnswer, driver_error
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from replayer.catalog.catalog import Catalog
    from replayer.catalog.sqlite.catalog import SqliteCatalog
    from replayer.dialects.answers import Answers
    from replayer.dialects.answers.rows import RowMemory
    from replayer.replay.journal import Journal

_SAVEPOINT = re.compile(
    r"\s*(SAVEPOINT|RELEASE(?:\s+SAVEPOINT)?|ROLLBACK\s+TO(?:\s+SAVEPOINT)?)\s+(\S+)", re.IGNORECASE
)
_SESSION = re.compile(
    r"\s*(?:PRAGMA|SELECT|WITH|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET|SHOW|VALUES)\b",
    re.IGNORECASE,
)
_KEPT = (Effect.SCHEMA, Effect.OPAQUE)
"""What the journal keeps the statements of."""
_BEGIN = re.compile(r"\s*BEGIN\b", re.IGNORECASE)
_DATA = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|MERGE|COPY)\b", re.IGNORECASE)


class Point(NamedTuple):
    """What a transaction or a savepoint goes back to."""

    catalog: int
    """The point of the catalogue."""
    mark: int
    """The place in the journal."""
    memory: RowMemory


class CatalogBacking:
    """Answers statements from a catalogue.

    Parameters
    ----------
    catalog
        What the statements change.
    journal
        What each statement that changes the schema is written to.
    database
        The driver's module, for its exceptions.
    ask
        Answers a query from a catalogue, and remembers rows.
    """

    def __init__(
        self,
        catalog: Catalog,
        journal: Journal,
        database: Any,  # noqa: ANN401 - a driver's module
        ask: Answers,
        *,
        can_rollback_ddl: bool,
    ) -> None:
        self.catalog = catalog
        self._journal = journal
        self._database = database
        self._ask = ask
        self._can_rollback_ddl = can_rollback_ddl
        self._begun: Point | None = None
        self._savepoints: dict[str, Point] = {}

    def execute(self, sql: str) -> Answer:
        """Do what the server would do with a statement; with several, one by one.

        Raises
        ------
        Exception
            The driver's, when the server would refuse a statement.

        Notes
        -----
        PostgreSQL's drivers send a script without parameters whole, and Django does not cut it.
        What moves rows in it is no more kept than where it stands alone.
        Source: django/db/backends/postgresql/operations.py, ``prepare_sql_script`` (4.2 to 6.1).
        """
        texts = [sql]
        if ";" in sql and self.catalog.dialect is Dialect.POSTGRESQL:
            texts = split_statements(sql, Dialect.POSTGRESQL) or texts
        answer = Answer()
        waiting: list[str] = []
        is_kept = False
        for number, text in enumerate(texts, 1):
            is_read = number == len(texts) and not self._journal.skips_data
            effect, answer = self._do(text, is_read=is_read)
            is_kept = is_kept or effect in _KEPT
            if effect is Effect.SESSION or effect in _KEPT:
                waiting.append(text.strip().rstrip(";"))
            if is_kept:
                # What is set for a statement that is kept is kept with it.
                for each in waiting:
                    self._journal.write(each)
                waiting.clear()
        return answer

    def _do(self, sql: str, *, is_read: bool) -> tuple[Effect, Answer]:
        """Do one statement, whose answer somebody reads or not."""
        match = _SAVEPOINT.match(sql)
        if match:
            self._savepoint(match[1].upper(), match[2].strip('"`;'))
            return Effect.QUERY, Answer()
        effect = Effect.QUERY
        try:
            effect = self.catalog.execute(sql)
            if effect is Effect.DATA:
                self._journal.count_data()
            if effect is Effect.QUERY or (effect is Effect.DATA and not self._journal.skips_data):
                return effect, self._ask(self.catalog, sql)
        except CannotAnswer as error:
            if leaves_schema(self.catalog.others, sql):
                # It matters to who reads the answer alone, and that may be nobody.
                refuse = partial(self._refuse, error) if is_read else None
                return effect, Answer(row_count=0, refuse=refuse)
            # The code that asked may catch it and go on: the operation is opaque all the same.
            self._journal.write_opaque(str(error))
            if not is_read:
                return effect, Answer(row_count=0)
            raise driver_error(error, self._database) from error
        except CatalogError as error:
            raise driver_error(error, self._database) from error
        if effect is Effect.OPAQUE:
            self._journal.write_opaque(f"cannot read: {_shortened(sql)}")
        return effect, Answer(row_count=0)

    def _refuse(self, error: CatalogError) -> NoReturn:
        self._journal.write_opaque(str(error))
        raise driver_error(error, self._database) from error

    def respell(self, literal: str) -> None:
        """Keep the literal for the step that executed it."""
        self._journal.respelt.append(literal)

    def begin(self) -> None:
        """Remember the catalogue and the rows."""
        self._begun = self._point()

    def commit(self) -> None:
        """Forget what was remembered."""
        self._begun = None
        self._savepoints.clear()
        self.catalog.commit()

    def rollback(self) -> None:
        """Go back to what was remembered."""
        if self._begun is not None:
            self._go_back(self._begun)
        self.commit()

    def _savepoint(self, verb: str, name: str) -> None:
        if verb == "SAVEPOINT":
            self._savepoints[name] = self._point()
        elif verb.startswith("RELEASE"):
            self._savepoints.pop(name, None)
        elif name in self._savepoints:
            self._go_back(self._savepoints[name])

    def _point(self) -> Point:
        return Point(self.catalog.save(), self._journal.mark(), self._ask.memory.copy())

    def _go_back(self, point: Point) -> None:
        self._ask.memory = point.memory.copy()
        if self._can_rollback_ddl:
            self.catalog.go_back(point.catalog)
            self._journal.undo(point.mark)


class SqliteBacking:
    """Watches the statements that Django runs on the in-memory SQLite itself.

    Parameters
    ----------
    make
        Makes the catalogue over the connection that Django opened.
    journal
        What each statement is written to.
    """

    def __init__(self, make: Callable[[Any], SqliteCatalog], journal: Journal) -> None:
        self._make = make
        self._journal = journal
        self._begun = 0
        self._savepoints: dict[str, int] = {}
        self.catalog: SqliteCatalog | None = None

    def adopt(self, connection: Any) -> None:  # noqa: ANN401 - a sqlite3.Connection
        """Take the connection that the wrapper has opened."""
        self.catalog = self._make(connection)

    def wants(self, sql: str) -> bool:
        """Return whether a statement is to be run; rows that ``RunSQL`` moves are left out."""
        if self._journal.skips_data and _DATA.match(sql):
            self._journal.count_data()
            return False
        return True

    def ran(self, sql: str) -> None:
        """Keep a statement that SQLite has not refused."""
        match = _SAVEPOINT.match(sql)
        if match:
            name, here = match[2].strip('"`;').lower(), self._journal.mark()
            if match[1].upper() == "SAVEPOINT":
                self._savepoints[name] = here
            elif match[1].upper().startswith("ROLLBACK"):
                self._journal.undo(self._savepoints.get(name, here))
        elif _BEGIN.match(sql):
            self._begun = self._journal.mark()
        elif not _SESSION.match(sql):
            self._journal.write(sql.strip().rstrip(";"))

    def rollback(self) -> None:
        """Forget the statements of the transaction that was undone."""
        self._journal.undo(self._begun)


def _shortened(sql: str, length: int = 60) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
