"""Answer ``SHOW`` and ``DESCRIBE``."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from replayer.dialects.answers.miniature import asked_of
from replayer.dialects.answers.mysql.shows import MysqlShows
from replayer.dialects.answers.postgresql.settings import settings_of
from replayer.dialects.answers.tables import SystemTable
from replayer.dialects.backing import Answer
from replayer.dialects.refusals import CannotAnswer
from replayer.model import Dialect

if TYPE_CHECKING:
    from replayer.catalog.catalog import Catalog

_NAME = r"(?:`[^`]+`\.|\w+\.)?(?:`(?P<quoted>[^`]+)`|(?P<bare>[\w$]+))"
_OF = r"(?:\s+(?:FROM|IN)\s+(?:`[^`]+`|\w+))?"
_REST = r"(?:\s+(?:LIKE\s+(?P<like>'[^']*'|\"[^\"]*\")|WHERE\s+(?P<where>.*)))?\s*"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(r"\s*" + text + _REST, re.IGNORECASE | re.DOTALL)


_TABLES = _pattern(rf"SHOW\s+(?P<full>FULL\s+)?TABLES{_OF}")
_COLUMNS = _pattern(
    rf"(?:SHOW\s+(?P<full>FULL\s+)?(?:COLUMNS|FIELDS)\s+(?:FROM|IN)|DESC(?:RIBE)?)\s+{_NAME}{_OF}"
)
_INDEX = _pattern(rf"SHOW\s+(?:INDEX|INDEXES|KEYS)\s+(?:FROM|IN)\s+{_NAME}{_OF}")
_CREATE = _pattern(rf"SHOW\s+CREATE\s+TABLE\s+{_NAME}")
_VARIABLES = _pattern(r"SHOW\s+(?:(?:GLOBAL|SESSION|LOCAL)\s+)?VARIABLES")
_STATUS = _pattern(rf"SHOW\s+TABLE\s+STATUS{_OF}")
_DATABASES = _pattern(r"SHOW\s+(?:DATABASES|SCHEMAS)")
_SETTING = re.compile(r"\s*SHOW\s+(?P<name>[\w.\s]+?)\s*", re.IGNORECASE)
_LONG_NAMES = {"time zone": "timezone", "transaction isolation level": "transaction_isolation"}
"""What the standard calls some settings."""


def show(catalog: Catalog, database: str, sql: str) -> Answer:
    """Return what ``SHOW`` shows.

    Raises
    ------
    CatalogError
        When the table is not there, or for something that is not known.
    """
    sql = sql.strip().rstrip(";")
    if catalog.dialect is Dialect.POSTGRESQL:
        return _setting(catalog, sql)
    system = MysqlShows(catalog, database)
    for pattern in (_TABLES, _COLUMNS, _INDEX, _CREATE, _VARIABLES, _STATUS, _DATABASES):
        match = pattern.fullmatch(sql)
        if match is None:
            continue
        groups = match.groupdict()
        name = groups.get("quoted") or groups.get("bare") or ""
        full = bool(groups.get("full"))
        table = _table(system, pattern, name, full=full)
        answer = _chosen(table, groups.get("like"), groups.get("where"))
        if pattern is not _VARIABLES or answer.rows:
            return answer
    message = f"cannot answer: {' '.join(sql.split())[:80]}"
    raise CannotAnswer(message)


def _table(system: MysqlShows, pattern: re.Pattern[str], name: str, *, full: bool) -> SystemTable:
    if pattern is _TABLES:
        return system.show_tables(full=full)
    if pattern is _COLUMNS:
        return system.show_columns(name, full=full)
    if pattern is _INDEX:
        return system.show_index(name)
    if pattern is _CREATE:
        return system.show_create(name)
    if pattern is _VARIABLES:
        return system.show_variables()
    if pattern is _STATUS:
        return system.show_status()
    rows = (("information_schema",), ("mysql",), (system.database,))
    return SystemTable(columns=("Database",), rows=rows)


def _chosen(table: SystemTable, like: str | None, where: str | None) -> Answer:
    if like is not None:
        place = 1 if table.columns[0] == "Table" else 0
        where = f"`{table.columns[place]}` LIKE {like}"
    try:
        return asked_of(table, where)
    except sqlite3.Error as error:
        message = f"cannot answer SHOW ... WHERE {where}"
        raise CannotAnswer(message) from error


def _setting(catalog: Catalog, sql: str) -> Answer:
    match = _SETTING.fullmatch(sql)
    name = " ".join(match["name"].lower().split()) if match else ""
    value = settings_of(catalog.facts).get(_LONG_NAMES.get(name, name))
    if value is None:
        message = f"cannot answer: SHOW {name}"
        raise CannotAnswer(message)
    return Answer(rows=((value,),), columns=(name,), row_count=1)
