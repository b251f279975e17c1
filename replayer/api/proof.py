"""Proves what is printed: loaded into an empty catalogue, it is the catalogue of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from replayer.api.history_schema import empty_catalog
from replayer.catalog.compare import compare
from replayer.catalog.refusals import CatalogError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.model import ServerFacts, Statement


class Proof(NamedTuple):
    """What came of loading a document into an empty catalogue."""

    differences: tuple[str, ...]
    """In what it differs; empty when what is printed is proven to be what the history leaves."""
    functions: tuple[str, ...]
    """Functions that the schema names and an SQLite of Django's has, a plain one hasn't."""


def prove(catalog: Catalog, statements: Sequence[Statement]) -> Proof:
    """Load statements into an empty catalogue and tell in what it differs from another."""
    loaded = empty_catalog(catalog.facts)
    functions: list[str] = []
    refusal = _load(loaded, statements, functions)
    if refusal is not None:
        return Proof((f"the printed statement is refused {refusal}",), ())
    changes = tuple(str(change) for change in compare(catalog, loaded))
    return Proof(changes, tuple(sorted(functions)))


def first_refusal(facts: ServerFacts, statements: Sequence[Statement]) -> str | None:
    """Return what an empty database would refuse of these statements, or None."""
    return _load(empty_catalog(facts), statements, [])


def _load(catalog: Catalog, statements: Sequence[Statement], functions: list[str]) -> str | None:
    for statement in statements:
        while True:
            try:
                catalog.execute(statement.sql)
                break
            except CatalogError as error:
                # SQLite looks up the functions of a check when it makes the table. The history
                # has Django's (REGEXP, of regex lookups); they are not called here.
                name = str(error).removeprefix("no such function: ")
                if name == str(error) or name in functions or not _define(catalog, name):
                    return f"({error}): {statement.sql[:80]}"
                functions.append(name)
    return None


def _define(catalog: Catalog, function: str) -> bool:
    from replayer.catalog.sqlite.catalog import SqliteCatalog

    if not isinstance(catalog, SqliteCatalog):
        return False
    catalog.define(function)
    return True
