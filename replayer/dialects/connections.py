"""The offline connections that stand in ``django.db.connections``, and what makes them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from replayer.dialects.engines import DEFAULT_ENGINES, Engines
from replayer.dialects.facts import server_facts
from replayer.dialects.geometry import sister_engine
from replayer.model import Dialect, ServerFacts

if TYPE_CHECKING:
    from collections.abc import Iterator


class OfflineEngines(Engines):
    """The backends, with the servers that are assumed for them."""

    def facts(self, dialect: Dialect, version: str | None) -> ServerFacts:
        """Return the facts of the server that is assumed."""
        return server_facts(dialect, version)

    def default_engine(self, dialect: Dialect, *, geometry: bool = False) -> str:
        """Return the engine for a dialect that the project has none of.

        Parameters
        ----------
        geometry
            Whether the engine that the project has is one of GeoDjango's.
        """
        return (sister_engine(dialect) if geometry else None) or DEFAULT_ENGINES[dialect]


def offline_connection(alias: str) -> Any:  # noqa: ANN401 - a class that is made at run time
    """Return the offline wrapper that stands for an alias since the project was booted."""
    from django.db import connections

    return connections[alias]


@contextlib.contextmanager
def standing_in(connection: Any) -> Iterator[None]:  # noqa: ANN401 - as above
    """Let another dialect's wrapper stand for its alias, so that whoever asks by alias gets it.

    Notes
    -----
    ``transaction.atomic`` and the project's own code ask by alias. What was read while modules were
    imported stays that of the dialect that was booted.
    """
    from django.db import connections

    booted = connections[connection.alias]
    connections[connection.alias] = connection
    try:
        yield
    finally:
        connections[connection.alias] = booted
