"""Facts about the objects of a database, and a snapshot of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Fact(NamedTuple):
    """One attribute of one object, as the server tells it."""

    kind: str
    """table, column, constraint, index, sequence, view, ..."""
    owner: str
    """The table that holds the object, or an empty string."""
    name: str
    attribute: str
    value: str
    content: str
    """The value without the names of constraints, indexes and sequences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that a database holds, apart from rows."""

    dialect: str
    facts: tuple[Fact, ...]
    """Sorted, each once."""

    @classmethod
    def of(cls, dialect: str, facts: Iterable[Fact]) -> Snapshot:
        """Return a snapshot of facts in any order."""
        return cls(dialect=dialect, facts=tuple(sorted(set(facts))))

    def without_tables(self, *tables: str) -> Snapshot:
        """Return the snapshot without some tables and what they hold."""
        return Snapshot(
            dialect=self.dialect,
            facts=tuple(
                fact
                for fact in self.facts
                if fact.owner not in tables and not (fact.kind == "table" and fact.name in tables)
            ),
        )


def facts_of_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Fact]:
    """Yield the facts of a query's rows: kind, owner, name, then a column for each attribute."""
    for row in rows:
        kind, owner, name = (_text(value) for value in row[:3])
        if all(value is None for value in row[3:]):
            yield Fact(kind, owner, name, "", "", "")
        for attribute, value in zip(columns[3:], row[3:], strict=True):
            if value is not None:
                text = _text(value)
                yield Fact(kind, owner, name, attribute.lower(), text, text)


def _text(value: object) -> str:
    if isinstance(value, bytes):  # MySQL's drivers give bytes for some columns of its catalogue
        return value.decode()
    return str(value)
