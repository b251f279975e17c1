"""A query of a server's dialect, written for SQLite by a real parser."""

from __future__ import annotations

import sqlglot
from sqlglot import exp


def translated(sql: str, read: str) -> str:
    """Return a query as SQLite writes it.

    Raises
    ------
    sqlglot.errors.SqlglotError
        Where the parser can't read it.

    Notes
    -----
    SQLite knows no ``(VALUES ...) AS t (a, b)``; a common table expression may name its columns.
    """
    tree = sqlglot.parse_one(sql, read=read)
    for source in [*tree.find_all(exp.Values, exp.Subquery)]:
        alias = source.args.get("alias")
        if isinstance(alias, exp.TableAlias) and alias.columns:
            query = source.copy() if isinstance(source, exp.Values) else source.this.copy()
            query.set("alias", None)
            named = exp.select("*").from_(exp.to_identifier(alias.name))
            named = named.with_(alias.copy(), as_=query)
            source.replace(named.subquery(alias.name))
    return tree.sql(
        dialect="sqlite",
        identify=True,
        # It would log to stderr in words of its own; what SQLite can't do, SQLite refuses.
        unsupported_level=sqlglot.ErrorLevel.IGNORE,
    )
