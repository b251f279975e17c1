"""The tables of ``information_schema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.schema import (
    Check,
    Exclusion,
    ForeignKey,
    IdentityKind,
    ObjectKind,
    PrimaryKey,
    Unique,
)
from replayer.dialects.answers.postgresql.constraints import kind_of
from replayer.dialects.answers.postgresql.objects import default_of, last_name
from replayer.dialects.answers.tables import SystemTable, system_table
from replayer.dialects.postgresql_types import type_info

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.catalog.schema import Constraint, Table
    from replayer.dialects.answers.postgresql.objects import Objects

_KINDS = {"p": "PRIMARY KEY", "u": "UNIQUE", "f": "FOREIGN KEY", "c": "CHECK", "x": "EXCLUDE"}


def schemata(objects: Objects) -> SystemTable:
    """Schemas."""
    return system_table(
        "catalog_name schema_name schema_owner",
        [("default", name, "postgres") for name in objects.schemas()],
    )


def tables(objects: Objects) -> SystemTable:
    """Tables and views."""
    rows: list[tuple[object, ...]] = [
        ("default", table.name.schema or "public", table.name.name, "BASE TABLE", "YES")
        for table in objects.tables()
    ]
    rows += [
        ("default", other.name.schema or "public", other.name.name, "VIEW", "NO")
        for other in objects.others(ObjectKind.VIEW)
    ]
    return system_table("table_catalog table_schema table_name table_type is_insertable_into", rows)


def columns(objects: Objects) -> SystemTable:
    """Columns."""
    rows: list[tuple[object, ...]] = []
    for table in objects.tables():
        for place, column in enumerate(table.columns, 1):
            kind = type_info(column.type)
            is_text = kind.element in {"varchar", "bpchar"} and not kind.is_array
            is_numeric = kind.name == "numeric" and len(kind.modifiers) == 2
            precisions = {"int2": 16, "int4": 32, "int8": 64}
            identity = column.identity
            is_identity = identity is not None and identity.kind is not IdentityKind.SERIAL
            rows.append(
                ("default", table.name.schema or "public", table.name.name, column.name, place,
                 None if column.generated else default_of(column),
                 "YES" if column.null else "NO", kind.described,
                 kind.modifiers[0] if is_text and kind.modifiers else None,
                 kind.modifiers[0] if is_numeric else precisions.get(kind.name),
                 kind.modifiers[1] if is_numeric else 0 if kind.name in precisions else None,
                 kind.name, (column.collation or "").strip('"') or None,
                 "YES" if is_identity else "NO",
                 "ALWAYS" if column.generated else "NEVER",
                 column.generated.expression if column.generated else None)
            )  # fmt: skip
    return system_table(
        "table_catalog table_schema table_name column_name ordinal_position column_default "
        "is_nullable data_type character_maximum_length numeric_precision numeric_scale "
        "udt_name collation_name is_identity is_generated generation_expression",
        rows,
    )


def table_constraints(objects: Objects) -> SystemTable:
    """Constraints."""
    return system_table(
        "constraint_catalog constraint_schema constraint_name table_catalog table_schema "
        "table_name constraint_type is_deferrable initially_deferred enforced",
        [
            ("default", table.name.schema or "public", item.name, "default",
             table.name.schema or "public", table.name.name, _KINDS[kind_of(item)],
             _yes(getattr(item, "deferrable", False)),
             _yes(getattr(item, "initially_deferred", False)), "YES")
            for table, item in _constraints(objects)
        ],
    )  # fmt: skip


def key_column_usage(objects: Objects) -> SystemTable:
    """Tell the columns of keys."""
    return system_table(
        "constraint_catalog constraint_schema constraint_name table_catalog table_schema "
        "table_name column_name ordinal_position position_in_unique_constraint",
        [
            ("default", table.name.schema or "public", item.name, "default",
             table.name.schema or "public", table.name.name, column, place,
             place if isinstance(item, ForeignKey) else None)
            for table, item in _constraints(objects)
            if not isinstance(item, Check)
            for place, column in enumerate(item.columns, 1)
        ],
    )  # fmt: skip


def constraint_column_usage(objects: Objects) -> SystemTable:
    """Tell the columns that constraints use: of a foreign key those it points at."""
    rows: list[tuple[object, ...]] = []
    for table, item in _constraints(objects):
        used, columns = table.name, item.columns
        if isinstance(item, ForeignKey):
            used, columns = item.target, item.target_columns
        rows += [
            ("default", used.schema or "public", used.name, column, "default",
             table.name.schema or "public", item.name)
            for column in columns
        ]  # fmt: skip
    return system_table(
        "table_catalog table_schema table_name column_name constraint_catalog "
        "constraint_schema constraint_name",
        rows,
    )


def referential_constraints(objects: Objects) -> SystemTable:
    """Foreign keys."""
    rows: list[tuple[object, ...]] = []
    for table, item in _constraints(objects):
        if not isinstance(item, ForeignKey):
            continue
        target = objects.catalog.tables.get(item.target)
        unique = next(
            (
                found.name
                for found in (target.constraints if target else ())
                if isinstance(found, (PrimaryKey, Unique)) and found.columns == item.target_columns
            ),
            None,
        )
        rows.append(
            ("default", table.name.schema or "public", item.name, "default",
             item.target.schema or "public", unique, "NONE", item.on_update, item.on_delete)
        )  # fmt: skip
    return system_table(
        "constraint_catalog constraint_schema constraint_name unique_constraint_catalog "
        "unique_constraint_schema unique_constraint_name match_option update_rule delete_rule",
        rows,
    )


def check_constraints(objects: Objects) -> SystemTable:
    """Tell checks."""
    return system_table(
        "constraint_catalog constraint_schema constraint_name check_clause",
        [
            ("default", table.name.schema or "public", item.name, f"({item.expression})")
            for table, item in _constraints(objects)
            if isinstance(item, Check)
        ],
    )


def views(objects: Objects) -> SystemTable:
    """Tell views."""
    return system_table(
        "table_catalog table_schema table_name view_definition",
        [
            ("default", other.name.schema or "public", other.name.name, other.statements[0])
            for other in objects.others(ObjectKind.VIEW)
        ],
    )


def sequences(objects: Objects) -> SystemTable:
    """Sequences."""
    return system_table(
        "sequence_catalog sequence_schema sequence_name data_type",
        [
            ("default", name.schema or "public", name.name, "bigint")
            for name, _table, _column in objects.sequences()
        ],
    )


def routines(objects: Objects) -> SystemTable:
    """Functions and procedures."""
    kinds = {ObjectKind.FUNCTION: "FUNCTION", ObjectKind.PROCEDURE: "PROCEDURE"}
    return system_table(
        "routine_catalog routine_schema routine_name routine_type",
        [
            ("default", other.name.schema or "public", other.name.name.partition("(")[0],
             kinds[other.kind])
            for other in objects.others(*kinds)
        ],
    )  # fmt: skip


def triggers(objects: Objects) -> SystemTable:
    """Triggers."""
    return system_table(
        "trigger_catalog trigger_schema trigger_name event_object_schema event_object_table",
        [
            ("default", "public", last_name(other.name.name), "public",
             other.depends.name if other.depends else None)
            for other in objects.others(ObjectKind.TRIGGER)
        ],
    )  # fmt: skip


def _constraints(objects: Objects) -> Iterator[tuple[Table, Constraint]]:
    for table in objects.tables():
        for item in table.constraints:
            if not isinstance(item, Exclusion):
                yield table, item


def _yes(value: object) -> str:
    return "YES" if value else "NO"
