"""What MySQL and MariaDB answer to a statement that they refuse, with their numbers and words.

Source: the servers' own answers (MySQL 9.7, MariaDB 10.11), which the differential tests compare.
Applications look at the number (``exc.args[0]``), and people search for the words.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from replayer.catalog.refusals import (
    CatalogError,
    DependentObjects,
    DuplicateColumn,
    DuplicateObject,
    DuplicateTable,
    InvalidDefinition,
    UndefinedColumn,
    UndefinedObject,
    UndefinedTable,
    WrongObjectType,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Mapping[int, type[CatalogError]] = MappingProxyType(
    {
        1050: DuplicateTable,
        1051: UndefinedTable,
        1054: UndefinedColumn,
        1060: DuplicateColumn,
        1061: DuplicateObject,
        1072: UndefinedColumn,
        1091: UndefinedObject,
        1146: UndefinedTable,
        1176: UndefinedObject,
        1304: DuplicateObject,
        1305: UndefinedObject,
        1347: WrongObjectType,
        1359: DuplicateObject,
        1360: UndefinedObject,
        1451: DependentObjects,
        1537: DuplicateObject,
        1539: UndefinedObject,
        1553: DependentObjects,
        1824: UndefinedTable,
        1826: DuplicateObject,
        1828: DependentObjects,
        1829: DependentObjects,
        1832: DependentObjects,
        1833: DependentObjects,
        1965: WrongObjectType,
        3108: DependentObjects,
        3730: DependentObjects,
        3734: UndefinedColumn,
        3820: UndefinedColumn,
        3821: UndefinedObject,
        3822: DuplicateObject,
        3837: DependentObjects,
        3940: UndefinedObject,
        3959: DependentObjects,
        4091: UndefinedObject,
        4092: UndefinedObject,
    }
)
_STATES: Mapping[int, str] = MappingProxyType(
    {1050: "42S01", 1051: "42S02", 1054: "42S22", 1060: "42S21", 1061: "42000", 1064: "42000",
     1072: "42000", 1091: "42000", 1146: "42S02"}
)  # fmt: skip


def refusal(number: int, words: str) -> CatalogError:
    """Return what is to be raised for an answer of the server, by its number."""
    kind = _KINDS.get(number, InvalidDefinition)
    return kind(words, number=number, sqlstate=_STATES.get(number, "HY000"))


def table_exists(table: str) -> CatalogError:
    """1050, for tables and views."""
    return refusal(1050, f"Table '{table}' already exists")


def unknown_table(database: str, table: str) -> CatalogError:
    """1051, from ``DROP TABLE``."""
    return refusal(1051, f"Unknown table '{database}.{table}'")


def unknown_column(column: str, place: str) -> CatalogError:
    """1054; the place is a table's name, or ``CHECK`` or ``GENERATED ALWAYS AS``."""
    return refusal(1054, f"Unknown column '{column}' in '{place}'")


def unknown_column_in(
    column: str, place: str, check: str, *, is_new: bool, is_mariadb: bool
) -> CatalogError:
    """1054 or, for a check of a new table on MySQL, 3820: there is no such column to name."""
    if place == "CHECK" and not is_mariadb:
        if not is_new:
            return unknown_column(column, f"check constraint {check} expression")
        return refusal(
            3820, f"Check constraint '{check}' refers to non-existing column '{column}'."
        )
    if is_mariadb:
        words = {"GENERATED": "GENERATED ALWAYS AS"}.get(place, place)
    else:
        words = {"GENERATED": "generated column function", "KEY": "functional index"}[place]
    return unknown_column(column, words)


def other_column_in_check(check: str) -> CatalogError:
    """3813, MySQL alone."""
    return refusal(3813, f"Column check constraint '{check}' references other column.")


def name_too_long(name: str, *, is_table: bool = False, is_mariadb: bool = False) -> CatalogError:
    """1059 or, for a table on MariaDB, 1103."""
    if is_table and is_mariadb:
        return refusal(1103, f"Incorrect table name '{name}'")
    return refusal(1059, f"Identifier name '{name}' is too long")


def duplicate_column(column: str) -> CatalogError:
    """1060."""
    return refusal(1060, f"Duplicate column name '{column}'")


def duplicate_key(name: str) -> CatalogError:
    """1061."""
    return refusal(1061, f"Duplicate key name '{name}'")


def invalid_default(column: str) -> CatalogError:
    """1067."""
    return refusal(1067, f"Invalid default value for '{column}'")


def no_default_of_type(column: str, *, is_mariadb: bool) -> CatalogError:
    """1101, of a type that MySQL gives expressions alone as defaults; 1416 on MariaDB."""
    if is_mariadb:
        return refusal(1416, "Cannot get geometry object from data you send to the GEOMETRY field")
    return refusal(
        1101, f"BLOB, TEXT, GEOMETRY or JSON column '{column}' can't have a default value"
    )


def multiple_primary_key() -> CatalogError:
    """1068."""
    return refusal(1068, "Multiple primary key defined")


def no_key_column(column: str) -> CatalogError:
    """1072."""
    return refusal(1072, f"Key column '{column}' doesn't exist in table")


def wrong_auto_column() -> CatalogError:
    """1075."""
    return refusal(
        1075,
        "Incorrect table definition; there can be only one auto column and it must be defined "
        "as a key",
    )


