"""Make the offline wrapper class of a backend: Django's own, or the one that the project names."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import AppRegistryNotReady

from replayer.dialects.geometry import NoGeometryMixin, is_gis, refuse_spatialite
from replayer.errors import DialectError, DriverMissingError
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from replayer.model import ServerFacts

DEFAULT_ENGINES = {
    Dialect.SQLITE: "django.db.backends.sqlite3",
    Dialect.POSTGRESQL: "django.db.backends.postgresql",
    Dialect.MYSQL: "django.db.backends.mysql",
    Dialect.MARIADB: "django.db.backends.mysql",
    Dialect.MSSQL: "mssql",
}

_GIS = "django.contrib.gis.db.backends."
_BACKENDS = {
    "postgresql": "postgresql",
    "postgis": "postgresql",
    "mysql": "mysql",
    "sqlite3": "sqlite",
    "spatialite": "sqlite",
}
_BY_VENDOR = {
    "sqlite": Dialect.SQLITE,
    "postgresql": Dialect.POSTGRESQL,
    "mysql": Dialect.MYSQL,
    "microsoft": Dialect.MSSQL,
}


class Engines:
    """The backends, imported without their drivers.

    Parameters
    ----------
    imports
        A context in which backends may be imported although no driver is installed.
    """

    def __init__(self, imports: Callable[[], AbstractContextManager[None]]) -> None:
        self._imports = imports
        self._bases: dict[str, Any] = {}
        self._classes: dict[tuple[str, ServerFacts], Any] = {}

    def base(self, engine: str) -> Any:  # noqa: ANN401 - a backend's class, known only at run time
        """Return the ``DatabaseWrapper`` class of a backend, as the project would have it.

        Raises
        ------
        DialectError
            When the engine cannot be imported.
        DriverMissingError
            When it is SQL Server's and ``mssql-django`` is not installed.
        """
        # Renamed in Django 1.9; django/db/utils.py, load_backend, still takes the old name.
        path = (
            "django.db.backends.postgresql"
            if engine == "django.db.backends.postgresql_psycopg2"
            else engine
        )
        if path not in self._bases:
            try:
                with self._imports():
                    self._bases[path] = importlib.import_module(f"{path}.base").DatabaseWrapper
            except Exception as error:
                if path == DEFAULT_ENGINES[Dialect.MSSQL] and isinstance(error, ImportError):
                    message = "the dialect mssql needs the package mssql-django"
                    raise DriverMissingError(
                        message, hint="type: pip install mssql-django"
                    ) from error
                message = f"the database engine {engine!r} cannot be imported: {error}"
                raise DialectError(message) from error
        return self._bases[path]

    def vendor(self, engine: str) -> str:
        """Return Django's ``connection.vendor`` of a backend; foreseen, if it wants the apps."""
        try:
            return str(self.base(engine).vendor)
        except DialectError as error:
            foreseen = _foreseen_vendor(engine) if _wants_apps(error) else None
            if foreseen is None:
                raise
            return foreseen

    def wants_apps(self, engine: str) -> bool:
        """Return whether a backend can't be imported yet, for it imports models (django-tenants).

        Notes
        -----
        Django imports a backend when a connection is first asked for, which a model's class does.
        """
        try:
            self.base(engine)
        except DialectError as error:
            return _wants_apps(error)
        return False

    def dialect(self, engine: str) -> Dialect:
        """Return the dialect that a backend speaks; MySQL for the one that serves MariaDB too.

        Raises
        ------
        DialectError
            When no dialect is spoken by the backend (Oracle, the dummy backend).
        """
        vendor = self.vendor(engine)
        if vendor not in _BY_VENDOR:
            known = ", ".join(dialect.value for dialect in Dialect)
            message = f"the project's database engine {engine!r} speaks no known dialect"
            raise DialectError(message, hint=f"type --dialect with one of {known}")
        return _BY_VENDOR[vendor]

    def is_gis(self, engine: str) -> bool:
        """Return whether a backend is one of GeoDjango's, or is built on one.

        Notes
        -----
        Those that import models are told by their source: PostGIS' is one of them.
        """
        if self.wants_apps(engine):
            return _GIS in engine or _GIS in _source(engine)
        return is_gis(self.base(engine))

    def check_printable(self, engine: str) -> None:
        """Refuse a backend whose schema is not made by DDL alone.

        Raises
        ------
        DialectError
            For SpatiaLite.
        """
        if self.vendor(engine) == "sqlite" and self.is_gis(engine):
            refuse_spatialite(engine)

    def offline(self, engine: str, facts: ServerFacts) -> Any:  # noqa: ANN401 - made at run time
        """Return the backend's wrapper class with no connection at its bottom."""
        key = (engine, facts)
        if key not in self._classes:
            base = self.base(engine)
            if _BY_VENDOR.get(base.vendor, facts.dialect).vendor != facts.dialect.vendor:
                message = f"the database engine {engine!r} is one of {base.vendor}"
                raise DialectError(message, hint=f"type --dialect {_BY_VENDOR[base.vendor].value}")
            # Imported when it is asked for: a run has one dialect, and the others cost time.
            module = importlib.import_module(f"replayer.dialects.{_BY_VENDOR[base.vendor].value}")
            mixins = {name: (mixin,) for name, mixin in module.PARTS.items()}
            if not is_gis(base):
                mixins["ops_class"] = (*mixins.get("ops_class", ()), NoGeometryMixin)
            parts = {
                name: type(getattr(base, name).__name__, (*before, getattr(base, name)), {})
                for name, before in mixins.items()
            }
            self._classes[key] = type(
                "DatabaseWrapper",
                (module.WRAPPER, base),
                {"facts": facts, "__module__": base.__module__, **parts},
            )
        return self._classes[key]


def _wants_apps(error: BaseException) -> bool:
    """Return whether an import failed because the apps aren't there yet."""
    return isinstance(error.__cause__, AppRegistryNotReady)


def _foreseen_vendor(engine: str) -> str | None:
    """Return the vendor of the first of Django's backends that a backend's source names."""
    backends = r"db\.backends\.(postgresql|postgis|mysql|sqlite3|spatialite)\b"
    named = re.search(backends, _source(engine))
    return _BACKENDS[named[1]] if named else None


def _source(engine: str) -> str:
    """Return the source of a backend's module, or an empty text where it has none."""
    spec = importlib.util.find_spec(f"{engine}.base")
    if spec is None or not isinstance(spec.loader, importlib.abc.InspectLoader):
        return ""
    return spec.loader.get_source(spec.name) or ""
