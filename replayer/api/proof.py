"""Proves what is printed: loaded into an empty catalogue, it is the catalogue of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.api.history_schema import empty_catalog
from replayer.catalog.compare import compare
from replayer.catalog.refusals import CatalogError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.model import ServerFacts, Statement


def differences_of(catalog: Catalog, statements: Sequence[Statement]) -> tuple[str, ...]:
    """Load statements into an empty catalogue and tell in what it differs from another.

    Returns
    -------
    tuple of str
        Empty when what is printed is proven to be what the history leaves.
    """
    loaded = empty_catalog(catalog.facts)
    refusal = _load(loaded, statements)
    if refusal is not None:
        return (f"the printed statement is refused {refusal}",)
    return tuple(str(change) for change in compare(catalog, loaded))


def first_refusal(facts: ServerFacts, statements: Sequence[Statement]) -> str | None:
    """Return what an empty database would refuse of these statements, or None."""
    return _load(empty_catalog(facts), statements)


def _load(catalog: Catalog, statements: Sequence[Statement]) -> str | None:
    for statement in statements:
        try:
            catalog.execute(statement.sql)
        except CatalogError as error:  # noqa: PERF203 - the first that is refused ends it
            return f"({error}): {statement.sql[:80]}"
    return None
