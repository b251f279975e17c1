"""Where each table of a schema is written: its model, or the operation that touched it last."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Any

from django.apps import apps as global_apps

from replayer.ddl.document import Position
from replayer.model import ModelKey
from replayer.sources import is_first_party

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from replayer.history.loader import History
    from replayer.model import MigrationKey, Source, Statement
    from replayer.replay.record import MigrationRecord
    from replayer.sources import Sources


class PositionKind(enum.Enum):
    """What a table's position points at."""

    NONE = "none"
    MODEL = "model"
    """The class in ``models.py``."""
    MIGRATION = "migration"
    """The operation that made the table or changed it last."""


_NAME = r"(?P<name>(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|[^\s\"`\[\](,;]|\.)+)"
_TOUCHES = re.compile(
    r"\s*(?:(?P<verb>CREATE|ALTER|DROP)\s+(?:(?:VIRTUAL|UNLOGGED|TEMP|TEMPORARY|FOREIGN)\s+)*"
    r"TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
    r"|CREATE\s+(?:UNIQUE\s+|FULLTEXT\s+|SPATIAL\s+)?INDEX\s.*?\sON\s+(?:ONLY\s+)?"
    r"|COMMENT\s+ON\s+TABLE\s+"
    rf"|(?P<rename>RENAME)\s+TABLE\s+){_NAME}(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_RENAMED = re.compile(rf"\s+(?:RENAME\s+)?TO\s+{_NAME}\s*$", re.IGNORECASE)


def model_positions(sources: Sources) -> dict[str, Source]:
    """Return the place of the model of each table; a many-to-many's table is at its field."""
    found: dict[str, Source] = {}
    models = global_apps.get_models(include_auto_created=True, include_swapped=True)
    for model in sorted(models, key=lambda model: not model._meta.managed):  # noqa: SLF001 - public
        meta = model._meta  # noqa: SLF001 - Django's public name
        if meta.proxy or meta.swapped:
            continue
        source = sources.model_source(model)
        if source is not None:
            found.setdefault(bare_name(meta.db_table), source)
    return found


def record_positions(
    records: Sequence[MigrationRecord], history: History, sources: Sources
) -> dict[str, Source]:
    """Return the place of the operation that made each table or changed it last."""
    touched: dict[str, tuple[MigrationKey, int, tuple[int, ...]]] = {}
    for record in records:
        for step in record.steps:
            for sql in step.statements:
                _touch(touched, sql, (step.key.migration, step.key.index, step.path))
    found: dict[str, Source] = {}
    for table, (key, index, path) in touched.items():
        way: list[str | int] = []
        for position in path:
            way += ["database_operations", position]
        source = sources.operation_source(history.on_disk[key], index, way)
        if source is not None:
            found[table] = source
    return found


def _touch(
    touched: dict[str, tuple[MigrationKey, int, tuple[int, ...]]],
    sql: str,
    place: tuple[MigrationKey, int, tuple[int, ...]],
) -> None:
    match = _TOUCHES.match(sql)
    if match is None:
        return
    name = bare_name(match["name"])
    renamed = _RENAMED.match(match["rest"])
    if (match["verb"] or "").upper() == "DROP":
        touched.pop(name, None)
    elif renamed and (match["rename"] or (match["verb"] or "").upper() == "ALTER"):
        touched.pop(name, None)
        new = bare_name(renamed["name"])
        # PostgreSQL's and SQLite's RENAME TO takes a bare name: the table stays in its schema.
        schema = name.rpartition(".")[0]
        touched[f"{schema}.{new}" if schema and "." not in new else new] = place
    else:
        touched[name] = place


def state_positions(
    history: History, plan: Sequence[MigrationKey], models: Iterable[Any], sources: Sources
) -> dict[str, Source]:
    """Return the place of the operation that touched each model of a state last."""
    touched: dict[ModelKey, tuple[MigrationKey, int]] = {}
    for key in plan:
        for index, operation in enumerate(history.on_disk[key].operations):
            for name in _touched_models(operation):
                touched[ModelKey(key.app_label, name)] = (key, index)
    found: dict[str, Source] = {}
    for model in models:
        meta = model._meta  # noqa: SLF001 - Django's public name
        last = touched.get(ModelKey(meta.app_label, meta.model_name))
        source = sources.operation_source(history.on_disk[last[0]], last[1]) if last else None
        if source is None:
            continue
        found[bare_name(meta.db_table)] = source
        for field in meta.local_many_to_many:
            through = field.remote_field.through._meta  # noqa: SLF001 - Django's public name
            if through.auto_created:
                found[bare_name(through.db_table)] = source
    return found


def _touched_models(operation: Any) -> Iterator[str]:  # noqa: ANN401 - a Django operation
    """Yield the lower-case names of the models that an operation makes or changes."""
    for inner in getattr(operation, "state_operations", None) or ():
        yield from _touched_models(inner)
    for attribute in ("model_name", "new_name", "name"):
        # RenameField has a new_name too, but it begins with its model_name.
        name = getattr(operation, attribute, None)
        if isinstance(name, str):
            yield name.lower()
            return


def placed(
    found: Mapping[str, Source], statements: Sequence[Statement], root: str, *, is_wide: bool
) -> tuple[tuple[Position, ...], tuple[str, ...]]:
    """Return the positions of the tables that a schema makes, in its order, and notes.

    Parameters
    ----------
    root
        The directory of the project.
    is_wide
        Whether files outside the project (installed packages) are named too.
    """
    names: dict[str, None] = {}
    for statement in statements:
        match = _TOUCHES.match(statement.sql)
        if match is not None and (match["verb"] or "").upper() == "CREATE":
            names.setdefault(bare_name(match["name"]))
    positions = [
        Position(name, found[name])
        for name in names
        if name in found and (is_wide or is_first_party(found[name].path, root))
    ]
    readable = [position for position in positions if position.is_readable]
    notes: tuple[str, ...] = ()
    if len(readable) < len(positions):
        count = len(positions) - len(readable)
        note = (
            f"{count} positions are left out: a path or table has letters outside of ASCII, "
            "which Atlas does not read there"
        )
        notes = (note,)
    return tuple(readable), notes


def bare_name(name: str) -> str:
    """Return a name without quotes; parts are kept apart by dots."""
    return re.sub(r"[\"`\[\]]", "", name)
