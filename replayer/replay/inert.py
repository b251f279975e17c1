"""Alterations of a field that no schema editor acts on, told without rendering a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations import operations as django_operations

from replayer.model import ModelKey

if TYPE_CHECKING:
    from replayer.replay.history_state import HistoryState


def is_inert(
    operation: Any,  # noqa: ANN401 - an operation
    app_label: str,
    editor: Any,  # noqa: ANN401 - a schema editor
    before: HistoryState,
    after: HistoryState,
) -> bool:
    """Return whether an ``AlterField`` changes attributes alone that no database knows.

    Notes
    -----
    Source: ``_field_should_be_altered`` (django/db/backends/base/schema.py), the first thing that
    ``alter_field`` asks. It is asked here of the fields as the states hold them. Only for editors
    that take both methods from Django.
    """
    if type(operation) is not django_operations.AlterField or not _is_djangos(editor):
        return False
    key = ModelKey(app_label, operation.model_name_lower)
    models = [state.models.peek(key) for state in (before, after)]
    if any(model is None for model in models):
        return False
    old, new = (model.fields.get(operation.name) for model in models)
    if old is None or new is None or not hasattr(old, "non_db_attrs"):
        return False
    return bool(_schema_of(old) == _schema_of(new))


def _schema_of(field: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any field
    _, path, args, kwargs = field.deconstruct()
    # The column's name is compared apart there: an unbound field has none but db_column.
    ignored = set(field.non_db_attrs) - {"db_column"}
    return path, args, {name: value for name, value in kwargs.items() if name not in ignored}


def _is_djangos(editor: Any) -> bool:  # noqa: ANN401 - a schema editor
    methods = (type(editor).alter_field, type(editor)._field_should_be_altered)  # noqa: SLF001
    return all(method.__module__.startswith("django.db.backends.") for method in methods)
