"""Objects whose SQL names a table or a column that later went away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.migrations import operations as ops

from replayer.catalog.schema import ObjectKind
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.replay.record import MigrationRecord, Step

_COLUMN_TAKEN = re.compile(
    r"\bDROP\s+COLUMN\s+(?:IF\s+EXISTS\s+)?(?P<dropped>[^\s,;]+)"
    r"|\bRENAME\s+(?:COLUMN\s+)?(?P<renamed>[^\s,;]+)\s+TO\s"
    r"|\bCHANGE\s+(?:COLUMN\s+)?(?P<changed>[^\s,;]+)\s",
    re.IGNORECASE,
)
_TABLE_TAKEN = re.compile(
    r"\bDROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?P<dropped>[^\s;]+)"
    r"|\bRENAME\s+TABLE\s+(?P<old>\S+)\s+TO\b"
    r"|\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?P<renamed>\S+)\s+RENAME\s+TO\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_REMADE = "new__"
"""How Django begins the name of a table that it fills on SQLite, to replace another."""
_BOUND_BY_TEXT = frozenset({ObjectKind.FUNCTION, ObjectKind.PROCEDURE})
"""What PostgreSQL keeps as text; views and triggers follow a rename, and hinder a removal."""


class Stale(NamedTuple):
    """An object and what it names in vain."""

    kind: str
    """In lower case."""
    name: str
    """As it is shown."""
    subject: str
    gone: tuple[str, ...]
    """Tables, and columns as ``table.column``; sorted."""


def stale_objects(records: Sequence[MigrationRecord], left: Catalog) -> Iterator[Stale]:
    """Yield each view, trigger or function that names what a later operation took away.

    Notes
    -----
    Names are compared as words. A column counts where the object names its table too, and where
    no table that the object names has a column of that name now.
    """
    steps = [step for record in records for step in record.steps]
    now: dict[str, set[str]] = {}
    for table in left.tables.values():
        names = {str(column.name) for column in table.columns}
        now.setdefault(table.name.name, set()).update(names)
    taken = _Taken(steps, set(now))
    for other in left.others.values():
        if left.dialect is Dialect.POSTGRESQL and other.kind not in _BOUND_BY_TEXT:
            continue
        words = {word for text in other.statements for word in _WORD.findall(text)}
        # A trigger is named with its table, a function with its arguments.
        made = _made_at(steps, _WORD.findall(other.name.name)[0])
        found = {name for name, at in taken.tables.items() if at > made and name in words}
        named = words & set(now)
        there = named.union(*(now[name] for name in named))
        for (name, column), at in taken.columns.items():
            if at > made and name in named and column in words - there:
                found.add(f"{name}.{column}")
        if found:
            kind = other.kind.value.lower()
            yield Stale(kind, str(other.name), other.name.name, tuple(sorted(found)))


class _Taken:
    """What the steps took away, each with the position of the last step that did."""

    def __init__(self, steps: Sequence[Step], now: set[str]) -> None:
        self.tables: dict[str, int] = {}
        self.columns: dict[tuple[str, str], int] = {}
        for at, step in enumerate(steps):
            of_operation = _taken_by_operation(step)
            for statement in step.statements:
                for match in _TABLE_TAKEN.finditer(statement):
                    name = _name_in(match)
                    if name not in now and not name.startswith(_REMADE):
                        self.tables[name] = at
                if "TABLE" not in statement.upper():
                    continue
                names = {_name_in(match) for match in _COLUMN_TAKEN.finditer(statement)}
                for table in {word.removeprefix(_REMADE) for word in _WORD.findall(statement)}:
                    if table in now:
                        self.columns.update(
                            {(table, column): at for column in names | of_operation}
                        )


def _taken_by_operation(step: Step) -> set[str]:
    """Return the columns that an operation of Django's takes away, where its SQL doesn't say so.

    Notes
    -----
    On SQLite the table is made anew without the column. The column's name is the field's, or that
    of a foreign key; where ``db_column`` says otherwise, it stands in no operation.
    """
    operation: Any = step.operation
    if isinstance(operation, ops.RemoveField):
        name = operation.name
    elif isinstance(operation, ops.RenameField):
        name = operation.old_name
    else:
        return set()
    return {name, f"{name}_id"}


def _made_at(steps: Sequence[Step], name: str) -> int:
    """Return the position of the last step that made an object, or -1."""
    for at in range(len(steps) - 1, -1, -1):
        for statement in steps[at].statements:
            if "CREATE" in statement.upper() and name in statement:
                return at
    return -1


def _name_in(match: re.Match[str]) -> str:
    name = next(text for text in match.groups() if text)
    return name.rpartition(".")[2].strip('"`[];')
