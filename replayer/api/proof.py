"""The proof of what is printed: loaded into an empty catalogue, it is the catalogue of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.api.history_schema import empty_catalog
from replayer.catalog.compare import compare
from replayer.catalog.refusals import CatalogError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.catalog.catalog import Catalog
    from replayer.model import Statement


def differences_of(catalog: Catalog, statements: Sequence[Statement]) -> tuple[str, ...]:
    """Load statements into an empty catalogue and tell in what it differs from another.

    Returns
    -------
    tuple of str
        Empty when what is printed is proven to be what the history leaves.
    """
    loaded = empty_catalog(catalog.facts)
    for statement in statements:
        try:
            loaded.execute(statement.sql)
        except CatalogError as error:
            return (f"the printed statement is refused ({error}): {statement.sql[:80]}",)
    return tuple(str(change) for change in compare(catalog, loaded))
