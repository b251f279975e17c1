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
    It knows no parentheses around the parts of a ``UNION`` either, as ``QuerySet.union`` writes
    them, nor around the number of a column in its ``ORDER BY``.
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
    for compound in [*tree.find_all(exp.SetOperation)][::-1]:  # the inner ones first
        for part in (compound.this, compound.expression):
            if isinstance(part, exp.Subquery) and not part.alias:
                part.replace(exp.select("*").from_(part.this.subquery("part")))
        order = compound.args.get("order")
        for ordered in order.expressions if order is not None else ():
            if isinstance(ordered.this, exp.Paren):
                ordered.this.replace(ordered.this.this)
    return tree.sql(
        dialect="sqlite",
        identify=True,
        # It would log to stderr in words of its own; what SQLite can't do, SQLite refuses.
        unsupported_level=sqlglot.ErrorLevel.IGNORE,
    )
