"""Stand-ins for the database drivers, which Django's backends import and rendering never needs.

Django's backends import ``psycopg``, ``MySQLdb`` or ``pyodbc`` at their top. Here they always get a
stand-in, whatever is installed: the same bytes come out on every machine, and the real ``psycopg``
costs a quarter of a second to import. Project code that imports a driver gets the real one where it
is installed, and the stand-in only where it is not.

A stand-in can be imported and subclassed; ``connect`` refuses.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from replayer.project import composables
from replayer.project.driver_values import (
    DateRange,
    DateTimeRange,
    DateTimeTZRange,
    Inet,
    Json,
    NumericRange,
    QuotedText,
    Range,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PSYCOPG = "psycopg2"
"""Django falls back to it where psycopg cannot be imported; its surface is the smaller one."""
DRIVERS = (PSYCOPG, "MySQLdb", "pyodbc")


class Error(Exception):
    """The root of the DB-API's exceptions (PEP 249)."""

    sqlstate: str | None = None
    pgcode: str | None = None


class InterfaceError(Error):
    """DB-API."""


class DatabaseError(Error):
    """DB-API."""


class DataError(DatabaseError):
    """DB-API."""


class OperationalError(DatabaseError):
    """DB-API."""


class IntegrityError(DatabaseError):
    """DB-API."""


class InternalError(DatabaseError):
    """DB-API."""


class ProgrammingError(DatabaseError):
    """DB-API."""


class NotSupportedError(DatabaseError):
    """DB-API."""


_EXCEPTIONS: dict[str, object] = {
    kind.__name__: kind
    for kind in (
        Error,
        InterfaceError,
        DatabaseError,
        DataError,
        OperationalError,
        IntegrityError,
        InternalError,
        ProgrammingError,
        NotSupportedError,
    )
}


def _refuse(*_args: object, **_kwargs: object) -> object:
    message = "replayer opens no connection"
    raise OperationalError(message)


_COMMON: dict[str, object] = {
    "Binary": bytes,
    "connect": _refuse,
    "Connection": _refuse,
    **_EXCEPTIONS,
}

_COMPOSABLES: dict[str, object] = {
    name: getattr(composables, name)
    for name in (
        *("Composable", "Composed", "SQL", "Identifier", "Literal", "Placeholder"),
        *("NULL", "DEFAULT"),
    )
}
_CONTENT: dict[str, dict[str, object]] = {
    "psycopg": {"__version__": "3.1.20"},
    "psycopg2": {"__version__": "2.9.9 (stand-in)"},
    "psycopg2.extensions": {
        "adapt": QuotedText,
        "ISOLATION_LEVEL_READ_COMMITTED": 1,
        "ISOLATION_LEVEL_REPEATABLE_READ": 2,
        "ISOLATION_LEVEL_SERIALIZABLE": 3,
        "ISOLATION_LEVEL_READ_UNCOMMITTED": 4,
    },
    "psycopg2.extras": {
        "Inet": Inet,
        "Json": Json,
        "Range": Range,
        "DateRange": DateRange,
        "DateTimeRange": DateTimeRange,
        "DateTimeTZRange": DateTimeTZRange,
        "NumericRange": NumericRange,
    },
    **dict.fromkeys(("psycopg2.sql", "psycopg.sql"), _COMPOSABLES),
    "MySQLdb": {"__version__": "2.2.4", "version_info": (2, 2, 4, "final", 0)},
    "MySQLdb.converters": {"conversions": {}},
    "pyodbc": {"version": "5.1.0", "pooling": False},
}
_ERRORS_MODULES = {"psycopg2.errors", "psycopg.errors"}


class _Anything(type):
    """The type of a stand-in for an unknown name: it can be called and subclassed."""

    def __getattr__(cls, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return _invent(f"{cls.__name__}.{name}")


def _invent(name: str) -> type:
    def __init__(self: object, *_args: object, **_kwargs: object) -> None:  # noqa: N807
        del self

    return _Anything(name.rpartition(".")[2], (), {"__init__": __init__, "__module__": __name__})


class StandInModule(ModuleType):
    """A module that has every name asked of it."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "A stand-in: it can be imported, and refuses to connect.")
        self.__path__ = []
        root = name.partition(".")[0]
        if name == root:
            self.__dict__.update(_COMMON)
        self.__dict__.update(_CONTENT.get(name, {}))

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__name__ in _ERRORS_MODULES:
            value: object = type(name, (ProgrammingError,), {"__module__": self.__name__})
        elif f"{self.__name__}.{name}" in _SUBMODULES:
            value = sys.modules.get(f"{self.__name__}.{name}")
            value = StandInModule(f"{self.__name__}.{name}") if value is None else value
        else:
            value = _invent(name)
        setattr(self, name, value)
        return value


_SUBMODULES = {
    "psycopg2.extensions",
    "psycopg2.extras",
    "psycopg2.errors",
    "psycopg2.sql",
    "psycopg.errors",
    "psycopg.sql",
    "MySQLdb.constants",
    "MySQLdb.constants.CLIENT",
    "MySQLdb.constants.FIELD_TYPE",
    "MySQLdb.converters",
    "MySQLdb.cursors",
}


class StandInFinder:
    """Finds a driver's modules where nothing else did.

    Parameters
    ----------
    roots
        The top-level packages that it stands in for.

    Notes
    -----
    No subclass of ``importlib.abc``: the protocols ask for no more than these methods, and that
    module imports half a dozen others.
    """

    def __init__(self, roots: tuple[str, ...]) -> None:
        self.roots = roots

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a spec for the drivers' names, None for every other."""
        del target
        root = fullname.partition(".")[0]
        if root not in self.roots:
            return None
        if fullname != root and not isinstance(sys.modules.get(root), StandInModule):
            return None
        del path
        loader: Any = self
        return importlib.machinery.ModuleSpec(fullname, loader, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the stand-in."""
        return StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: a stand-in is whole when it is made."""


def install_missing_drivers() -> None:
    """Let project code import a driver that is not installed.

    Notes
    -----
    ``django.contrib.postgres`` imports Django's own layer over psycopg for every dialect, and
    settings may import that (by way of a package's forms, say). The layer decides once which
    psycopg it is for, and the backend follows it; so it is imported first, over the stand-in of
    psycopg2 (django/db/backends/postgresql/psycopg_any.py and base.py).
    """
    if any(isinstance(finder, StandInFinder) for finder in sys.meta_path):
        return
    with backend_imports():
        importlib.import_module("django.db.backends.postgresql.psycopg_any")
    sys.meta_path.append(StandInFinder((*DRIVERS, "psycopg")))


@contextlib.contextmanager
def backend_imports() -> Iterator[None]:
    """While it lasts, every driver is the stand-in; afterwards the real ones can be imported.

    Notes
    -----
    Django's PostgreSQL backend tries ``psycopg`` before ``psycopg2``, so the former is hidden.
    A driver that was imported before is put back.
    """
    roots = (*DRIVERS, "psycopg")
    saved = {
        name: module for name, module in sys.modules.items() if name.partition(".")[0] in roots
    }
    for name in saved:
        del sys.modules[name]
    sys.modules["psycopg"] = None  # type: ignore[assignment]  # the import system's word for "not there"
    finder = StandInFinder(DRIVERS)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in list(sys.modules):
            if name.partition(".")[0] in roots:
                del sys.modules[name]
        sys.modules.update(saved)
