"""The history, replayed: the catalogue that it leaves, and what each migration did."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from replayer.catalog.catalog import Catalog
from replayer.ddl.session import session_charset
from replayer.errors import DialectError
from replayer.model import Dialect
from replayer.replay.backing import CatalogBacking, SqliteBacking
from replayer.replay.database import DatabaseReplay
from replayer.replay.handlers import POST_MIGRATE, PRE_MIGRATE
from replayer.replay.journal import Journal
from replayer.replay.policy import RunPythonPolicy
from replayer.replay.preparation import prepare_database

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.history.loader import History
    from replayer.model import MigrationKey, ServerFacts
    from replayer.replay.handlers import Handler, HandlerRecord
    from replayer.replay.observer import Observer
    from replayer.replay.record import MigrationRecord
    from replayer.replay.state import ReplayState
    from replayer.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedHistory:
    """What the history leaves in the database, and what each migration did."""

    catalog: Catalog
    records: tuple[MigrationRecord, ...]
    state: ReplayState
    rendered: int
    """How many model classes were built."""
    handled: tuple[HandlerRecord, ...] = ()
    """What the backend did beforehand, then handlers of signals, those of ``pre_migrate`` first."""


def empty_catalog(facts: ServerFacts, charset: str = "") -> Catalog:
    """Return the catalogue of an empty database.

    Parameters
    ----------
    charset
        Of the sessions, where it is not the one that the server's clients have anyway.

    Raises
    ------
    DialectError
        For SQL Server, whose history cannot be replayed offline.
    """
    if facts.dialect is Dialect.SQLITE:
        from replayer.catalog.sqlite.catalog import SqliteCatalog

        return SqliteCatalog(facts)
    if facts.dialect is Dialect.POSTGRESQL:
        from replayer.catalog.postgresql.catalog import PostgresCatalog
        from replayer.dialects.answers.blocks import known_rows

        return PostgresCatalog(facts, ask=known_rows)
    if facts.dialect.is_mysql_like:
        from replayer.catalog.mysql.catalog import MysqlCatalog

        return MysqlCatalog(facts, charset=charset) if charset else MysqlCatalog(facts)
    message = "the history of SQL Server cannot be replayed: its server names constraints at random"
    raise DialectError(message, hint="type --schema state")


def replay_history(
    history: History,
    plan: Sequence[MigrationKey],
    connection: Any,  # noqa: ANN401 - an offline wrapper
    sources: Sources,
    *,
    run_python: RunPythonPolicy = RunPythonPolicy.AUTO,
    is_eager: bool = False,
    observer: Observer | None = None,
    handlers: Sequence[Handler] = (),
    first: Sequence[Any] = (),
    last: Sequence[Any] = (),
) -> ReplayedHistory:
    """Replay a plan on the database's side.

    Parameters
    ----------
    observer
        Who looks at the operations that are not plain.
    handlers
        Those of ``pre_migrate`` and ``post_migrate`` that are run.
    first, last
        Model classes whose tables are made before and after the migrations: Django's record of
        migrations, and the models of apps without migrations.

    Raises
    ------
    ReplayError
        When an operation fails or the server would refuse a statement.
    """
    # What was loaded stays; the collector need not look at it again for each group of models.
    gc.freeze()
    journal = Journal()
    facts: ServerFacts = connection.facts
    backing: CatalogBacking | SqliteBacking
    if facts.dialect is Dialect.SQLITE:
        from replayer.catalog.sqlite.catalog import SqliteCatalog

        backing = SqliteBacking(lambda database: SqliteCatalog(facts, connection=database), journal)
    else:
        from replayer.dialects.answers import Answers

        backing = CatalogBacking(
            empty_catalog(facts, session_charset(connection)),
            journal,
            connection.Database,
            Answers(),
            can_rollback_ddl=connection.features.can_rollback_ddl,
        )
    connection.back_with(backing)
    connection.ensure_connection()
    replay = DatabaseReplay(
        history,
        connection,
        journal,
        sources,
        run_python=run_python,
        is_eager=is_eager,
        observer=observer,
    )
    handled = prepare_database(connection, journal)
    handled += replay.run_handlers(handlers, PRE_MIGRATE, plan)
    replay.create_tables(first)
    records = tuple(replay.run(plan))
    replay.create_tables(last)
    handled += replay.run_handlers(handlers, POST_MIGRATE, plan)
    catalog = backing.catalog
    if catalog is None:
        message = "the in-memory SQLite was never opened"
        raise AssertionError(message)
    return ReplayedHistory(
        catalog=catalog,
        records=records,
        state=replay.state,
        rendered=replay.renderer.rendered,
        handled=handled,
    )
