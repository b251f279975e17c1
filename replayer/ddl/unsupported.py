"""Which part of a model a dialect cannot express, once its schema editor has failed on it.

An editor that does not know a kind of field or constraint fails somewhere inside, with an error
that names neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from replayer.catalog.mysql.rules import ServerRules

if TYPE_CHECKING:
    from collections.abc import Iterator

_POSTGRES = "django.contrib.postgres."


def unsupported_part(model: Any, connection: Any) -> str | None:  # noqa: ANN401 - Django's classes
    """Return a phrase that names the first such part and its reason; None where there is none."""
    return next(_parts(model._meta, connection), None)  # noqa: SLF001 - Django's public name


def unknown_type(model: Any, connection: Any) -> str | None:  # noqa: ANN401 - Django's classes
    """Return a phrase on the first field whose type MySQL or MariaDB lacks; None for others.

    Notes
    -----
    Their editor writes any type that a field tells of (django/db/backends/base/schema.py,
    ``column_sql``); SQLite takes any, and PostgreSQL's types may come from extensions.
    """
    if connection.vendor != "mysql":
        return None
    rules = ServerRules.of(connection.facts)
    for field in model._meta.local_fields:  # noqa: SLF001 - Django's public name
        told = field.db_parameters(connection)["type"]
        if told is not None and not rules.knows_type(str(told)):
            label = model._meta.label  # noqa: SLF001 - as above
            return f"the field {field.name!r} of {label!r}: it has no type {str(told)!r}"
    return None


def dangling_relation(model: Any) -> str | None:  # noqa: ANN401 - a model class
    """Return a sentence on the first relation whose model does not exist, or None.

    Notes
    -----
    Django leaves the name in the place of such a model; its own check is fields.E300.
    """
    meta = model._meta  # noqa: SLF001 - Django's public name
    for field in (*meta.local_fields, *meta.local_many_to_many):
        target = getattr(getattr(field, "remote_field", None), "model", None)
        if isinstance(target, str):
            return (
                f"the field {field.name!r} of {meta.label!r} points at {target!r}, "
                "which is a model of no installed app"
            )
    return None


def _parts(meta: Any, connection: Any) -> Iterator[str]:  # noqa: ANN401 - Django's classes
    features = connection.features
    can_generate = getattr(features, "supports_stored_generated_columns", False) or getattr(
        features, "supports_virtual_generated_columns", False
    )
    for field in meta.local_fields:
        kind = type(field).__name__
        if getattr(field, "generated", False) and not can_generate:
            yield f"the field {field.name!r} of {meta.label!r}: its backend knows no {kind}"
        elif _is_of_postgresql(field, connection):
            yield f"the field {field.name!r} of {meta.label!r}: {kind} is PostgreSQL's own"
    for word, parts in (("constraint", meta.constraints), ("index", meta.indexes)):
        for part in parts:
            if _is_of_postgresql(part, connection):
                kind = type(part).__name__
                yield f"the {word} {part.name!r} of {meta.label!r}: {kind} is PostgreSQL's own"


def _is_of_postgresql(part: object, connection: Any) -> bool:  # noqa: ANN401 - a wrapper
    if connection.vendor == "postgresql":
        return False
    return any(base.__module__.startswith(_POSTGRES) for base in type(part).__mro__)
