"""Read the catalogue of MySQL and of MariaDB: information_schema, and SHOW CREATE beside it.

The lines of ``SHOW CREATE TABLE`` are kept as each object's ``statement``: they tell what
information_schema has no column for (partitions, functional key parts, versioning, ...).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.differential.judge.facts import Fact, facts_of_rows

_HERE = "= DATABASE()"

_COMMON = (
    f"""
    SELECT 'table', '', TABLE_NAME, TABLE_TYPE AS `kind`, ENGINE, ROW_FORMAT AS `row format`,
           TABLE_COLLATION AS `collation`, NULLIF(CREATE_OPTIONS, '') AS `options`,
           NULLIF(TABLE_COMMENT, '') AS `comment`,
           (SELECT GROUP_CONCAT(c.COLUMN_NAME ORDER BY c.ORDINAL_POSITION SEPARATOR '\n')
            FROM information_schema.COLUMNS c
            WHERE c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME)
            AS `column order`
    FROM information_schema.TABLES t WHERE TABLE_SCHEMA {_HERE} AND TABLE_TYPE NOT LIKE '%VIEW'
    """,
    f"""
    SELECT 'column', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE AS `type`, IS_NULLABLE AS nullable,
           COLUMN_DEFAULT AS `default`, NULLIF(EXTRA, '') AS extra,
           CHARACTER_SET_NAME AS `charset`, COLLATION_NAME AS `collation`,
           NULLIF(GENERATION_EXPRESSION, '') AS expression, NULLIF(COLUMN_COMMENT, '') AS `comment`
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA {_HERE}
    """,
    f"""
    SELECT 'constraint', r.TABLE_NAME, r.CONSTRAINT_NAME, 'FOREIGN KEY' AS `kind`,
           (SELECT GROUP_CONCAT(k.COLUMN_NAME ORDER BY k.ORDINAL_POSITION SEPARATOR ', ')
            FROM information_schema.KEY_COLUMN_USAGE k
            WHERE k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND k.TABLE_NAME = r.TABLE_NAME
                  AND k.CONSTRAINT_NAME = r.CONSTRAINT_NAME) AS `columns`,
           (SELECT CONCAT(r.REFERENCED_TABLE_NAME, ' (', GROUP_CONCAT(k.REFERENCED_COLUMN_NAME
                   ORDER BY k.ORDINAL_POSITION SEPARATOR ', '), ')')
            FROM information_schema.KEY_COLUMN_USAGE k
            WHERE k.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND k.TABLE_NAME = r.TABLE_NAME
                  AND k.CONSTRAINT_NAME = r.CONSTRAINT_NAME) AS target,
           r.UPDATE_RULE AS `on update`, r.DELETE_RULE AS `on delete`
    FROM information_schema.REFERENTIAL_CONSTRAINTS r WHERE r.CONSTRAINT_SCHEMA {_HERE}
    """,
    f"""
    SELECT 'view', '', TABLE_NAME, VIEW_DEFINITION AS definition, CHECK_OPTION AS `check option`,
           SECURITY_TYPE AS `security`
    FROM information_schema.VIEWS WHERE TABLE_SCHEMA {_HERE}
    """,
    f"""
    SELECT 'trigger', EVENT_OBJECT_TABLE, TRIGGER_NAME, EVENT_MANIPULATION AS `event`,
           ACTION_TIMING AS timing, ACTION_ORDER AS `order`, ACTION_STATEMENT AS definition,
           SQL_MODE AS `sql mode`
    FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA {_HERE}
    """,
    f"""
    SELECT LOWER(r.ROUTINE_TYPE), '', r.ROUTINE_NAME, r.ROUTINE_DEFINITION AS definition,
           r.DTD_IDENTIFIER AS `returns`, r.IS_DETERMINISTIC AS `deterministic`,
           r.SQL_DATA_ACCESS AS `access`, r.SECURITY_TYPE AS `security`,
           NULLIF(r.ROUTINE_COMMENT, '') AS `comment`,
           (SELECT GROUP_CONCAT(CONCAT_WS(' ', p.PARAMETER_MODE, p.PARAMETER_NAME,
                   p.DTD_IDENTIFIER) ORDER BY p.ORDINAL_POSITION SEPARATOR ', ')
            FROM information_schema.PARAMETERS p
            WHERE p.SPECIFIC_SCHEMA = r.ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.SPECIFIC_NAME
                  AND p.ORDINAL_POSITION > 0) AS `parameters`
    FROM information_schema.ROUTINES r WHERE r.ROUTINE_SCHEMA {_HERE}
    """,
    f"""
    SELECT 'event', '', EVENT_NAME, EVENT_DEFINITION AS definition, STATUS,
           CONCAT_WS(' ', INTERVAL_VALUE, INTERVAL_FIELD) AS `interval`
    FROM information_schema.EVENTS WHERE EVENT_SCHEMA {_HERE}
    """,
)

_INDEX = """
    SELECT 'index', TABLE_NAME, INDEX_NAME, IF(MAX(NON_UNIQUE), NULL, 'yes') AS `unique`,
           GROUP_CONCAT(CONCAT({part}, IFNULL(CONCAT('(', SUB_PART, ')'), ''),
                        IF(COLLATION = 'D', ' DESC', '')) ORDER BY SEQ_IN_INDEX SEPARATOR ', ')
               AS `columns`,
           MAX(INDEX_TYPE) AS method, NULLIF(MAX(INDEX_COMMENT), '') AS `comment`,
           MAX({visible}) AS `visible`
    FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()
    GROUP BY TABLE_NAME, INDEX_NAME
    """

_MYSQL = (
    _INDEX.format(part="IFNULL(COLUMN_NAME, CONCAT('(', EXPRESSION, ')'))", visible="IS_VISIBLE"),
    f"""
    SELECT 'constraint', t.TABLE_NAME, t.CONSTRAINT_NAME, 'CHECK' AS `kind`,
           c.CHECK_CLAUSE AS `check`, t.ENFORCED
    FROM information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS c
         USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
    WHERE t.CONSTRAINT_SCHEMA {_HERE} AND t.CONSTRAINT_TYPE = 'CHECK'
    """,
    f"""
    SELECT 'column', TABLE_NAME, COLUMN_NAME, SRS_ID AS srid
    FROM information_schema.COLUMNS WHERE TABLE_SCHEMA {_HERE}
    """,
)

_MARIADB = (
    _INDEX.format(part="COLUMN_NAME", visible="IF(IGNORED = 'YES', 'NO', 'YES')"),
    f"""
    SELECT 'constraint', TABLE_NAME, CONSTRAINT_NAME, 'CHECK' AS `kind`, LEVEL,
           CHECK_CLAUSE AS `check`
    FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA {_HERE}
    """,
)

_COLUMN = re.compile(r"`((?:[^`]|``)*)` (.*)")
_KEY = re.compile(r"((?:[A-Z]+ )?KEY) (?:`((?:[^`]|``)*)` )?(\(.*)")
_CONSTRAINT = re.compile(r"CONSTRAINT `((?:[^`]|``)*)` (.*)")
_COLLATION = re.compile(r" (?:CHARACTER SET|COLLATE) \w+")  # information_schema tells both
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


def read_facts(connection: Any) -> Iterator[Fact]:
    """Yield the facts of the database that is connected to."""
    cursor = connection.cursor()
    cursor.execute("SELECT VERSION(), DATABASE()")
    version, database = cursor.fetchone()
    own = f"`{database}`."
    cursor.execute("SET SESSION group_concat_max_len = 1000000")
    for query in (*_COMMON, *(_MARIADB if "MariaDB" in version else _MYSQL)):
        cursor.execute(query)
        columns = [column[0] for column in cursor.description]
        for fact in facts_of_rows(columns, cursor.fetchall()):
            # Views name their tables with the database, whose name is an accident.
            text = fact.value.replace(own, "")
            yield fact._replace(value=text, content=text)
    cursor.execute(
        "SELECT TABLE_NAME FROM information_schema.TABLES "
        "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT LIKE '%VIEW'"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"SHOW CREATE TABLE `{table.replace('`', '``')}`")
        yield from _statement_facts(table, cursor.fetchone()[1])
    cursor.close()


def _statement_facts(table: str, statement: str) -> Iterator[Fact]:
    lines = statement.split("\n")
    rest = []
    for raw in lines[1:]:
        line = raw.strip().removesuffix(",")
        if match := _COLUMN.fullmatch(line):
            yield _statement("column", table, match[1], _COLLATION.sub("", match[2]))
        elif match := _KEY.fullmatch(line):
            yield _statement("index", table, match[2] or "PRIMARY", f"{match[1]} {match[3]}")
        elif match := _CONSTRAINT.fullmatch(line):
            yield _statement("constraint", table, match[1], match[2])
        else:
            rest.append(_COUNTER.sub("", line))
    yield _statement("table", "", table, "\n".join(rest))


def _statement(kind: str, owner: str, name: str, text: str) -> Fact:
    return Fact(kind, owner, name.replace("``", "`"), "statement", text, text)
