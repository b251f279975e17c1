"""Make ``settings.DATABASES`` and ``django.db.connections`` agree with the dialect asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from replayer.errors import ProjectError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from replayer.model import Dialect, ServerFacts


class EngineCatalogue(Protocol):
    """What is asked of the floor above, which knows the backends."""

    def vendor(self, engine: str) -> str:
        """Return Django's ``connection.vendor`` of a backend."""

    def dialect(self, engine: str) -> Dialect:
        """Return the dialect that a backend speaks."""

    def wants_apps(self, engine: str) -> bool:
        """Return whether a backend can't be imported before the apps."""

    def offline(self, engine: str, facts: ServerFacts) -> Any:  # noqa: ANN401 - a class
        """Return the backend's wrapper class with no connection at its bottom."""

    def is_gis(self, engine: str) -> bool:
        """Return whether a backend is one of GeoDjango's, or is built on one."""

    def check_printable(self, engine: str) -> None:
        """Refuse a backend whose schema is not made by DDL alone."""

    def facts(self, dialect: Dialect, version: str | None) -> ServerFacts:
        """Return the facts of the server that is assumed."""

    def default_engine(self, dialect: Dialect, *, geometry: bool = False) -> str:
        """Return the engine for a dialect that the project has none of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The database that is rendered."""

    alias: str
    engine: str
    """The dotted path of the backend whose schema editor renders."""
    facts: ServerFacts


def configure_databases(
    settings: Any,  # noqa: ANN401 - django.conf.settings
    engines: EngineCatalogue,
    *,
    dialect: Dialect | None,
    server_version: str | None,
    alias: str,
) -> Target:
    """Point every alias at an offline connection and return the one that is rendered.

    Notes
    -----
    The alias that is asked for gets the dialect, and so do the aliases whose engine has the same
    vendor as that alias has in the settings (a read replica). Every other keeps its own vendor,
    offline too. An engine that already has the asked vendor stays: its schema editor renders.

    Raises
    ------
    UsageError
        When ``alias`` is not in ``DATABASES``.
    ProjectError
        When the settings name no database and no dialect is asked for.
    DialectError
        When an engine cannot be imported, speaks no known dialect, or is SpatiaLite.
    """
    databases = {name: dict(entry) for name, entry in (settings.DATABASES or {}).items()}
    databases.setdefault("default", {})
    if alias not in databases:
        known = ", ".join(sorted(databases))
        message = f"there is no database {alias!r} in settings.DATABASES"
        raise UsageError(message, hint=f"it has {known}")
    own_engine = str(databases[alias].get("ENGINE") or "")
    if dialect is None:
        if not own_engine or own_engine == "django.db.backends.dummy":
            message = f"the settings name no engine for the database {alias!r}"
            raise ProjectError(message, hint="type --dialect")
        dialect = engines.dialect(own_engine)
    facts = engines.facts(dialect, server_version)
    own_vendor = _vendor(engines, own_engine)
    makers: dict[str, Callable[[], Any]] = {}
    for name, entry in databases.items():
        engine = str(entry.get("ENGINE") or "")
        vendor = _vendor(engines, engine)
        moves = name == alias or vendor is None or vendor == own_vendor
        if moves and vendor != dialect.vendor:
            geometry = vendor is not None and engines.is_gis(engine)
            entry["ENGINE"] = engines.default_engine(dialect, geometry=geometry)
            entry["OPTIONS"] = {}
        named = str(entry["ENGINE"])
        if name == alias:
            engines.check_printable(named)
        entry_facts = facts if moves else engines.facts(engines.dialect(named), None)
        makers[name] = partial(engines.offline, named, entry_facts)
        if not engines.wants_apps(named):
            makers[name]()  # what can't be used is told before any app is imported
    settings.DATABASES = databases
    _stand_in(makers)
    return Target(alias=alias, engine=str(databases[alias]["ENGINE"]), facts=facts)


def _vendor(engines: EngineCatalogue, engine: str) -> str | None:
    """Return the engine's vendor, or None where there is no engine or it cannot be imported."""
    if not engine or engine == "django.db.backends.dummy":
        return None
    try:
        return engines.vendor(engine)
    except Exception:  # noqa: BLE001 - a user's engine may fail in any way; the default serves
        return None


def _stand_in(makers: dict[str, Callable[[], Any]]) -> None:
    """Let ``django.db.connections`` make offline wrappers, in every thread."""
    from django.db import connections  # noqa: TID251 - the one place that puts ours in its stead

    handler: Any = connections
    handler.__dict__.pop("settings", None)
    handler._settings = None  # noqa: SLF001 - so that DATABASES is read anew
    for name in makers:
        if hasattr(handler._connections, name):  # noqa: SLF001 - made while settings were imported
            delattr(handler._connections, name)  # noqa: SLF001

    def create_connection(alias: str) -> Any:  # noqa: ANN401 - a Django wrapper
        return makers[alias]()(handler.settings[alias], alias)

    handler.create_connection = create_connection
