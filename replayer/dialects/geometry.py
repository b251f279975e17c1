"""GeoDjango's backends: what they are the sisters of, what they quote, and who has no geometry."""

from __future__ import annotations

from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

from replayer.errors import DialectError
from replayer.model import Dialect

if TYPE_CHECKING:
    from typing import NoReturn

_SISTERS = {
    Dialect.POSTGRESQL: "django.contrib.gis.db.backends.postgis",
    Dialect.MYSQL: "django.contrib.gis.db.backends.mysql",
    Dialect.MARIADB: "django.contrib.gis.db.backends.mysql",
}
"""GeoDjango's backend of a dialect. SpatiaLite is none of them: see `refuse_spatialite`."""


class NoGeometryMixin:
    """Goes in front of the ``DatabaseOperations`` of a backend that isn't one of GeoDjango's."""

    connection: Any

    def geo_db_type(self, field: Any) -> NoReturn:  # noqa: ANN401 - a geometry field
        """Refuse a geometry field by its name, where Django lacks an attribute.

        Raises
        ------
        DialectError
            Always.

        Notes
        -----
        Source: django/contrib/gis/db/models/fields.py, ``BaseSpatialField.db_type`` (4.2 to 6.1).
        """
        dialect = self.connection.facts.dialect
        label = field.model._meta.label  # noqa: SLF001 - Django's public name
        message = (
            f"the dialect {dialect.value} cannot express the field {field.name!r} of {label!r}: "
            f"{self.connection.settings_dict['ENGINE']} knows no {type(field).__name__}"
        )
        sister = _SISTERS.get(dialect)
        hint = f"let DATABASES name {sister}" if sister else "type --dialect postgresql"
        raise DialectError(message, hint=hint)


def is_gis(base: Any) -> bool:  # noqa: ANN401 - a wrapper's class
    """Return whether a backend is one of GeoDjango's, or is built on one."""
    return bool(
        getattr(base.features_class, "gis_enabled", False)
        # PostGIS' wrapper made its parts when it was called, before Django 5.2.
        or any(parent.__module__.startswith("django.contrib.gis.") for parent in base.__mro__)
    )


def sister_engine(dialect: Dialect) -> str | None:
    """Return GeoDjango's backend for a dialect, or None where there is none that can be printed."""
    return _SISTERS.get(dialect)


def refuse_spatialite(engine: str) -> NoReturn:
    """Say that SpatiaLite's schema can't be printed.

    Its columns are made by functions of its library (``AddGeometryColumn``), in tables of its own
    that a few hundred statements fill, and no SQLite without the library loads any of them.

    Raises
    ------
    DialectError
        Always.

    Notes
    -----
    Source: django/contrib/gis/db/backends/spatialite/schema.py (4.2 to 6.1).
    """
    message = (
        f"the database engine {engine!r} cannot be printed: SpatiaLite makes geometry columns by "
        "functions of its own, not by DDL"
    )
    raise DialectError(message, hint="type --dialect postgresql, mysql or mariadb")


def postgis_literal(value: Any) -> str:  # noqa: ANN401 - a PostGISAdapter
    """Return a geometry, geography or raster as the project's own driver would write it.

    Notes
    -----
    PostgreSQL keeps a default as an expression, so the two drivers leave two catalogues: psycopg's
    is a literal, psycopg2's a call. Django takes psycopg where both are installed; it is assumed
    where none is. Source: django/contrib/gis/db/backends/postgis/adapter.py and base.py,
    django/db/backends/postgresql/psycopg_any.py (4.2 to 6.1).
    """
    data = value.ewkb if isinstance(value.ewkb, str) else value.ewkb.hex()
    if not value.is_geometry:
        return f"'{data}'::raster"
    # Asked of the path alone: a stand-in is no driver.
    installed = {name for name in ("psycopg", "psycopg2") if PathFinder.find_spec(name)}
    if installed == {"psycopg2"}:
        return f"{'ST_GeogFromWKB' if value.geography else 'ST_GeomFromEWKB'}('\\x{data}'::bytea)"
    return f"'{data}'::{'geography' if value.geography else 'geometry'}"