def no_columns_left() -> CatalogError:
    """1090."""
    return refusal(1090, "You can't delete all columns with ALTER TABLE; use DROP TABLE instead")


def cannot_drop(kind: str, name: str, *, is_mariadb: bool) -> CatalogError:
    """1091; MariaDB says what kind of thing is missing."""
    if is_mariadb:
        return refusal(1091, f"Can't DROP {kind} `{name}`; check that it exists")
    return refusal(1091, f"Can't DROP '{name}'; check that column/key exists")


def no_such_table(database: str, table: str) -> CatalogError:
    """1146."""
    return refusal(1146, f"Table '{database}.{table}' doesn't exist")


def text_without_length(column: str) -> CatalogError:
    """1170, MySQL alone."""
    return refusal(
        1170, f"BLOB/TEXT column '{column}' used in key specification without a key length"
    )


def null_in_primary_key() -> CatalogError:
    """1171."""
    return refusal(
        1171,
        "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE "
        "instead",
    )


def no_such_key(key: str, table: str) -> CatalogError:
    """1176, from ``RENAME INDEX``."""
    return refusal(1176, f"Key '{key}' doesn't exist in table '{table}'")


def no_such_constraint(name: str, *, is_mariadb: bool) -> CatalogError:
    """3940 on MySQL, 1091 on MariaDB."""
    if is_mariadb:
        return cannot_drop("CONSTRAINT", name, is_mariadb=True)
    return refusal(3940, f"Constraint '{name}' does not exist.")


def no_such_check(name: str) -> CatalogError:
    """3821."""
    return refusal(3821, f"Check constraint '{name}' is not found in the table.")


def duplicate_check(name: str, *, is_mariadb: bool) -> CatalogError:
    """3822 on MySQL, where the names are the schema's; 1826 on MariaDB."""
    if is_mariadb:
        return refusal(1826, f"Duplicate CHECK constraint name '{name}'")
    return refusal(3822, f"Duplicate check constraint name '{name}'.")


def column_in_check(check: str, column: str) -> CatalogError:
    """3959, MySQL alone."""
    return refusal(
        3959,
        f"Check constraint '{check}' uses column '{column}', hence column cannot be dropped or "
        "renamed.",
    )


def column_in_generated(column: str) -> CatalogError:
    """3108, MySQL alone."""
    return refusal(3108, f"Column '{column}' has a generated column dependency.")


def column_in_functional_index(column: str) -> CatalogError:
    """3837, MySQL alone."""
    return refusal(
        3837,
        f"Column '{column}' has a functional index dependency and cannot be dropped or renamed.",
    )


def syntax_error(near: str, *, is_mariadb: bool) -> CatalogError:
    """1064."""
    server = "MariaDB" if is_mariadb else "MySQL"
    return refusal(
        1064,
        "You have an error in your SQL syntax; check the manual that corresponds to your "
        f"{server} server version for the right syntax to use near '{near[:80]}' at line 1",
    )


LENGTH_IN_WORDS = re.compile(r"\(\s*[A-Za-z_]")
"""In a type, it is a mistake on both servers: a length is a number."""


def unknown_type(told: str, *, is_mariadb: bool) -> CatalogError:
    """4161 for a word that MariaDB takes for a plug-in's type, 1064 for all else."""
    if is_mariadb and "[" not in told and not LENGTH_IN_WORDS.search(told):
        return refusal(4161, f"Unknown data type: '{told.partition('(')[0]}'")
    return syntax_error(told, is_mariadb=is_mariadb)


def not_a_table(database: str, name: str, *, is_mariadb: bool) -> CatalogError:
    """1347, from ``ALTER TABLE`` on a view."""
    words = "of type 'BASE TABLE'" if is_mariadb else "BASE TABLE"
    return refusal(1347, f"'{database}.{name}' is not {words}")


def is_a_view(database: str, name: str) -> CatalogError:
    """1965, from MariaDB's ``DROP TABLE``."""
    return refusal(1965, f"'{database}.{name}' is a view")


def object_exists(database: str, kind: str, name: str, *, is_mariadb: bool) -> CatalogError:
    """1050, 1304, 1359 or 1537, by the kind of object."""
    if kind in {"view", "sequence"}:
        return table_exists(name)
    if kind == "trigger":
        if is_mariadb:
            return refusal(1359, f"Trigger '{database}.{name}' already exists")
        return refusal(1359, "Trigger already exists")
    if kind == "event":
        return refusal(1537, f"Event '{name}' already exists")
    return refusal(1304, f"{kind.upper()} {name} already exists")


def no_such_object(
    database: str, kind: str, name: str, *, is_table: bool, is_mariadb: bool
) -> CatalogError:
    """1051, 1305, 1347, 1360, 1539, 4091 or 4092, by the kind of object."""
    if kind == "view":
        if is_mariadb:
            return refusal(4092, f"Unknown VIEW: '{database}.{name}'")
        if is_table:
            return refusal(1347, f"'{database}.{name}' is not VIEW")
        return unknown_table(database, name)
    if kind == "trigger":
        return refusal(1360, "Trigger does not exist")
    if kind == "event":
        return refusal(1539, f"Unknown event '{name}'")
    if kind == "sequence":
        return refusal(4091, f"Unknown SEQUENCE: '{database}.{name}'")
    return refusal(1305, f"{kind.upper()} {database}.{name} does not exist")
