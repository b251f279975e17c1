"""Renames a table of the in-memory SQLite without reading every other table again.

``ALTER TABLE ... RENAME TO`` parses the text of each table, index, view and trigger of the database
twice over, to find who names the table, and Django remakes a table at most of its operations. Where
nobody can name it, the renamed table is the same table made under its new name.
"""

from __future__ import annotations

import re
import sqlite3

_RENAME = re.compile(
    r'\s*ALTER TABLE "(?P<old>[^"]+)" RENAME TO "(?P<new>[^"]+)"\s*;?\s*', re.IGNORECASE
)
_TABLE = "SELECT rowid, sql FROM main.sqlite_master WHERE type = 'table' AND name = ?"
_IN_THE_WAY = """
SELECT EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE type IN ('view', 'trigger')
    OR type = 'table' AND sql LIKE 'CREATE VIRTUAL %'
    OR lower(name) = lower(:new)
    OR tbl_name = :old AND rowid <> :rowid AND sql IS NOT NULL
    OR tbl_name <> :old AND rowid > :rowid
    OR type = 'table' AND rowid <> :rowid AND instr(lower(sql), lower(:old))
) OR EXISTS (SELECT 1 FROM temp.sqlite_master)
"""
_SAVEPOINT = "replayer_rename"


def rename_alone(connection: sqlite3.Connection, sql: str) -> bool:
    """Carry out a statement that renames an empty table which nothing else names.

    Returns
    -------
    bool
        False when it is another statement, or when SQLite has to look at other objects or at rows,
        or would refuse it; nothing is done then.

    Notes
    -----
    What stands in ``sqlite_master`` is what the library's own renaming leaves, the order of its
    rows included: the table must be the last that was made. Views, triggers and virtual tables are
    left to the library altogether, for it also tries whether they still hold.
    Source: sqlite.org, src/alter.c, ``sqlite3AlterRenameTable``.
    """
    match = _RENAME.fullmatch(sql)
    if match is None:
        return False
    old, new = match["old"], match["new"]
    row = connection.execute(_TABLE, (old,)).fetchone()
    if row is None:
        return False
    rowid, text = row
    head = f'CREATE TABLE "{old}"'
    if not text.startswith(head) or text.lower().count(old.lower()) != 1:
        return False
    values = {"old": old, "new": new, "rowid": rowid}
    if connection.execute(_IN_THE_WAY, values).fetchone()[0]:
        return False
    if connection.execute(f'SELECT EXISTS (SELECT 1 FROM main."{old}")').fetchone()[0]:  # noqa: S608 - no quote is in it
        return False
    connection.execute(f"SAVEPOINT {_SAVEPOINT}")
    try:
        if "AUTOINCREMENT" in text.upper():
            connection.execute("UPDATE sqlite_sequence SET name = ? WHERE name = ?", (new, old))
        connection.execute(f'DROP TABLE main."{old}"')
        connection.execute(f'CREATE TABLE "{new}"{text.removeprefix(head)}')
    except sqlite3.Error:
        connection.execute(f"ROLLBACK TO {_SAVEPOINT}")
        return False
    else:
        return True
    finally:
        connection.execute(f"RELEASE {_SAVEPOINT}")
