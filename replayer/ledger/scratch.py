"""A database to try things in: the replay's own, put back as it was."""

from __future__ import annotations

import contextlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from replayer.catalog.catalog import Catalog, Effect
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from replayer.catalog.schema import ObjectKind, OtherObject, QualifiedName, Table
    from replayer.model import Statement


class Snapshot(Catalog):
    """What a catalogue held at one moment, to compare with.

    Parameters
    ----------
    catalog
        Its values are frozen, so they are shared.
    """

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog.facts)
        self._tables = MappingProxyType(dict(catalog.tables))
        self._others = MappingProxyType(dict(catalog.others))

    @property
    def tables(self) -> Mapping[QualifiedName, Table]:
        """The tables that were there."""
        return self._tables

    @property
    def others(self) -> Mapping[tuple[ObjectKind, QualifiedName], OtherObject]:
        """All else that was there."""
        return self._others

    def table(self, name: str) -> Table | None:
        """Return the table that had an exact name, or None."""
        return next((table for key, table in self._tables.items() if str(key) == name), None)

    def execute(self, sql: str) -> Effect:
        """Refuse: what was does not change."""
        raise NotImplementedError(sql)

    def copy(self) -> Catalog:
        """Return itself: nothing changes it."""
        return self

    def statements(self) -> tuple[Statement, ...]:
        """Refuse: it holds what a comparison needs, no more."""
        raise NotImplementedError


@contextlib.contextmanager
def scratch(connection: Any) -> Iterator[Catalog]:  # noqa: ANN401 - an offline wrapper
    """Let the connection stand before a copy of its database, for a while.

    Notes
    -----
    SQLite's catalogue is the database itself, which a savepoint gives back; a copy by ``backup``
    would wait for the open transaction for ever. A dialect that isn't embedded gets a backing of
    its own, with a journal of its own.
    """
    needs_rollback = connection.needs_rollback
    try:
        if connection.facts.dialect is Dialect.SQLITE:
            with _savepoint(connection) as catalog:
                yield catalog
        else:
            with _other_backing(connection) as catalog:
                yield catalog
    finally:
        connection.needs_rollback = needs_rollback


@contextlib.contextmanager
def _savepoint(connection: Any) -> Iterator[Catalog]:  # noqa: ANN401 - an offline wrapper
    from replayer.catalog.sqlite.catalog import SqliteCatalog

    database, backing = connection.connection, connection.backing
    catalog = backing.catalog
    database.execute("SAVEPOINT replayer_scratch")
    # What a catalogue remembers of a schema that is taken back must not outlive it: SQLite counts
    # its versions from the same number again.
    backing.catalog = SqliteCatalog(catalog.facts, connection=database, prepare=catalog.prepare)
    try:
        yield backing.catalog
    finally:
        backing.catalog = catalog
        database.execute("ROLLBACK TO replayer_scratch")
        database.execute("RELEASE replayer_scratch")


@contextlib.contextmanager
def _other_backing(connection: Any) -> Iterator[Catalog]:  # noqa: ANN401 - an offline wrapper
    from replayer.dialects.answers import Answers
    from replayer.replay.backing import CatalogBacking
    from replayer.replay.journal import Journal

    backing = connection.backing
    copied = backing.catalog.copy()
    connection.backing = CatalogBacking(
        copied,
        Journal(),
        connection.Database,
        Answers(),
        can_rollback_ddl=connection.features.can_rollback_ddl,
    )
    try:
        yield copied
    finally:
        connection.backing = backing
