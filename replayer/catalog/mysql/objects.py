"""An object of a MySQL or MariaDB database that is not a table: it is kept by its statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from replayer.catalog.mysql.tokens import name_of, quote_name, tokens_of
from replayer.catalog.view_query import ViewQuery
from replayer.model import Dialect

if TYPE_CHECKING:
    from replayer.catalog.view_query import Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """A view, trigger, procedure, function, event or sequence."""

    kind: str
    """In lower case."""
    name: str
    table: str | None
    """The table of a trigger."""
    sql: str
    """The statement that makes it."""


def renamed_object(stored: StoredObject, old: str, new: str) -> StoredObject:
    """Write the name of a table or view anew in the head of a statement."""
    tokens = tokens_of(stored.sql)
    head = {"trigger": "ON", "view": "VIEW"}.get(stored.kind)
    for before, token in pairwise(tokens):
        if before.upper == head and name_of(token) == old:
            sql = stored.sql[: token.start] + quote_name(new) + stored.sql[token.end :]
            name = new if stored.kind == "view" else stored.name
            return replace(stored, sql=sql, name=name)
    return stored


def with_columns(sql: str, columns: Columns) -> str:
    """Return the statement of a view with the columns that are there now in place of each ``*``."""
    depth = 0
    for token in tokens_of(sql):
        depth += (token.text == "(") - (token.text == ")")
        if token.upper == "AS" and depth == 0:
            query = ViewQuery(sql[token.end :], Dialect.MYSQL)
            return sql[: token.end] + query.expanded(columns)
    return sql
