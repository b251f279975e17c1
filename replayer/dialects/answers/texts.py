"""Rewrite a query of PostgreSQL or MySQL, word by word, into what SQLite understands.

Only what ORMs and look-ups in system catalogues use. What is left over is read by a real parser, or
not at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.lexer import Words, quote_string, string_value, unquote
from replayer.catalog.mysql.tokens import string_of, tokens_of
from replayer.model import Dialect

if TYPE_CHECKING:
    from collections.abc import Callable

_HELD = r"'\x02\d+\x02'"
_NAME = r"(?:`[^`]*`|[A-Za-z_]\w*)(?:\.(?:`[^`]*`|[A-Za-z_]\w*))*"
_POSTGRES: tuple[tuple[str, str], ...] = (
    (r"\bpg_catalog\s*\.\s*(\w+)\s*\(", r"\1("),
    (r"\bOPERATOR\s*\(\s*pg_catalog\.\s*([^)\s]+)\s*\)", r"\1"),
    (r"\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE|KEY\s+SHARE)\b.*\Z", ""),
    (rf"({_NAME})\s*::\s*regclass\s*=\s*({_HELD})\s*::\s*regclass", r"\1 = as_regclass(\2)"),
    (rf"({_HELD})\s*::\s*regclass(?:\s*::\s*oid)?", r"as_regclass(\1)"),
    (rf"({_HELD})\s*::\s*regtype(?:\s*::\s*oid)?", r"to_regtype(\1)"),
    (rf"({_NAME})\s*::\s*regclass(?:\s*::\s*(?:text|varchar|name))?", r"relation_name(\1)"),
    (rf"({_NAME})\s*::\s*regtype(?:\s*::\s*(?:text|varchar|name))?", r"type_name(\1)"),
    (rf"({_NAME})\s*::\s*regnamespace(?:\s*::\s*(?:text|varchar|name))?", r"schema_name(\1)"),
    (
        (
            r"\s*::\s*(?:`[^`]*`|double\s+precision|character\s+varying|timestamp\s+with\s+time\s+zone"
            r"|[A-Za-z_]\w*(?:\.\w+)?)(?:\s*\(\s*[\d,\s]+\))?(?:\s*\[\s*\])*"
        ),
        "",
    ),
    (r"\bARRAY\s*\[([^\]]*)\]", r"make_array(\1)"),
    (rf"({_NAME}|{_HELD}|\d+)\s*=\s*(?:ANY|SOME)\s*\(", r"in_array(\1, "),
    (rf"({_NAME}|{_HELD}|\d+)\s*(?:<>|!=)\s*ALL\s*\(", r"not_in_array(\1, "),
    (rf"({_NAME})\s*\[\s*(\d+)\s*\]", r"array_item(\1, \2)"),
    (r"!~\*", " NOT MATCH "),
    (r"!~", " NOT REGEXP "),
    (r"~~\*", " GLOB "),
    (r"~~", " LIKE "),
    (r"~\*", " MATCH "),
    (r"(?<![!~])~(?!~)", " REGEXP "),
    (r"\bILIKE\b", "GLOB"),
    (r"\b(current_schema|current_catalog|session_user|current_user)\b(?!\s*\()", r"\1()"),
    (r"\bSELECT\s+FROM\b", "SELECT 1 FROM"),
    (r"\bEXTRACT\s*\(\s*\w+\s+FROM\b", "extract_part("),
    (r"\bIS\s+NOT\s+DISTINCT\s+FROM\b", "IS"),
    (r"\bIS\s+DISTINCT\s+FROM\b", "IS NOT"),
    (r"\bFROM\s+ONLY\s", "FROM "),
)
_MYSQL: tuple[tuple[str, str], ...] = (
    (r"\AINSERT\s+IGNORE\b", "INSERT OR IGNORE"),
    (r"\bFOR\s+UPDATE\b.*\Z", ""),
    (r"\bLOCK\s+IN\s+SHARE\s+MODE\b.*\Z", ""),
    (r"\b18446744073709551615\b", "-1"),
    (r"@@(?:SESSION|GLOBAL|LOCAL)?\.?(\w+)", r"server_variable('\1')"),
    (r"\bBINARY\s+(?=['`\w])", ""),
    (r"\bRLIKE\b", "REGEXP"),
    (r"\bSTRAIGHT_JOIN\b", "JOIN"),
    (r"\bEXTRACT\s*\(\s*\w+\s+FROM\b", "extract_part("),
    (r"<=>", " IS "),
    (r"&&", " AND "),
    (r"\|\|", " OR "),
    (r"\bDIV\b", "/"),
)


_ARRAY = r"\(?\s*make_array\(([^()]*)\)\s*\)?"
_UNNEST = re.compile(rf"SELECT\s+\*\s+FROM\s+UNNEST\(((?:\s*{_ARRAY}\s*,?)+)\)", re.IGNORECASE)


def _unnested(match: re.Match[str]) -> str:
    """Write the rows of arrays that stand side by side.

    Notes
    -----
    Source: django/db/backends/postgresql/compiler.py, ``SQLInsertCompiler`` (5.2).
    """
    columns = [found[1].split(",") for found in re.finditer(_ARRAY, match[1], re.IGNORECASE)]
    rows = (", ".join(row) for row in zip(*columns, strict=False))
    return "VALUES " + ", ".join(f"({row})" for row in rows)


def rewritten(sql: str, dialect: Dialect) -> str:
    """Return a query in SQLite's words, as far as they are known."""
    sql = sql.strip().rstrip(";")
    if dialect is Dialect.POSTGRESQL:
        return _rewritten(*_postgres(sql), _POSTGRES)
    return _rewritten(*_mysql(sql), _MYSQL)


def _rewritten(text: str, held: list[str], rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE | re.DOTALL)
    text = _UNNEST.sub(_unnested, text)
    restore: Callable[[re.Match[str]], str] = lambda match: held[int(match[1])]  # noqa: E731
    return re.sub(r"'\x02(\d+)\x02'", restore, text)


def _postgres(sql: str) -> tuple[str, list[str]]:
    words = Words(sql)
    held: list[str] = []
    parts = []
    for gap, text in zip(words.gaps, words.texts, strict=True):
        if gap:
            parts.append(" ")
        if text[:1] == '"':
            parts.append("`" + unquote(text).replace("`", "``") + "`")
        elif "'" in text or (text[:1] == "$" and len(text) > 1):
            parts.append(f"'\x02{len(held)}\x02'")
            held.append(quote_string(string_value(text)))
        else:
            parts.append(text)
    return "".join(parts), held


def _mysql(sql: str) -> tuple[str, list[str]]:
    held: list[str] = []
    parts = []
    last = 0
    for token in tokens_of(sql):
        if token.start > last:
            parts.append(" ")
        last = token.end
        if token.kind == "string" and token.text[:1] in {"'", '"'}:
            parts.append(f"'\x02{len(held)}\x02'")
            held.append(quote_string(string_of(token.text)))
        else:
            parts.append(token.text)
    return "".join(parts), held
