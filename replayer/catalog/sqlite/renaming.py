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
_LAST_TABLE = """
SELECT rowid, name, sql FROM main.sqlite_master WHERE type = 'table' ORDER BY rowid DESC LIMIT 1
"""
# Views, triggers and virtual tables have no root page. In SQLite's LIKE a letter stands for its
# other case, too, unless somebody has asked otherwise, and an underscore for any character: it may
# find too much, and never too little.
_IN_THE_WAY = """
SELECT 'a' NOT LIKE 'A' OR EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE coalesce(rootpage, 0) = 0
    OR name = :new COLLATE NOCASE
    OR type = 'table' AND rowid <> :rowid AND sql LIKE :naming
) OR EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE rowid > :rowid AND (tbl_name <> :old OR sql IS NOT NULL)
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
    execute = sqlite3.Cursor(connection).execute
    old, new = match["old"], match["new"]
    rows = execute(_LAST_TABLE).fetchall()
    if not rows or rows[0][1] != old:
        return False
    rowid, _, text = rows[0]
    head = f'CREATE TABLE "{old}"'
    if not text.startswith(head) or text.lower().count(old.lower()) != 1:
        return False
    values = {"old": old, "new": new, "rowid": rowid, "naming": f"%{old}%"}
    if execute(_IN_THE_WAY, values).fetchone()[0]:
        return False
    if execute(f'SELECT EXISTS (SELECT 1 FROM main."{old}")').fetchone()[0]:  # noqa: S608 - no quote is in it
        return False
    execute(f"SAVEPOINT {_SAVEPOINT}")
    try:
        if "AUTOINCREMENT" in text.upper():
            execute("UPDATE sqlite_sequence SET name = ? WHERE name = ?", (new, old))
        execute(f'DROP TABLE main."{old}"')
        execute(f'CREATE TABLE "{new}"{text.removeprefix(head)}')
    except sqlite3.Error:
        execute(f"ROLLBACK TO {_SAVEPOINT}")
        return False
    else:
        return True
    finally:
        execute(f"RELEASE {_SAVEPOINT}")
