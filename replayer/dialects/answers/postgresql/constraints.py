"""The table of ``pg_catalog`` that tells of constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.schema import Check, ForeignKey, QualifiedName
from replayer.dialects.answers.postgresql.objects import column_numbers
from replayer.dialects.answers.tables import SystemTable, array, system_table
from replayer.dialects.introspection_postgresql import in_order_of

if TYPE_CHECKING:
    from replayer.catalog.schema import Constraint
    from replayer.dialects.answers.postgresql.objects import Objects

_ACTIONS = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}


def pg_constraint(objects: Objects) -> SystemTable:
    """Constraints of tables."""
    rows: list[tuple[object, ...]] = []
    for table in objects.tables():
        numbers = column_numbers(table)
        for item in table.constraints:
            kind = kind_of(item)
            columns = list(item.columns)
            if isinstance(item, Check):
                columns = in_order_of(item.expression, columns)
            key = item if isinstance(item, ForeignKey) else None
            target = objects.catalog.tables.get(key.target) if key else None
            far = column_numbers(target) if target else {}
            name = QualifiedName(table.name.schema, item.name)
            rows.append(
                (objects.oid("k", QualifiedName(str(table.name), item.name)), item.name,
                 objects.schema_oid(table.name.schema), kind, objects.oid("c", table.name),
                 objects.oid("c", key.target) if key else 0,
                 objects.oid("c", name) if kind in "pux" else 0,
                 array([numbers.get(column, 0) for column in columns]),
                 array([far.get(column, 0) for column in key.target_columns]) if key else None,
                 int(getattr(item, "deferrable", False)),
                 int(getattr(item, "initially_deferred", False)),
                 int(getattr(item, "validated", True)),
                 _ACTIONS.get(key.on_delete, "a") if key else " ",
                 _ACTIONS.get(key.on_update, "a") if key else " ",
                 item.expression if isinstance(item, Check) else None, 1, 0)
            )  # fmt: skip
    return system_table(
        "oid conname connamespace contype conrelid confrelid conindid conkey confkey "
        "condeferrable condeferred convalidated confdeltype confupdtype conbin conislocal "
        "contypid",
        rows,
    )


def kind_of(item: Constraint) -> str:
    """Return the letter of a constraint's kind, as ``contype`` has it."""
    return {"PrimaryKey": "p", "Unique": "u", "ForeignKey": "f", "Check": "c"}.get(
        type(item).__name__, "x"
    )
