"""PostgreSQL's functions that write SQL: ``format``, ``quote_ident``, ``quote_literal``.

Source: PostgreSQL, src/backend/utils/adt/varlena.c (``text_format``), ruleutils.c
(``quote_identifier``), quote.c.
"""

from __future__ import annotations

import re

from replayer.catalog.lexer import quote, quote_string

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_PLACE = re.compile(r"%(?:(?P<number>\d+)\$)?(?P<kind>[sIL%])")
_WORDS = (
    "all analyse analyze and any array as asc asymmetric authorization between bigint "
    "binary bit boolean both case cast char character check coalesce collate collation "
    "column concurrently constraint create cross current_catalog current_date current_role "
    "current_schema current_time current_timestamp current_user dec decimal default "
    "deferrable desc distinct do else end except exists extract false fetch float for "
    "foreign freeze from full grant greatest group grouping having ilike in initially inner "
    "inout int integer intersect interval into is isnull join lateral leading least left "
    "like limit localtime localtimestamp national natural nchar none normalize not notnull "
    "null nullif numeric offset on only or order out outer overlaps overlay placing "
    "position precision primary real references returning right row select session_user "
    "setof similar smallint some substring symmetric table tablesample then time timestamp "
    "to trailing treat trim true union unique user using values varchar variadic verbose "
    "when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest "
    "xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable"
)
_KEYWORDS = frozenset(_WORDS.split())
"""Those that ``pg_get_keywords()`` of PostgreSQL 15 does not call unreserved."""


def quote_ident(value: object) -> str | None:
    """Write a name, in quotes where it needs them."""
    if value is None:
        return None
    name = str(value)
    return name if _PLAIN.fullmatch(name) and name not in _KEYWORDS else quote(name)


def quote_literal(value: object) -> str:
    """Write a value as a literal."""
    if value is None:
        return "NULL"
    text = quote_string(str(value))
    return f" E{text}".replace("\\", "\\\\") if "\\" in text else text


def format_text(template: object, *values: object) -> str | None:
    """Fill in a template as PostgreSQL's ``format`` does.

    Raises
    ------
    ValueError
        When it wants a value that is not there, or a name that is NULL.
    """
    if template is None:
        return None
    last = 0

    def filled(match: re.Match[str]) -> str:
        nonlocal last
        if match["kind"] == "%":
            return "%"
        last = int(match["number"]) if match["number"] else last + 1
        if last > len(values):
            raise ValueError(match[0])
        value = values[last - 1]
        if match["kind"] == "L":
            return quote_literal(value)
        if match["kind"] == "s":
            return "" if value is None else str(value)
        name = quote_ident(value)
        if name is None:
            raise ValueError(match[0])
        return name

    return _PLACE.sub(filled, str(template))
