"""What both introspections share: the catalogue behind a connection, and Django's own tuples."""

from __future__ import annotations

import importlib
from typing import Any

from replayer.catalog.catalog import Catalog


def catalog_of(connection: Any) -> Catalog | None:  # noqa: ANN401 - an offline wrapper
    """Return the catalogue behind an offline connection, or None.

    Raises
    ------
    Exception
        Django's ``OperationalError``, while nothing stands behind the connection.
    """
    connection.ensure_connection()
    catalog = getattr(connection.backing, "catalog", None)
    return catalog if isinstance(catalog, Catalog) else None


def module_of(introspection: object) -> Any:  # noqa: ANN401 - a module of Django's
    """Return Django's module, whose tuples differ by version and by backend.

    Raises
    ------
    TypeError
        When no backend's introspection is among the bases.
    """
    for base in type(introspection).__mro__:
        module: Any = importlib.import_module(base.__module__)
        if hasattr(module, "FieldInfo") and hasattr(module, "TableInfo"):
            return module
    message = "no backend's introspection among the bases"
    raise TypeError(message)
