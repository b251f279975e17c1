"""The tables of ``pg_catalog`` that tell of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.schema import Exclusion, PrimaryKey, QualifiedName
from replayer.dialects.answers.postgresql.objects import column_numbers
from replayer.dialects.answers.tables import SystemTable, array, system_table
from replayer.dialects.introspection_postgresql import index_definition

if TYPE_CHECKING:
    from replayer.dialects.answers.postgresql.objects import Objects

METHODS = {
    "heap": 2, "btree": 403, "hash": 405, "gist": 783, "gin": 2742, "brin": 3580, "spgist": 4000,
    "bloom": 16000, "ivfflat": 16001, "hnsw": 16002, "rum": 16003,
}  # fmt: skip
"""Access methods, and their numbers."""


def pg_index(objects: Objects) -> SystemTable:
    """Indexes, those of constraints too."""
    rows: list[tuple[object, ...]] = []
    for table, index, constraint in objects.indexes():
        numbers = column_numbers(table)
        keys = [numbers.get(item.column or "", 0) for item in index.elements]
        expressions = [item.expression for item in index.elements if item.expression]
        keys += [numbers.get(name, 0) for name in index.include]
        rows.append(
            (objects.oid("c", QualifiedName(table.name.schema, index.name)),
             objects.oid("c", table.name), len(keys), len(index.elements), int(index.unique),
             int(isinstance(constraint, PrimaryKey)), int(isinstance(constraint, Exclusion)),
             1, 0, 1, 1, array(list(keys)), ", ".join(expressions) or None, index.predicate,
             int(not index.nulls_distinct))
        )  # fmt: skip
    return system_table(
        "indexrelid indrelid indnatts indnkeyatts indisunique indisprimary indisexclusion "
        "indimmediate indisclustered indisvalid indisready indkey indexprs indpred "
        "indnullsnotdistinct",
        rows,
    )


def pg_indexes(objects: Objects) -> SystemTable:
    """Tell the view of indexes with their definitions."""
    return system_table(
        "schemaname tablename indexname tablespace indexdef",
        [
            (table.name.schema or "public", table.name.name, index.name, None,
             index_definition(index, table))
            for table, index, _constraint in objects.indexes()
        ],
    )  # fmt: skip


def pg_am(_objects: Objects) -> SystemTable:
    """Access methods."""
    return system_table("oid amname amtype", [(oid, name, "i") for name, oid in METHODS.items()])
