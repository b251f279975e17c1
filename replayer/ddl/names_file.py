"""The names of a real database, as ``--known-names`` reads them: one JSON object on each line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from replayer.catalog.schema import QualifiedName
from replayer.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = frozenset({"primary key", "unique", "foreign key", "check", "exclusion", "index"})


@dataclass(slots=True, kw_only=True)
class _Gathered:
    first: dict[str, Any]
    columns: list[str | None] = field(default_factory=list)
    opclasses: list[str | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """A constraint or an index of the real database."""

    kind: str
    """``primary key``, ``unique``, ``foreign key``, ``check``, ``exclusion`` or ``index``."""
    table: QualifiedName
    name: str
    columns: tuple[str | None, ...] = ()
    """None stands for an expression."""
    opclasses: tuple[str | None, ...] = ()
    """None stands for the usual one of the column's type."""
    target: str = ""
    """The table that a foreign key points at."""
    unique: bool = False
    partial: bool = False
    method: str = "btree"
    definition: str = ""
    """The expression of a check, those of an index, as the server writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownColumn:
    """A column of the real database."""

    table: QualifiedName
    name: str
    type: str
    identity: str | None = None
    """``always``, ``by default`` or ``serial``; None for a column that isn't numbered."""
    sequence: str | None = None
    sequence_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """What the file tells."""

    names: tuple[KnownName, ...] = ()
    columns: tuple[KnownColumn, ...] = ()


def read_known_names(path: Path) -> KnownNames:
    """Read the file that ``replayer names-query`` makes.

    Raises
    ------
    UsageError
        When it cannot be read, or a line of it is not what the query returns.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"--known-names {str(path)!r} cannot be read: {error}"
        raise UsageError(message) from error
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            known = isinstance(row, dict) and isinstance(row["table"], str)
            known = known and (row["kind"] == "column" or row["kind"] in _KINDS)
        except (ValueError, KeyError):
            known, row = False, {}
        if not known:
            message = f"--known-names {str(path)!r}, line {number}, is not what the query returns"
            hint = "type: replayer names-query --dialect DIALECT"
            raise UsageError(message, hint=hint)
        rows.append(row)
    return parse_known_names(rows)


def parse_known_names(rows: list[dict[str, Any]]) -> KnownNames:
    """Gather the rows, each a column, into constraints, indexes and columns."""
    gathered: dict[tuple[str, QualifiedName, str], _Gathered] = {}
    columns = []
    for row in rows:
        schema = row.get("schema") or ""
        table = QualifiedName("" if schema == "public" else schema, row["table"])
        if row["kind"] == "column":
            columns.append(
                KnownColumn(
                    table=table,
                    name=row["column"],
                    type=row.get("type") or "",
                    identity=row.get("identity"),
                    sequence=row.get("sequence"),
                    sequence_type=row.get("sequence_type"),
                )
            )
            continue
        found = gathered.setdefault((row["kind"], table, row["name"]), _Gathered(first=row))
        if row.get("position") is not None:
            found.columns.append(row.get("column"))
            found.opclasses.append(row.get("opclass"))
    names = tuple(
        KnownName(
            kind=kind,
            table=table,
            name=name,
            columns=tuple(item.columns),
            opclasses=tuple(item.opclasses),
            target=item.first.get("target") or "",
            unique=bool(item.first.get("unique")),
            partial=bool(item.first.get("partial")),
            method=item.first.get("method") or "btree",
            definition=item.first.get("definition") or "",
        )
        for (kind, table, name), item in gathered.items()
    )
    return KnownNames(names=names, columns=tuple(columns))
