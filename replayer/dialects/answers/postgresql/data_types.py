"""The tables of ``pg_catalog`` that tell of types and of collations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.schema import ObjectKind, QualifiedName
from replayer.dialects.answers.tables import SystemTable, system_table
from replayer.dialects.postgresql_types import known_types, type_info

if TYPE_CHECKING:
    from replayer.dialects.answers.postgresql.objects import Objects


def pg_type(objects: Objects) -> SystemTable:
    """Types of the server, of extensions as far as columns use them, and user's own."""
    rows: dict[str, tuple[object, ...]] = {}
    for name, (oid, size, arrays) in known_types().items():
        rows[name] = (oid, name, 11, "b", arrays, 0, size, "U", 0, 0)
        rows[f"_{name}"] = (arrays, f"_{name}", 11, "b", 0, oid, -1, "A", 0, 0)
    for table in objects.tables():
        for column in table.columns:
            info = type_info(column.type)
            rows.setdefault(info.name, (info.oid, info.name, 2200, "b", 0, 0, -1, "U", 0, 0))
    kinds = {ObjectKind.TYPE: "e", ObjectKind.DOMAIN: "d"}
    for other in objects.others(*kinds):
        name = other.name.name
        rows[name] = (type_info(name).oid, name, objects.schema_oid(other.name.schema),
                      kinds[other.kind], 0, 0, -1, "U", 0, 0)  # fmt: skip
    return system_table(
        "oid typname typnamespace typtype typarray typelem typlen typcategory typnotnull typrelid",
        list(rows.values()),
    )


def pg_enum(objects: Objects) -> SystemTable:
    """Tell the labels of enumerations."""
    rows: list[tuple[object, ...]] = []
    for other in objects.others(ObjectKind.TYPE):
        match = re.search(r"AS\s+ENUM\s*\((.*)\)", other.statements[0], re.IGNORECASE | re.DOTALL)
        for place, label in enumerate(re.findall(r"'([^']*)'", match[1]) if match else [], 1):
            rows.append((0, type_info(other.name.name).oid, place, label))
    return system_table("oid enumtypid enumsortorder enumlabel", rows)


def pg_collation(objects: Objects) -> SystemTable:
    """Collations: a few of the server's own, and those that were made or are used."""
    names = ["default", "C", "POSIX", "ucs_basic", "unicode", "und-x-icu", "en-x-icu"]
    rows: list[tuple[object, ...]] = [
        (100 if name == "default" else objects.oid("o", QualifiedName("", name)), name, 11,
         "d" if name == "default" else "c", 1)
        for name in names
    ]  # fmt: skip
    for other in objects.others(ObjectKind.COLLATION):
        text = other.statements[0].lower().replace(" ", "")
        rows.append(
            (objects.oid("o", QualifiedName("", other.name.name)), other.name.name,
             objects.schema_oid(other.name.schema), "i" if "provider=icu" in text else "c",
             int("deterministic=false" not in text))
        )  # fmt: skip
    known = {row[1] for row in rows}
    used = {
        column.collation.strip('"')
        for table in objects.tables()
        for column in table.columns
        if column.collation
    }
    rows += [
        (objects.oid("o", QualifiedName("", name)), name, 11, "c", 1)
        for name in sorted(used - known)
    ]
    return system_table("oid collname collnamespace collprovider collisdeterministic", rows)
