"""Tells a query of PostgreSQL from what changes rows, and from what only the server can judge.

A ``SELECT`` may make a table, call a function that changes the schema or write rows; what ``DO``
does stands in its body, as far as that can be read.
"""

from __future__ import annotations

import re

from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql.block_reader import read_do
from replayer.catalog.postgresql.cursor import Cursor, UnreadableError
from replayer.catalog.postgresql.statements import CreateTableAs, DoBlock, Plain, PostgresStatement

_VERBS = ("CREATE", "DROP", "ALTER", "ATTACH", "PARTMAN", "EXECUTE")
_WRITES = ("INSERT", "UPDATE", "DELETE", "SETVAL")
_WRITES_ROWS = re.compile(
    r"\bsetval\s*\(|\bINSERT\s+INTO\b|\bDELETE\s+FROM\b|(?<!FOR )\bUPDATE\s+\S+\s+SET\b",
    re.IGNORECASE,
)
_CHANGES_SCHEMA = re.compile(r"\b(?:CREATE|ALTER|DROP|INTO)\b", re.IGNORECASE)
_CALLS_SCHEMA = re.compile(r"\b(?:create|drop|alter|attach|partman|execute)\w*\s*\(", re.IGNORECASE)


def _read_select_into(cursor: Cursor) -> PostgresStatement:
    cursor.expect("SELECT")
    while cursor.next != "INTO":
        if cursor.next == "(":
            cursor.skip_enclosed()
        elif not cursor.next:
            return Plain(effect=Effect.OPAQUE, reason="SELECT INTO")
        else:
            cursor.at += 1
    head = cursor.words.slice(0, cursor.at)
    cursor.expect("INTO")
    is_temporary = cursor.take("TEMP") or cursor.take("TEMPORARY")
    options = "UNLOGGED" if cursor.take("UNLOGGED") else ""
    cursor.take("TABLE")
    name = cursor.qualified()
    if is_temporary:
        return Plain(effect=Effect.SESSION, makes=name)
    query = f"{head} {cursor.rest()}" if cursor.next else head
    return CreateTableAs(name=name, query=query, options=options)


def read_query(sql: str, first: str) -> PostgresStatement:
    """Tell a query from a statement that only the server can judge."""
    if first in {"SELECT", "WITH", "("}:
        upper = sql.upper()
        if first == "SELECT" and "INTO" in upper and "INTO" in Cursor(sql).uppers:
            return _read_select_into(Cursor(sql))
        if any(verb in upper for verb in _VERBS) and _CALLS_SCHEMA.search(sql):
            return Plain(effect=Effect.OPAQUE, reason="a function that may change the schema")
        writes = any(verb in upper for verb in _WRITES) and _WRITES_ROWS.search(sql)
        return Plain(effect=Effect.DATA if writes else Effect.QUERY)
    if first in {"DO", "CALL", "EXECUTE"}:
        reason = f"{first}: what it does is decided when it runs"
        if first == "DO" and not _CHANGES_SCHEMA.search(sql) and "EXECUTE" not in sql.upper():
            return Plain(effect=Effect.DATA, reason=reason)
        return Plain(effect=Effect.OPAQUE, reason=reason)
    return Plain(effect=Effect.OPAQUE, reason=f"unknown statement {first or 'without words'}")


def read_do_block(sql: str, plain: Plain) -> PostgresStatement:
    """Read the body of ``DO``; where that cannot be done, it is what it was taken for."""
    if plain.effect is not Effect.OPAQUE:
        return plain
    cursor = Cursor(sql)
    cursor.at = 1
    try:
        return DoBlock(block=read_do(cursor), otherwise=plain)
    except (UnreadableError, IndexError, ValueError):
        return plain
