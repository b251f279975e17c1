"""Render models as DDL: ``(models, connection) -> statements``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import NotSupportedError, router
from django.db.backends.ddl_references import Statement as DjangoStatement

from replayer.ddl.order import in_loading_order
from replayer.ddl.unsupported import dangling_relation, unknown_type, unsupported_part
from replayer.dialects.backing import Recorder
from replayer.errors import DialectError, ProjectError, ReplayerError
from replayer.model import ModelKey, Statement
from replayer.project.blame import sentence, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TABLE = re.compile(r'\s*CREATE TABLE\s+((?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|\.)+)')
_INDEX = re.compile(
    r'\s*CREATE (?:UNIQUE )?(?:\w+ )?INDEX (?:IF NOT EXISTS )?("(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\])'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The statements of some models: tables first, then indexes, then foreign keys."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()
    """What a reader should know of it, one sentence each."""


def is_rendered(model: Any, alias: str) -> bool:  # noqa: ANN401 - a model class
    """Return whether ``migrate`` would make a table for a model in a database.

    Notes
    -----
    A proxy, an unmanaged and a swapped model have none, and a router may say no.

    Raises
    ------
    ProjectError
        When a router fails: it may ask the connection for what another backend has not.
    """
    meta = model._meta  # noqa: SLF001 - Django's public name
    if not meta.can_migrate(alias):
        return False
    try:
        return bool(router.allow_migrate_model(alias, model))
    except Exception as error:
        message = f"a router cannot tell whether {meta.label} has a table: {sentence(error)}"
        raise ProjectError(message) from error


def render_models(
    models: Iterable[Any],
    connection: Any,  # noqa: ANN401 - a wrapper
    fuzzy_collations: frozenset[str] = frozenset(),
) -> Rendered:
    """Create every model through the schema editor and return what it would execute.

    Parameters
    ----------
    models
        Model classes of one app registry, in an order that no hash seed decides.
    connection
        An offline wrapper; its backing is replaced by a recorder.
    fuzzy_collations
        The names of the collations that are not deterministic, which PostgreSQL's editor asks for.

    Raises
    ------
    DialectError
        When the dialect cannot express a model; it names the model.
    ProjectError
        When a relation of a model points at none.
    """
    chosen = [model for model in models if is_rendered(model, connection.alias)]
    recorder = Recorder(fuzzy_collations=fuzzy_collations)
    connection.back_with(recorder)
    made: list[Statement] = []
    late: list[Statement] = []
    keys: list[Statement] = []
    editor = connection.SchemaEditorClass(connection, atomic=False)
    editor.deferred_sql = []
    for model in in_loading_order(chosen):
        recorder.statements.clear()
        _create(editor, model)
        key = ModelKey(model._meta.app_label, model._meta.model_name)  # noqa: SLF001 - public name
        made.extend(_statement(sql, key) for sql in recorder.statements if _is_kept(sql))
        for deferred in editor.deferred_sql:
            is_key = isinstance(deferred, DjangoStatement) and deferred.template == getattr(
                editor, "sql_create_fk", None
            )
            # Source: BaseDatabaseSchemaEditor.__exit__ executes them with no parameters.
            (keys if is_key else late).append(_statement(str(deferred), key))
        editor.deferred_sql = []
    statements, notes = _without_twins([*made, *late, *keys])
    return Rendered(statements=statements, notes=notes)


def _create(editor: Any, model: Any) -> None:  # noqa: ANN401 - Django's classes
    label = model._meta.label  # noqa: SLF001 - Django's public name
    dialect = editor.connection.facts.dialect.value
    try:
        editor.create_model(model)
        typeless = unknown_type(model, editor.connection)
    except ReplayerError:
        raise
    except Exception as error:
        nowhere = dangling_relation(model)
        if nowhere is not None:
            raise ProjectError(nowhere) from error
        # Who raises that error says what is not supported; any other one is an accident of a field
        # or a constraint that was written for another vendor.
        is_told = isinstance(error, NotSupportedError)
        part = None if is_told else unsupported_part(model, editor.connection)
        told = part or f"the model {label!r}: {text_of(error)}"
        message = f"the dialect {dialect} cannot express {told}"
        raise DialectError(message) from error
    if typeless is not None:
        message = f"the dialect {dialect} cannot express {typeless}"
        raise DialectError(message)


def _is_kept(sql: str) -> bool:
    """Leave out what an editor only asks (SQL Server's looks for constraints of that name)."""
    return sql.lstrip()[:6].upper() not in {"SELECT", "PRAGMA"}


def _statement(sql: str, key: ModelKey) -> Statement:
    match = _TABLE.match(sql)
    table = None
    if match:
        table = re.sub(r'(?<!")"(?!")|[`\[\]]', "", match[1]).replace('""', '"')
    return Statement(sql=sql.strip().rstrip(";"), table=table, model=key)


def _without_twins(
    statements: Sequence[Statement],
) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """Leave out an index that the state holds a second time under one name (django-taggit)."""
    seen: set[tuple[str, ModelKey | None]] = set()
    kept: list[Statement] = []
    notes: list[str] = []
    for statement in statements:
        match = _INDEX.match(statement.sql)
        if match is not None:
            if (match[1], statement.model) in seen:
                notes.append(
                    f"the state holds the index {match[1]} of {statement.model} twice; "
                    "it is printed once"
                )
                continue
            seen.add((match[1], statement.model))
        kept.append(statement)
    return tuple(kept), tuple(notes)
