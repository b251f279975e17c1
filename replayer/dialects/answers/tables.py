"""A table of a server's own catalogue, with its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass

_ARRAY = "\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemTable:
    """A table as a query sees it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...] = ()
    numbered: str | None = None
    """The column that numbers itself where a row gives none."""
    last_number: int = 0
    """The number that it gave last."""


def system_table(columns: str, rows: list[tuple[object, ...]] | None = None) -> SystemTable:
    """Make a table; the names of its columns are parted by spaces."""
    return SystemTable(columns=tuple(columns.split()), rows=tuple(rows or ()))


def array(values: list[object] | tuple[object, ...]) -> str:
    """Write an array as SQLite can hold it."""
    return _ARRAY + json.dumps(list(values))


def items(value: object) -> list[object]:
    """Return the items of an array, written as above or as PostgreSQL writes one (``{a,b}``)."""
    if not isinstance(value, str):
        return []
    if value.startswith(_ARRAY):
        loaded: list[object] = json.loads(value[1:])
        return loaded
    inside = value.strip().strip("{}")
    return [part.strip().strip('"') for part in inside.split(",")] if inside else []


def shown(value: object) -> object:
    """Return a value of a row as the driver shows it: an array is a list."""
    return items(value) if isinstance(value, str) and value.startswith(_ARRAY) else value
