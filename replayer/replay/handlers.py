"""Handlers of ``pre_migrate`` and ``post_migrate`` that make schema objects.

They are no part of the migrations, so they are run only where the user asks for it; otherwise they
are named. Django's own (permissions, content types, the default site) move rows and are left alone.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps as global_apps
from django.db.models import signals

from replayer._compat import signal_receivers
from replayer.project.blame import text_of
from replayer.replay.examination.examine import examine_handler
from replayer.replay.record import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.replay.journal import Journal

PRE_MIGRATE = "pre_migrate"
POST_MIGRATE = "post_migrate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A receiver whose code reaches the schema."""

    signal: str
    """``pre_migrate`` or ``post_migrate``; empty for what the backend does before both."""
    name: str
    """Dotted."""
    function: Any
    sender: int
    """The ``id`` of the app config it wants to hear of; that of None for all."""
    reason: str
    """A phrase whose subject is the handler."""

    def __str__(self) -> str:
        """Return the signal's and the handler's name."""
        return f"{self.signal} handler {self.name}" if self.signal else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerRecord:
    """What a handler did, all its calls together."""

    handler: Handler
    outcome: Outcome
    statements: tuple[str, ...] = ()
    reason: str = ""
    """Its error, or why a statement of it is opaque."""


def schema_handlers() -> tuple[Handler, ...]:
    """Return the handlers that reach the schema, those of ``pre_migrate`` first.

    Notes
    -----
    In the order in which they were connected, which is that in which Django calls them.
    """
    found = []
    for name, signal in ((PRE_MIGRATE, signals.pre_migrate), (POST_MIGRATE, signals.post_migrate)):
        for sender, function in signal_receivers(signal):
            module = str(getattr(function, "__module__", type(function).__module__))
            if module.partition(".")[0] == "django":
                continue
            reach = examine_handler(function)
            if not reach.reaches_schema:
                continue
            own = getattr(function, "__qualname__", type(function).__qualname__)
            found.append(
                Handler(
                    signal=name,
                    name=f"{module}.{own}",
                    function=function,
                    sender=sender,
                    reason=reach.reason,
                )
            )
    return tuple(found)


def run_handlers(
    handlers: Sequence[Handler],
    connection: Any,  # noqa: ANN401 - an offline wrapper
    journal: Journal,
    apps: Any,  # noqa: ANN401 - a registry of models
    plan: Sequence[tuple[Any, bool]],
) -> tuple[HandlerRecord, ...]:
    """Call handlers of one signal as ``migrate`` would, for each app that has models.

    Notes
    -----
    A handler that fails is opaque, and the next app's turn comes. Source:
    django/core/management/sql.py, ``emit_pre_migrate_signal`` (4.2 to 6.1).
    """
    if not handlers:
        return ()
    journal.take()
    journal.take_opaque()
    statements: list[list[str]] = [[] for _ in handlers]
    troubles: list[list[str]] = [[] for _ in handlers]
    for app_config in global_apps.get_app_configs():
        if app_config.models_module is None:
            continue
        for place, handler in enumerate(handlers):
            if handler.sender not in {id(None), id(app_config)}:
                continue
            try:
                handler.function(
                    signal=getattr(signals, handler.signal),
                    sender=app_config,
                    app_config=app_config,
                    verbosity=0,
                    interactive=False,
                    using=connection.alias,
                    stdout=io.StringIO(),
                    apps=apps,
                    plan=list(plan),
                )
            except Exception as error:  # noqa: BLE001 - the user's code may raise anything
                troubles[place].append(text_of(error))
            statements[place].extend(journal.take())
            troubles[place].extend(journal.take_opaque())
    return tuple(
        HandlerRecord(
            handler=handler,
            outcome=Outcome.OPAQUE if troubles[place] else Outcome.RAN,
            statements=tuple(statements[place]),
            reason="; ".join(dict.fromkeys(troubles[place])),
        )
        for place, handler in enumerate(handlers)
    )
