"""The tables of ``pg_catalog`` that tell of relations and of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.schema import IdentityKind, ObjectKind, QualifiedName
from replayer.dialects.answers.postgresql.indexes import METHODS
from replayer.dialects.answers.postgresql.objects import column_numbers, default_of
from replayer.dialects.answers.tables import SystemTable, system_table
from replayer.dialects.postgresql_types import type_info

if TYPE_CHECKING:
    from replayer.catalog.schema import Column
    from replayer.dialects.answers.postgresql.objects import Objects


def pg_class(objects: Objects) -> SystemTable:
    """Tables, indexes, sequences and views."""
    return system_table(
        "oid relname relnamespace relkind relam relnatts reloptions reltuples relpages "
        "relhasindex relispartition relpersistence relowner relrowsecurity reltablespace "
        "relhastriggers relchecks",
        [
            (oid, name.name, objects.schema_oid(name.schema), kind, METHODS.get(method, 0), columns,
             options, 0, 0, 1, 0, "p", 10, 0, 0, 0, 0)
            for name, oid, kind, method, columns, options in objects.relations()
        ],
    )  # fmt: skip


def pg_attribute(objects: Objects) -> SystemTable:
    """Columns."""
    rows: list[tuple[object, ...]] = []
    for table in objects.tables():
        for place, column in enumerate(table.columns, 1):
            kind = type_info(column.type)
            identity = column.identity.kind if column.identity else None
            rows.append(
                (objects.oid("c", table.name), column.name, kind.oid, place, int(not column.null),
                 int(default_of(column) is not None), 0,
                 {IdentityKind.ALWAYS: "a", IdentityKind.BY_DEFAULT: "d"}.get(identity, "")
                 if identity else "",
                 "s" if column.generated else "", _collation(objects, column), kind.size,
                 kind.modifiers[0] + 4 if kind.modifiers else -1, 0)
            )  # fmt: skip
    for table, index, _constraint in objects.indexes():
        name = QualifiedName(table.name.schema, index.name)
        rows += [
            (
                objects.oid("c", name),
                item.column or "expr",
                0,
                place,
                0,
                0,
                0,
                "",
                "",
                0,
                -1,
                -1,
                0,
            )
            for place, item in enumerate(index.elements, 1)
        ]
    return system_table(
        "attrelid attname atttypid attnum attnotnull atthasdef attisdropped attidentity "
        "attgenerated attcollation attlen atttypmod attndims",
        rows,
    )


def _collation(objects: Objects, column: Column) -> int:
    if column.collation is None:
        return 100
    return objects.oid("o", QualifiedName("", column.collation.strip('"')))


def pg_attrdef(objects: Objects) -> SystemTable:
    """Defaults."""
    rows: list[tuple[object, ...]] = [
        (0, objects.oid("c", table.name), place, default_of(column))
        for table in objects.tables()
        for place, column in enumerate(table.columns, 1)
        if default_of(column) is not None
    ]
    return system_table("oid adrelid adnum adbin", rows)


def pg_description(objects: Objects) -> SystemTable:
    """Comments of tables and columns."""
    rows: list[tuple[object, ...]] = []
    for table in objects.tables():
        oid = objects.oid("c", table.name)
        comments = [table.comment, *(column.comment for column in table.columns)]
        rows += [(oid, 1259, place, text) for place, text in enumerate(comments) if text]
    return system_table("objoid classoid objsubid description", rows)


def pg_tables(objects: Objects) -> SystemTable:
    """Tell the view of tables."""
    return system_table(
        "schemaname tablename tableowner tablespace hasindexes hasrules hastriggers rowsecurity",
        [
            (table.name.schema or "public", table.name.name, "postgres", None, 1, 0, 0, 0)
            for table in objects.tables()
        ],
    )


def pg_views(objects: Objects) -> SystemTable:
    """Tell the view of views."""
    return system_table(
        "schemaname viewname viewowner definition",
        [
            (other.name.schema or "public", other.name.name, "postgres", other.statements[0])
            for other in objects.others(ObjectKind.VIEW)
        ],
    )


def pg_matviews(objects: Objects) -> SystemTable:
    """Tell the view of materialized views."""
    return system_table(
        "schemaname matviewname matviewowner tablespace hasindexes ispopulated definition",
        [
            (other.name.schema or "public", other.name.name, "postgres", None, 0, 1,
             other.statements[0])
            for other in objects.others(ObjectKind.MATERIALIZED_VIEW)
        ],
    )  # fmt: skip


def pg_sequences(objects: Objects) -> SystemTable:
    """Tell the view of sequences."""
    return system_table(
        "schemaname sequencename sequenceowner data_type start_value last_value",
        [
            (name.schema or "public", name.name, "postgres", "bigint", 1, None)
            for name, _table, _column in objects.sequences()
        ],
    )


def pg_depend(objects: Objects) -> SystemTable:
    """Which column owns a sequence."""
    rows: list[tuple[object, ...]] = []
    for name, table, column in objects.sequences():
        if table is None or column is None:
            continue
        serial = column.identity is not None and column.identity.kind is IdentityKind.SERIAL
        rows.append((1259, objects.oid("c", name), 0, 1259, objects.oid("c", table.name),
                     column_numbers(table)[column.name], "a" if serial else "i"))  # fmt: skip
    return system_table("classid objid objsubid refclassid refobjid refobjsubid deptype", rows)


def pg_inherits(_objects: Objects) -> SystemTable:
    """Partitions: none is known by its parent."""
    return system_table("inhrelid inhparent inhseqno")
