"""The tables of ``pg_catalog`` that tell of extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.schema import ObjectKind, QualifiedName
from replayer.dialects.answers.tables import SystemTable, system_table

if TYPE_CHECKING:
    from replayer.dialects.answers.postgresql.objects import Objects

_AVAILABLE = [
    "amcheck",
    "autoinc",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "insert_username",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_trgm",
    "pg_visibility",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "plpgsql",
    "postgres_fdw",
    "refint",
    "seg",
    "sslinfo",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
]
"""What the server's own distribution brings along (contrib)."""


def pg_extension(objects: Objects) -> SystemTable:
    """Extensions that are installed."""
    return system_table(
        "oid extname extowner extnamespace extrelocatable extversion",
        [
            (objects.oid("e", QualifiedName("", name)), name, 10, 2200, 1, "1.0")
            for name in dict.fromkeys(_extensions(objects))
        ],
    )


def pg_available_extensions(objects: Objects) -> SystemTable:
    """Extensions that the server's distribution brings along."""
    installed = set(_extensions(objects))
    return system_table(
        "name default_version installed_version comment",
        [
            (name, "1.0", "1.0" if name in installed else None, "")
            for name in sorted({*_AVAILABLE, *installed})
        ],
    )


def _extensions(objects: Objects) -> list[str]:
    return ["plpgsql", *(other.name.name for other in objects.others(ObjectKind.EXTENSION))]
