"""Write composed statements as text: psycopg's ``sql.SQL("DROP TABLE {}").format(...)``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from replayer.dialects.literals import literal

if TYPE_CHECKING:
    from replayer.model import Dialect


def text_of_query(query: Any, dialect: Dialect) -> str:  # noqa: ANN401 - whatever a driver takes
    """Return the text of a statement as a driver takes it: text, bytes, or psycopg's composed one.

    Raises
    ------
    ValueError
        For a value that the dialect's driver doesn't know either.

    Notes
    -----
    psycopg2's names and values want a real connection to become text; what is in them is public:
    ``Identifier.strings``, ``Literal.wrapped``. psycopg's do without one. Source: psycopg2,
    lib/sql.py; psycopg, psycopg/sql.py.
    """
    if isinstance(query, bytes):
        return query.decode()
    if isinstance(query, str) or not hasattr(query, "as_string"):
        return str(query)
    if isinstance(query, Iterable):
        return "".join(text_of_query(piece, dialect) for piece in query)
    if hasattr(query, "strings"):
        return ".".join('"' + name.replace('"', '""') + '"' for name in query.strings)
    if hasattr(query, "wrapped"):
        return literal(query.wrapped, dialect)
    return str(query.as_string(None))
