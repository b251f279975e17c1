"""The types of MySQL and MariaDB as a cursor and ``information_schema.columns`` describe them."""

from __future__ import annotations

import re
from typing import NamedTuple

_CODES = {
    "decimal": 246, "tinyint": 1, "smallint": 2, "mediumint": 9, "int": 3, "bigint": 8,
    "float": 4, "double": 5, "bit": 16, "date": 10, "time": 11, "datetime": 12, "timestamp": 7,
    "year": 13, "char": 254, "binary": 254, "varchar": 253, "varbinary": 253, "enum": 254,
    "set": 254, "json": 245, "geometry": 255, "uuid": 254, "inet4": 254, "inet6": 254,
}  # fmt: skip
"""Source: MySQLdb/constants/FIELD_TYPE.py; every text and blob is 252."""

MYSQL_FIELDS = {
    1: "IntegerField", 2: "SmallIntegerField", 3: "IntegerField", 4: "FloatField",
    5: "FloatField", 7: "DateTimeField", 8: "BigIntegerField", 9: "IntegerField",
    10: "DateField", 11: "TimeField", 12: "DateTimeField", 0: "DecimalField", 245: "JSONField",
    246: "DecimalField", 249: "TextField", 250: "TextField", 251: "TextField", 252: "TextField",
    253: "CharField", 254: "CharField",
}  # fmt: skip
"""Source: django/db/backends/mysql/introspection.py, ``data_types_reverse`` (4.2 to 6.1)."""

_INTEGERS = {
    "tinyint": (3, 3, 4, 3),
    "smallint": (5, 5, 6, 5),
    "mediumint": (7, 7, 9, 8),
    "int": (10, 10, 11, 10),
    "bigint": (19, 20, 20, 20),
}
"""The precision, that of an unsigned one, and the width of both."""
_LENGTHS = {"tiny": 255, "": 65535, "medium": 16777215, "long": 4294967295}
_TYPE = re.compile(r"(?P<base>[a-z0-9_]+)\s*(?:\((?P<size>[^)]*)\))?(?P<rest>.*)", re.DOTALL)


class MysqlType(NamedTuple):
    """A type, taken apart."""

    base: str
    """``information_schema.columns.data_type``."""
    code: int
    """What the cursor says it is."""
    characters: int | None
    """``character_maximum_length``."""
    precision: int | None
    scale: int | None
    length: int
    """The size in bytes that the cursor says; -1 for what is too long to say."""
    decimals: int
    """The decimals that the cursor says."""
    is_unsigned: bool

    @property
    def is_text(self) -> bool:
        """Whether it holds characters, so that it has a collation."""
        return self.base in {"char", "varchar", "enum", "set"} or self.base.endswith("text")


def mysql_type(shown: str) -> MysqlType:
    """Take a type apart, as the server shows it (``int unsigned``, ``varchar(30)``)."""
    match = _TYPE.match(shown.strip().lower())
    base = match["base"] if match else shown
    sizes = [int(part) for part in re.findall(r"\d+", (match["size"] or "") if match else "")]
    unsigned = match is not None and "unsigned" in match["rest"]
    code = _CODES.get(base, 252)
    if base in _INTEGERS:
        precision, larger, width, narrower = _INTEGERS[base]
        length = 1 if base == "tinyint" and sizes == [1] else narrower if unsigned else width
        return MysqlType(
            base, code, None, larger if unsigned else precision, 0, length, 0, unsigned
        )
    if base == "decimal":
        precision, scale = (*sizes, 10, 0)[:2] if len(sizes) < 2 else sizes[:2]
        length = precision + (1 if scale else 0) + (0 if unsigned else 1)
        return MysqlType(base, code, None, precision, scale, length, scale, unsigned)
    if base in {"float", "double"}:
        width = 22 if base == "double" else 12
        return MysqlType(base, code, None, width, None, width, 31, unsigned)
    if base.endswith(("text", "blob")):
        length = _LENGTHS.get(base[:-4], 65535)
        told = length if length < 65535 else -1
        return MysqlType(base, code, length, None, None, told, 0, is_unsigned=False)
    if base in {"datetime", "timestamp", "time"}:
        digits = sizes[0] if sizes else 0
        length = (10 if base == "time" else 19) + (digits + 1 if digits else 0)
        return MysqlType(base, code, None, None, None, length, digits, is_unsigned=False)
    if base in {"char", "varchar"}:
        size = sizes[0] if sizes else 1
        return MysqlType(base, code, size, None, None, size * 4, 0, is_unsigned=False)
    if base in {"binary", "varbinary"}:
        size = sizes[0] if sizes else 1
        return MysqlType(base, code, size, None, None, size, 0, is_unsigned=False)
    lengths = {"date": 10, "year": 4, "uuid": 144, "bit": sizes[0] if sizes else 1}
    return MysqlType(base, code, None, None, None, lengths.get(base, -1), 0, is_unsigned=False)
