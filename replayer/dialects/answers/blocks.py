"""What the conditions of a ``DO`` are answered with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.postgresql.block_runner import Rows
from replayer.dialects.answers import answer_query
from replayer.dialects.refusals import CannotAnswer

if TYPE_CHECKING:
    from replayer.catalog.catalog import Catalog


def known_rows(catalog: Catalog, sql: str) -> Rows | None:
    """Return the rows of a query on the migrated, empty database, or None if they aren't known.

    Raises
    ------
    CatalogError
        When the server would refuse the query.
    """
    try:
        answer = answer_query(catalog, sql)
    except CannotAnswer:
        return None
    return Rows(answer.columns or (), answer.rows)
