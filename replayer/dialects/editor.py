"""What every dialect's schema editor does offline: it never evaluates a field's ``default``."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

from replayer.dialects.literals import literal

_SAFE_FACTORIES = (dict, list, tuple, set, str, int, float, bool, bytes, decimal.Decimal)
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.timezone.utc)
_PLACEHOLDERS: dict[str, object] = {
    "BinaryField": b"",
    "BooleanField": False,
    "DateField": _EPOCH.date(),
    "DateTimeField": _EPOCH.replace(tzinfo=None),
    "DecimalField": 0,
    "DurationField": dt.timedelta(0),
    "FloatField": 0,
    "GenericIPAddressField": "0.0.0.0",  # noqa: S104 - a value, nothing listens
    "IPAddressField": "0.0.0.0",  # noqa: S104 - a value, nothing listens
    "JSONField": "{}",
    "TimeField": _EPOCH.time(),
    "UUIDField": uuid.UUID(int=0),
    **dict.fromkeys(
        (
            "AutoField",
            "BigAutoField",
            "BigIntegerField",
            "IntegerField",
            "PositiveBigIntegerField",
            "PositiveIntegerField",
            "PositiveSmallIntegerField",
            "SmallAutoField",
            "SmallIntegerField",
        ),
        0,
    ),
}

_BY_TYPE: tuple[tuple[str, object], ...] = (
    (r".*\]", []),
    (r".*multirange", "{}"),
    (r".*range", "empty"),
    (r"inet|cidr", "0.0.0.0"),  # noqa: S104 - a value, nothing listens
    (r"macaddr8?", "00:00:00:00:00:00"),
    (r"jsonb?", "{}"),
    (r"uuid", _PLACEHOLDERS["UUIDField"]),
    (r"bool.*", False),
    (r"bytea|.*blob|.*binary", b""),
    (r"interval", dt.timedelta(0)),
    (r"date", _EPOCH.date()),
    (r"(datetime|timestamp).*", _EPOCH.replace(tzinfo=None)),
    (r"time.*", _EPOCH.time()),
    (r"(tiny|small|medium|big)?int.*|(small|big)?serial|numeric|decimal|real|double.*|float.*", 0),
)
"""By the name of the column's type, for a field class that Django doesn't know."""


class EditorMixin:
    """Goes in front of a backend's ``DatabaseSchemaEditor``.

    Notes
    -----
    A ``default`` is written by ``ADD COLUMN ... DEFAULT x`` and dropped again at once, so it is no
    part of the final schema, whereas its evaluation may query the database (wagtail's
    ``get_root_collection_id``). Constants and built-in factories are used as they are; for every
    other callable a constant of the column's type stands in. Where the default does stay (a text,
    blob or JSON column on MySQL) that is the best that can be known offline.
    Source: django/db/backends/base/schema.py, ``effective_default`` (4.2 to 6.1).
    """

    connection: Any

    def effective_default(self, field: Any) -> Any:  # noqa: ANN401 - Django's untyped signature
        """Return a value in place of the field's default, or None where it has none."""
        if field.has_default() and callable(field.default):
            if field.default in _SAFE_FACTORIES:
                return super().effective_default(field)  # type: ignore[misc]  # of the editor
            return self._placeholder(field)
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            return self._placeholder(field)
        value = super().effective_default(field)  # type: ignore[misc]  # of the editor
        try:
            literal(value, self.connection.facts.dialect)
        except ValueError:
            # A project may have taught its driver to write a type of its own.
            return self._placeholder(field)
        return value

    def alter_unique_together(self, model: Any, old: Any, new: Any) -> None:  # noqa: ANN401
        """Alter one after the other, in order: Django takes them from a set."""
        _one_by_one(super().alter_unique_together, model, old, new)  # type: ignore[misc]

    def alter_index_together(self, model: Any, old: Any, new: Any) -> None:  # noqa: ANN401
        """Alter one after the other, in order: Django takes them from a set."""
        _one_by_one(super().alter_index_together, model, old, new)  # type: ignore[misc]

    def _placeholder(self, field: Any) -> object:  # noqa: ANN401 - any field
        target = field
        while getattr(target, "remote_field", None) is not None and target.target_field:
            target = target.target_field
        known = target.get_internal_type()
        value = _PLACEHOLDERS[known] if known in _PLACEHOLDERS else self._of_type(target)
        if isinstance(value, uuid.UUID) and not self.connection.features.has_native_uuid_field:
            return value.hex
        if (
            isinstance(value, dt.timedelta)
            and not self.connection.features.has_native_duration_field
        ):
            return 0
        return value

    def _of_type(self, field: Any) -> object:  # noqa: ANN401 - any field
        column_type = (field.db_type(self.connection) or "").lower()
        bare = re.sub(r"\([^)]*\)", "", column_type).strip()
        return next((value for kind, value in _BY_TYPE if re.fullmatch(kind, bare)), "")


def _one_by_one(
    alter: Callable[[Any, list[Any], list[Any]], None],
    model: Any,  # noqa: ANN401 - a model class
    old: Iterable[Any],
    new: Iterable[Any],
) -> None:
    """Drop what is gone and make what has come, as ``alter_unique_together`` does, sorted."""
    olds, news = ({tuple(fields) for fields in sets} for sets in (old, new))
    for fields in sorted(olds - news):
        alter(model, [fields], [])
    for fields in sorted(news - olds):
        alter(model, [], [fields])
