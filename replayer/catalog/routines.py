"""What a call of a project's own routine can do to the schema: nothing, if it only moves rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.schema import ObjectKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.catalog.schema import OtherObject, QualifiedName

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_WORDS = """
all and any array as between by case cast distinct else except exists filter from having in
intersect into is join lateral like limit not offset on or over returning row select set some
then union unique using values when where with within
"""
"""Of the language, before a parenthesis."""
_FUNCTIONS = """
abs age array_agg array_length avg bool_and bool_or btrim ceil char char_length clock_timestamp
coalesce concat concat_ws count current_setting date_part date_trunc decimal decode dense_rank
encode extract first_value floor format format_type gen_random_uuid generate_series greatest
initcap json_agg json_array_elements json_build_object jsonb_agg jsonb_array_elements
jsonb_build_object jsonb_each jsonb_object_agg jsonb_object_keys jsonb_set lag last_value
lastval lead least left length lower lpad ltrim max md5 min mod nextval now nullif numeric
obj_description pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_get_constraintdef
pg_get_expr pg_get_indexdef pg_get_serial_sequence pg_get_viewdef pg_table_is_visible position
power quote_ident quote_literal random rank regexp_match regexp_matches regexp_replace repeat
replace right round row_number rpad rtrim setval setweight split_part sqrt string_agg
string_to_array strpos substr substring sum timestamp to_char to_date to_json to_jsonb to_number
to_timestamp to_tsquery to_tsvector translate trim trunc unnest upper uuid_generate_v4 varchar
version
"""
"""Of PostgreSQL itself, and the names of types."""
_HARMLESS = frozenset((*_WORDS.split(), *_FUNCTIONS.split()))
_HEAD = re.compile(r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.IGNORECASE)
_LANGUAGE = re.compile(r"\bLANGUAGE\s+'?(?:sql|plpgsql)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:INTO|AS)\s+(?:\"?\w+\"?\s*\.\s*)?\"?\w+\"?\s*\(", re.IGNORECASE)
"""A name with columns behind it, which is no call."""
_CALLED = re.compile(r"(\w+)\"?\s*\(")
_PERFORMED = re.compile(r"\bPERFORM\s+(?:\"?\w+\"?\s*\.\s*)?\"?(\w+)\"?\s*\(", re.IGNORECASE)
_BEYOND_ROWS = re.compile(
    r"\b(?:ALTER|CALL|COMMENT|CREATE|DO(?!\s+(?:NOTHING|UPDATE)\b)|DROP|EXECUTE|GRANT|IMPORT|REVOKE"
    r"|SECURITY|SET_CONFIG)\b",
    re.IGNORECASE,
)
"""Words with which a body may do more. In a name or a text they are one alarm too many."""


def leaves_schema(others: Mapping[tuple[ObjectKind, QualifiedName], OtherObject], sql: str) -> bool:
    """Return whether a query or a change of rows calls nothing that could change the schema.

    Parameters
    ----------
    others
        What a catalogue knows beside tables.
    sql
        One statement, which is not DDL. What it calls must be a routine that the catalogue knows
        and that only moves rows, or a well-known function of the server.

    Notes
    -----
    A body is not run. It is searched for words of DDL and of statements that are put together, and
    so are the bodies of the routines that it names in turn.
    """
    bodies: dict[str, list[str]] = {}
    for (kind, name), other in others.items():
        if kind in {ObjectKind.FUNCTION, ObjectKind.PROCEDURE}:
            texts = (_COMMENT.sub(" ", text) for text in other.statements)
            bodies.setdefault(name.name.partition("(")[0].lower(), []).extend(texts)
    plain = _NAMED.sub(", (", _TEXT.sub("''", _COMMENT.sub(" ", sql)))
    waiting = {name.lower() for name in _CALLED.findall(plain)} - _HARMLESS
    if not waiting <= bodies.keys():
        return False
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for text in bodies[name]:
            body, is_whole = _HEAD.subn("", text, count=1)
            performed = {found.lower() for found in _PERFORMED.findall(body)}
            if (
                not is_whole
                or not _LANGUAGE.search(body)
                or _BEYOND_ROWS.search(body)
                or not performed <= bodies.keys()
            ):
                return False
            called = {found.lower() for found in _CALLED.findall(body)}
            waiting |= (called & bodies.keys()) - seen
    return True
