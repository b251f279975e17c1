"""The tables of ``pg_catalog`` that tell of other objects, and of the server itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.schema import ObjectKind
from replayer.dialects.answers.postgresql.objects import last_name
from replayer.dialects.answers.postgresql.settings import settings_of
from replayer.dialects.answers.tables import SystemTable, system_table

if TYPE_CHECKING:
    from replayer.dialects.answers.postgresql.objects import Objects


def pg_namespace(objects: Objects) -> SystemTable:
    """Schemas."""
    return system_table(
        "oid nspname nspowner", [(objects.schema_oid(name), name, 10) for name in objects.schemas()]
    )


def pg_proc(objects: Objects) -> SystemTable:
    """Functions and procedures."""
    kinds = {ObjectKind.FUNCTION: "f", ObjectKind.PROCEDURE: "p", ObjectKind.AGGREGATE: "a"}
    return system_table(
        "oid proname pronamespace prokind prosrc proowner",
        [
            (objects.oid("f", other.name), other.name.name.partition("(")[0],
             objects.schema_oid(other.name.schema), kinds[other.kind], other.statements[-1], 10)
            for other in objects.others(*kinds)
        ],
    )  # fmt: skip


def pg_trigger(objects: Objects) -> SystemTable:
    """Triggers."""
    return system_table(
        "oid tgrelid tgname tgisinternal tgenabled tgfoid tgparentid",
        [
            (objects.oid("t", other.name), objects.oid("c", other.depends) if other.depends else 0,
             last_name(other.name.name), 0, "O", 0, 0)
            for other in objects.others(ObjectKind.TRIGGER)
        ],
    )  # fmt: skip


def pg_publication(objects: Objects) -> SystemTable:
    """Publications."""
    return system_table(
        "oid pubname pubowner puballtables",
        [
            (objects.oid("p", other.name), last_name(other.name.name), 10,
             int("FOR ALL TABLES" in " ".join(other.statements[0].upper().split())))
            for other in objects.others(ObjectKind.PUBLICATION)
        ],
    )  # fmt: skip


def pg_policies(objects: Objects) -> SystemTable:
    """Tell the view of policies."""
    return system_table(
        "schemaname tablename policyname",
        [
            (other.depends.schema or "public" if other.depends else "public",
             other.depends.name if other.depends else "", last_name(other.name.name))
            for other in objects.others(ObjectKind.POLICY)
        ],
    )  # fmt: skip


def pg_database(_objects: Objects) -> SystemTable:
    """Tell the one database."""
    return system_table(
        "oid datname datcollate datctype encoding", [(1, "default", "C.UTF-8", "C.UTF-8", 6)]
    )


def pg_roles(_objects: Objects) -> SystemTable:
    """Tell the one role."""
    return system_table(
        "oid rolname rolsuper usename usesuper", [(10, "postgres", 1, "postgres", 1)]
    )


def pg_settings(objects: Objects) -> SystemTable:
    """Tell the settings that are known; no row is no proof that there is no such setting."""
    return system_table("name setting", list(settings_of(objects.catalog.facts).items()))
