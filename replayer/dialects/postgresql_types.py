"""The types of PostgreSQL as its system catalogue knows them: names, numbers, widths."""

from __future__ import annotations

import re
from typing import NamedTuple

_ALIASES = {
    "bigint": "int8",
    "bigserial": "int8",
    "bit varying": "varbit",
    "boolean": "bool",
    "char": "bpchar",
    "character": "bpchar",
    "character varying": "varchar",
    "decimal": "numeric",
    "double precision": "float8",
    "float": "float8",
    "int": "int4",
    "integer": "int4",
    "real": "float4",
    "serial": "int4",
    "smallint": "int2",
    "smallserial": "int2",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}
_NUMBERS = {
    "bool": (16, 1, 1000),
    "bytea": (17, -1, 1001),
    "char": (18, 1, 1002),
    "name": (19, 64, 1003),
    "int8": (20, 8, 1016),
    "int2": (21, 2, 1005),
    "int4": (23, 4, 1007),
    "text": (25, -1, 1009),
    "oid": (26, 4, 1028),
    "json": (114, -1, 199),
    "xml": (142, -1, 143),
    "point": (600, 16, 1017),
    "float4": (700, 4, 1021),
    "float8": (701, 8, 1022),
    "money": (790, 8, 791),
    "macaddr": (829, 6, 1040),
    "inet": (869, -1, 1041),
    "cidr": (650, -1, 651),
    "bpchar": (1042, -1, 1014),
    "varchar": (1043, -1, 1015),
    "date": (1082, 4, 1182),
    "time": (1083, 8, 1183),
    "timestamp": (1114, 8, 1115),
    "timestamptz": (1184, 8, 1185),
    "interval": (1186, 16, 1187),
    "timetz": (1266, 12, 1270),
    "bit": (1560, -1, 1561),
    "varbit": (1562, -1, 1563),
    "numeric": (1700, -1, 1231),
    "uuid": (2950, 16, 2951),
    "tsvector": (3614, -1, 3643),
    "tsquery": (3615, -1, 3645),
    "jsonb": (3802, -1, 3807),
    "int4range": (3904, -1, 3905),
    "numrange": (3906, -1, 3907),
    "tsrange": (3908, -1, 3909),
    "tstzrange": (3910, -1, 3911),
    "daterange": (3912, -1, 3913),
    "int8range": (3926, -1, 3927),
}
"""Source: src/include/catalog/pg_type.dat: the number, the width, the number of the array type."""

_TYPE = re.compile(
    r"(?P<name>.*?)\s*(?:\(\s*(?P<modifier>[\d\s,]+)\))?(?P<zone>\s+with(?:out)?\s+time\s+zone)?"
    r"\s*(?P<array>(?:\[\d*\])*)",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN = {"int2": "smallint", "int4": "integer", "int8": "bigint", "bool": "boolean"} | {
    "bpchar": "character",
    "varchar": "character varying",
    "float4": "real",
    "float8": "double precision",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "varbit": "bit varying",
}


class TypeInfo(NamedTuple):
    """A type, taken apart."""

    name: str
    """``typname``: ``int8``, ``_varchar`` for an array."""
    oid: int
    """A made-up number for a type that the server does not bring along."""
    size: int
    """``typlen``; -1 where it varies."""
    element: str
    """The name without the array."""
    modifiers: tuple[int, ...]

    @property
    def is_array(self) -> bool:
        """Whether it is an array of another type."""
        return self.name != self.element

    @property
    def described(self) -> str:
        """The name as ``information_schema.columns.data_type`` has it."""
        if self.is_array:
            return "ARRAY"
        if self.element in _NUMBERS:
            return _PLAIN.get(self.element, self.element)
        return "USER-DEFINED"

    @property
    def formatted(self) -> str:
        """The name as ``format_type`` writes it."""
        name = _PLAIN.get(self.element, self.element)
        modifier = f"({','.join(map(str, self.modifiers))})" if self.modifiers else ""
        head, space, tail = name.partition(" with")
        text = f"{head}{modifier}{space}{tail}" if name.startswith("time") else name + modifier
        return text + ("[]" if self.is_array else "")


def type_info(written: str) -> TypeInfo:
    """Take a type apart, as it was told to the server."""
    match = _TYPE.fullmatch(written.strip())
    groups = match.groupdict() if match else {}
    name = " ".join(str(groups.get("name") or written).lower().split()).replace('"', "")
    name = name.rpartition(".")[2] + (groups.get("zone") or "").lower()
    element = _ALIASES.get(" ".join(name.split()), " ".join(name.split()))
    modifiers = tuple(int(part) for part in (groups.get("modifier") or "").split(",") if part)
    if element == "bpchar" and not modifiers:
        modifiers = (1,)
    if element == "numeric" and len(modifiers) == 1:
        modifiers = (*modifiers, 0)
    number, size, array = _NUMBERS.get(element, (_made_up(element), -1, _made_up(f"_{element}")))
    if groups.get("array"):
        return TypeInfo(f"_{element}", array, -1, element, modifiers)
    return TypeInfo(element, number, size, element, modifiers)


def known_types() -> dict[str, tuple[int, int, int]]:
    """Return the server's own types: their number, width, and the number of their array."""
    return dict(_NUMBERS)


def _made_up(name: str) -> int:
    """Return a number for a type of an extension; the same for the same name in every run."""
    import zlib

    return 100_000 + zlib.crc32(name.encode()) % 1_000_000
