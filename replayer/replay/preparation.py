"""What a backend does to the database before the first migration: its ``prepare_database``.

Django's own PostGIS and SpatiaLite backends make their extension and tables there, and so do
backends of others. ``migrate`` asks it of every connection. Source: django/core/management/
commands/migrate.py, ``handle`` (4.2 to 6.1).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper

from replayer.project.blame import text_of
from replayer.replay.handlers import Handler, HandlerRecord
from replayer.replay.record import Outcome

if TYPE_CHECKING:
    from replayer.replay.journal import Journal


def ask_to_prepare(connection: Any) -> str:  # noqa: ANN401 - an offline wrapper
    """Let an offline wrapper prepare its database; return what failed, or an empty text."""
    # It may miss what only a driver's connection tells, and warn of that.
    former = logging.root.manager.disable
    logging.disable()
    try:
        connection.prepare_database()
    except Exception as error:  # noqa: BLE001 - a backend of anybody's may raise anything
        return text_of(error)
    finally:
        logging.disable(former)
    return ""


def prepare_database(connection: Any, journal: Journal) -> tuple[HandlerRecord, ...]:  # noqa: ANN401
    """Let an offline wrapper prepare its database, and return what that did; nothing mostly.

    Notes
    -----
    It is not in a transaction, so what was done before an error stays.
    """
    owner = next(kind for kind in type(connection).__mro__ if "prepare_database" in vars(kind))
    if owner is BaseDatabaseWrapper:
        return ()
    journal.take()
    journal.take_opaque()
    failure = ask_to_prepare(connection)
    statements = journal.take()
    troubles = [*([failure] if failure else []), *journal.take_opaque()]
    if not statements and not troubles:
        return ()
    function = vars(owner)["prepare_database"]
    handler = Handler(
        signal="",
        name=f"{owner.__module__}.{function.__qualname__}",
        function=function,
        sender=id(None),
        reason="prepares the database",
    )
    outcome = Outcome.OPAQUE if troubles else Outcome.RAN
    reason = "; ".join(dict.fromkeys(troubles))
    return (HandlerRecord(handler=handler, outcome=outcome, statements=statements, reason=reason),)
