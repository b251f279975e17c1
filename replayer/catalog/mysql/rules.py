"""What a version of MySQL or MariaDB does with DDL, and how their types are spelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replayer.catalog.mysql.refusals import LENGTH_IN_WORDS

if TYPE_CHECKING:
    from replayer.model import ServerFacts

_INTEGERS = {
    "tinyint": ("tinyint", 4, 3),
    "int1": ("tinyint", 4, 3),
    "bool": ("tinyint", 1, 1),
    "boolean": ("tinyint", 1, 1),
    "smallint": ("smallint", 6, 5),
    "int2": ("smallint", 6, 5),
    "mediumint": ("mediumint", 9, 8),
    "int": ("int", 11, 10),
    "integer": ("int", 11, 10),
    "int4": ("int", 11, 10),
    "bigint": ("bigint", 20, 20),
    "int8": ("bigint", 20, 20),
}
_ALIASES = {
    "numeric": "decimal",
    "dec": "decimal",
    "fixed": "decimal",
    "double precision": "double",
    "real": "double",
    "float8": "double",
    "float4": "float",
    "character": "char",
    "character varying": "varchar",
    "char varying": "varchar",
    "national varchar": "varchar",
    "nvarchar": "varchar",
    "long": "mediumtext",
    "long varchar": "mediumtext",
    "long varbinary": "mediumblob",
}
_WORDS_OF_BOTH = """
tinyint int1 bool boolean smallint int2 mediumint int3 middleint int integer int4 bigint int8
serial decimal dec numeric fixed float float4 float8 double real bit date time datetime
timestamp year char character varchar varcharacter nchar nvarchar national binary varbinary
tinyblob blob mediumblob longblob tinytext text mediumtext longtext long enum set json vector
"""
_GEOMETRIES = frozenset(
    (
        *("geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"),
        *("multipolygon", "geometrycollection"),
    )
)
_OF_BOTH = frozenset(_WORDS_OF_BOTH.split()) | _GEOMETRIES
_OF_MYSQL = frozenset({"geomcollection"})
_LARGE = re.compile(r"(tiny|medium|long)?(text|blob)|long|json|geomcollection")
_LITERAL = re.compile(
    r"(?:_\w+\s*|[xbn])?'(?:[^'\\]|''|\\.)*'|\d[\w.]*|true|false|null|pi",
    re.IGNORECASE | re.DOTALL,
)
_OF_MARIADB = frozenset({"inet4", "inet6", "uuid", "xmltype", "mysql_json"})
"""Its types that plug-ins bring."""
_TYPE = re.compile(
    r"\s*([a-z_0-9]+(?:\s+(?:precision|varying|varchar|varbinary))?)\s*(\([^)]*\))?(.*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRules:
    """The rules of one server."""

    is_mariadb: bool
    version: tuple[int, ...]

    @classmethod
    def of(cls, facts: ServerFacts) -> ServerRules:
        """Return the rules of the server that ``facts`` tell of."""
        return cls(is_mariadb=facts.dialect.value == "mariadb", version=facts.version)

    @property
    def has_checks(self) -> bool:
        """Whether ``CHECK`` is more than a comment."""
        return self.version >= ((10, 2, 1) if self.is_mariadb else (8, 0, 16))

    @property
    def has_descending_keys(self) -> bool:
        """Whether ``DESC`` in a key is more than a comment."""
        return self.version >= ((10, 8) if self.is_mariadb else (8, 0, 1))

    @property
    def has_inline_references(self) -> bool:
        """Whether ``REFERENCES`` in a column's definition is more than a comment."""
        return self.version >= ((10, 5) if self.is_mariadb else (9, 0))

    @property
    def wants_unique_parent(self) -> bool:
        """Whether a foreign key must point at a unique key: ``restrict_fk_on_non_standard_key``."""
        return not self.is_mariadb and self.version >= (8, 4)

    @property
    def shows_width(self) -> bool:
        """Whether the server keeps the display width of integers."""
        return self.is_mariadb or self.version < (8, 0, 19)

    def takes_default(self, told: str, default: str, *, is_altered: bool = False) -> bool:
        """Whether a column of a type may have a default, as it was told and no NULL.

        Parameters
        ----------
        is_altered
            Whether ``ALTER COLUMN`` sets it, to which a literal in parentheses is a literal.

        Notes
        -----
        MySQL gives large types expressions alone, in parentheses; MariaDB wants a geometry to be
        one. Source: MySQL's manual, 13.6; errors 1101 and 1416.
        """
        match = re.match(r"\w+", told)
        word = match.group().lower() if match else ""
        if self.is_mariadb:
            return word not in _GEOMETRIES or not re.match(r"[xb]?'", default, re.IGNORECASE)
        is_large = word in _GEOMETRIES or _LARGE.fullmatch(word) is not None
        if not is_large:
            return True
        is_literal = is_altered and _LITERAL.fullmatch(default.strip("() ")) is not None
        return default.startswith("(") and not is_literal

    def knows_type(self, told: str) -> bool:
        """Whether any version of the server has a type, by the word that it begins with.

        Notes
        -----
        A length is a number: Django writes ``varchar(None)`` where ``max_length`` is left out.
        Source: the data types of both manuals (MySQL 9.7, MariaDB 11.8).
        """
        match = re.match(r"\w+", told)
        if match is None or "[" in told or LENGTH_IN_WORDS.search(told):
            return False
        own = _OF_MARIADB if self.is_mariadb else _OF_MYSQL
        return match.group().lower() in _OF_BOTH | own

    def canonical_type(self, told: str) -> str:  # noqa: C901 - the servers' list of oddities
        """Return a type as the server shows it.

        Notes
        -----
        MariaDB's ``json`` is ``longtext``; its collation and check are the column's matter.
        """
        match = _TYPE.match(told.lower())
        if match is None:
            return told
        base, size, rest = match.group(1), (match.group(2) or "").replace(" ", ""), match.group(3)
        base = " ".join(base.split())
        words = rest.split()
        if "zerofill" in words and "unsigned" not in words:
            words.append("unsigned")
        flags = [word for word in ("unsigned", "zerofill") if word in words]
        if base in _INTEGERS:
            name, signed, unsigned = _INTEGERS[base]
            is_bool = base.startswith("bool")
            if self.shows_width:
                size = size or f"({unsigned if flags else signed})"
            elif is_bool:
                size = "(1)"
            elif not ("zerofill" in flags or (name == "tinyint" and size == "(1)" and not flags)):
                size = ""
            return " ".join([name + size, *flags])
        base = _ALIASES.get(base, base)
        if base == "decimal":
            size = {"": "(10,0)"}.get(size, size if "," in size else size[:-1] + ",0)")
        elif base in {"char", "binary", "bit"}:
            size = size or "(1)"
        elif base == "year":
            size = "(4)" if self.is_mariadb else ""
        elif base == "json" and self.is_mariadb:
            base = "longtext"
        elif base == "float" and size and "," not in size:
            base, size = ("double" if int(size[1:-1]) > 24 else "float"), ""
        elif base in {"enum", "set"}:
            return re.sub(r"\s*([(,])\s*", r"\1", told)
        return " ".join([base + size, *flags])

    def are_compatible(self, one: str, other: str) -> bool:
        """Whether a foreign key may join columns of these two types.

        Notes
        -----
        Strings join whatever their lengths; integers want the same size and sign.
        """
        kinds = []
        for told in (one, other):
            canonical = self.canonical_type(told)
            base = re.match(r"[a-z_0-9]*", canonical)
            kind = base.group() if base else canonical
            if kind in {"char", "varchar", "tinytext", "text", "mediumtext", "longtext"}:
                kind = "string"
            if kind in {"binary", "varbinary"}:
                kind = "bytes"
            kinds.append((kind, "unsigned" in canonical))
        return kinds[0] == kinds[1]
