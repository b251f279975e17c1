"""What a query of PostgreSQL's own tables, and a look-up of a relation, are answered from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.schema import QualifiedName
from replayer.dialects.answers.postgresql import (
    constraints,
    data_types,
    extensions,
    indexes,
    information_schema,
    others,
    relations,
)
from replayer.dialects.answers.postgresql.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from replayer.catalog.catalog import Catalog
    from replayer.dialects.answers.tables import SystemTable

CATALOG: dict[str, Callable[[Objects], SystemTable]] = {
    "pg_class": relations.pg_class,
    "pg_namespace": others.pg_namespace,
    "pg_attribute": relations.pg_attribute,
    "pg_attrdef": relations.pg_attrdef,
    "pg_constraint": constraints.pg_constraint,
    "pg_index": indexes.pg_index,
    "pg_indexes": indexes.pg_indexes,
    "pg_tables": relations.pg_tables,
    "pg_views": relations.pg_views,
    "pg_matviews": relations.pg_matviews,
    "pg_extension": extensions.pg_extension,
    "pg_available_extensions": extensions.pg_available_extensions,
    "pg_type": data_types.pg_type,
    "pg_enum": data_types.pg_enum,
    "pg_proc": others.pg_proc,
    "pg_trigger": others.pg_trigger,
    "pg_publication": others.pg_publication,
    "pg_collation": data_types.pg_collation,
    "pg_sequences": relations.pg_sequences,
    "pg_depend": relations.pg_depend,
    "pg_am": indexes.pg_am,
    "pg_database": others.pg_database,
    "pg_roles": others.pg_roles,
    "pg_settings": others.pg_settings,
    "pg_description": relations.pg_description,
    "pg_policies": others.pg_policies,
    "pg_inherits": relations.pg_inherits,
    "pg_user": others.pg_roles,
    "pg_authid": others.pg_roles,
}
"""The tables of ``pg_catalog``; made in this order, which the numbers of objects follow."""
INFORMATION: dict[str, Callable[[Objects], SystemTable]] = {
    "schemata": information_schema.schemata,
    "tables": information_schema.tables,
    "columns": information_schema.columns,
    "table_constraints": information_schema.table_constraints,
    "key_column_usage": information_schema.key_column_usage,
    "constraint_column_usage": information_schema.constraint_column_usage,
    "referential_constraints": information_schema.referential_constraints,
    "check_constraints": information_schema.check_constraints,
    "views": information_schema.views,
    "sequences": information_schema.sequences,
    "routines": information_schema.routines,
    "triggers": information_schema.triggers,
}
"""The tables of ``information_schema``."""


class PostgresqlSystem:
    """The tables of ``pg_catalog`` and ``information_schema``.

    Parameters
    ----------
    catalog
        What is in the database.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._objects = Objects(catalog=catalog)

    def oid(self, kind: str, name: QualifiedName) -> int:
        """Return a number for an object, the same for the life of this value."""
        return self._objects.oid(kind, name)

    def schema_oid(self, name: str) -> int:
        """Return the number of a schema."""
        return self._objects.schema_oid(name)

    def schemas(self) -> list[str]:
        """Return the names of all schemas."""
        return self._objects.schemas()

    def relation(self, written: str) -> int | None:
        """Return the number of the relation that a text names, as ``to_regclass`` does."""
        parts = [
            part[1:-1] if part[:1] == '"' else part.lower()
            for part in re.findall(r'"[^"]+"|[^".]+', written.strip())
        ]
        schema = "" if len(parts) < 2 or parts[0] == "public" else parts[0]
        wanted = QualifiedName(schema, parts[-1]) if parts else None
        if schema == "pg_catalog" or (parts and parts[-1] in CATALOG):
            return 1259
        for name, oid, *_rest in self._objects.relations():
            if name == wanted:
                return oid
        return None

    def relation_name(self, oid: object) -> str | None:
        """Return the name of a relation by its number."""
        for name, number, *_rest in self._objects.relations():
            if number == oid:
                return str(name)
        return None

    def names(self) -> tuple[str, ...]:
        """Return the names of the tables of ``pg_catalog``, in the order to make them in."""
        return tuple(CATALOG)

    def information_names(self) -> tuple[str, ...]:
        """Return the names of the tables of ``information_schema``."""
        return tuple(INFORMATION)

    def make(self, name: str) -> SystemTable:
        """Return a table of ``pg_catalog``."""
        return CATALOG[name](self._objects)

    def make_information(self, name: str) -> SystemTable:
        """Return a table of ``information_schema``."""
        return INFORMATION[name](self._objects)
