"""Cuts SQL into words and statements, at the speed of one regular expression.

A history holds thousands of statements and a ``RunSQL`` can hold megabytes, so nothing here looks
at single characters from Python. What a word means is left to the readers.
"""

from __future__ import annotations

import re

from replayer.model import Dialect

_PG_COMMENT = r"--[^\n]*|/\*(?:[^*/]+|\*(?!/)|/(?!\*)|/\*(?:[^*]+|\*(?!/))*\*/)*\*/"
_PG_QUOTED = r"""(?:[uU]&)?"(?:[^"]|"")*\""""
_PG_STRING = (
    r"[eE]'(?:[^'\\]|\\.|'')*'"
    r"|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'"
    r"|(?P<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$).*?(?P=dollar)"
)
_PG_TOKEN = re.compile(
    rf"(?P<gap>(?:\s+|{_PG_COMMENT})*)"
    rf"(?P<text>{_PG_QUOTED}|{_PG_STRING}"
    r"|[^\W\d][\w$]*"
    r"|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?"
    r"|::|<=|>=|<>|!=|:=|=>|->>|->|\#>>|\#>|@>|<@|&&|\|\||~~\*?|~\*|!~\*?"
    r"|.|\Z)",
    re.DOTALL,
)


class Words:
    """The words of one statement of PostgreSQL.

    ``texts`` holds them as they were written, without space and comments, and an empty one at the
    end; ``uppers`` the same in upper case. A quoted name keeps its quotes, so that it is never
    taken for a keyword.
    """

    __slots__ = ("gaps", "sql", "texts", "uppers")

    def __init__(self, sql: str) -> None:
        found = _PG_TOKEN.findall(sql)
        while len(found) > 1 and not found[-2][1]:
            found.pop()
        self.sql = sql
        self.gaps: list[str] = [item[0] for item in found]
        self.texts: list[str] = [item[1] for item in found]
        self.uppers: list[str] = [text.upper() for text in self.texts]

    def slice(self, first: int, last: int) -> str:
        """Return the text from one word up to another, the latter left out, on one line.

        Notes
        -----
        Space and comments become one space each. Two string literals on two lines are one literal
        to the server, and are made one here.
        """
        texts = self.texts
        if last - first == 1:
            return texts[first]
        parts: list[str] = []
        for at in range(first, last):
            gap = self.gaps[at]
            if at > first and gap:
                if "\n" in gap and texts[at][0] == "'" and parts[-1][-1] == "'":
                    parts.append(parts.pop()[:-1] + texts[at][1:])
                    continue
                parts.append(" ")
            parts.append(texts[at])
        return "".join(parts)


def unquote(text: str) -> str:
    """Return the name that an identifier of PostgreSQL stands for."""
    if text[:1] == '"':
        return text[1:-1].replace('""', '"')
    return text.lower()


def quote(name: str) -> str:
    """Write a name as an identifier of PostgreSQL, quoted as Django quotes."""
    return '"' + name.replace('"', '""') + '"'


def string_value(text: str) -> str:
    """Return what a string literal of PostgreSQL stands for."""
    if text[:1] == "$":
        tag = text.index("$", 1) + 1
        return text[tag:-tag]
    if text[:1] in "eE":
        return re.sub(
            r"\\(.)|''",
            lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1] or "'"),
            text[2:-1],
            flags=re.DOTALL,
        )
    return text[text.index("'") + 1 : -1].replace("''", "'")


def quote_string(value: str) -> str:
    """Write a string as a literal that every dialect reads."""
    return "'" + value.replace("'", "''") + "'"


def is_name(text: str) -> bool:
    """Whether a word is an identifier, quoted or not."""
    first = text[:1]
    return first == "_" or first.isalpha() or (first == '"' and len(text) > 2)


_PLAIN = r"'(?:[^']+|'')*(?:'|\Z)"
_ESCAPED = r"'(?:[^'\\]+|\\.|'')*(?:'|\Z)"
_DOUBLE = r"\"(?:[^\"]+|\"\")*(?:\"|\Z)"
_COMMENT = r"--[^\n]*|/\*.*?(?:\*/|\Z)"
_HELD = {
    "postgresql": rf"(?<![\w$])[eE]{_ESCAPED}|{_PLAIN}|{_DOUBLE}|{_PG_COMMENT}"
    r"|(?<![\w$])(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?:(?P=tag)|\Z)",
    "mysql": rf"{_ESCAPED}|\"(?:[^\"\\]+|\\.|\"\")*(?:\"|\Z)|`[^`]*(?:`|\Z)"
    r"|\#[^\n]*|--(?=\s|\Z)[^\n]*|/\*.*?(?:\*/|\Z)",
    "sqlite": rf"{_PLAIN}|{_DOUBLE}|`[^`]*(?:`|\Z)|\[[^\]]*\]|{_COMMENT}",
    "microsoft": rf"{_PLAIN}|{_DOUBLE}|\[[^\]]*\]|{_COMMENT}",
}
_PIECE = {vendor: re.compile(rf"(?P<end>;)|{held}", re.DOTALL) for vendor, held in _HELD.items()}
_BODY = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*CREATE\s(?:[^;'\"`(]|`[^`]*`|'[^']*')*?\b"
    r"(?P<kind>TRIGGER|PROCEDURE|FUNCTION|EVENT|RULE)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLOCK = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`[^`]*`|--[^\n]*|/\*.*?\*/"
    r"|\bEND\s+(?:IF|LOOP|WHILE|REPEAT)\b|(?P<open>\b(?:BEGIN|CASE)\b|\()|(?P<close>\bEND\b|\))",
    re.IGNORECASE | re.DOTALL,
)
_BLANK = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/|\#[^\n]*(?:\n|\Z))*", re.DOTALL)


def split_statements(sql: str, dialect: Dialect) -> list[str]:
    """Cut a text into its statements, without their semicolons; empty ones are left out.

    Notes
    -----
    Linear in the length of the text. Semicolons in strings, quoted names, comments and dollar
    quotes do not cut, nor do those in the body of a trigger or routine (``BEGIN ... END``) or
    a rule. A text whose string is never closed is one statement to its end.
    """
    vendor = dialect.vendor
    found: list[str] = []
    begun: list[str] = []
    depth = 0
    for piece in _pieces(sql, vendor):
        if begun or _has_body(piece, vendor):
            begun.append(piece)
            depth += _depth(piece)
            if depth > 0:
                continue
            piece = ";".join(begun)  # noqa: PLW2901 - the pieces of a body are one piece
            begun, depth = [], 0
        text = piece.strip()
        if text and not _BLANK.fullmatch(text):
            found.append(text)
    if begun:
        found.append(";".join(begun).strip().rstrip(";").rstrip())
    return found


def holds_semicolon(sql: str, dialect: Dialect) -> bool:
    """Whether one statement has semicolons of its own, outside of strings, names and comments."""
    return ";" in sql and len(_pieces(sql, dialect.vendor)) > 1


def _pieces(sql: str, vendor: str) -> list[str]:
    """Cut at every semicolon that is not inside of a string, name or comment."""
    if ";" not in sql:
        return [sql]
    pieces = []
    start = 0
    for match in _PIECE[vendor].finditer(sql):
        if match.lastgroup == "end":
            pieces.append(sql[start : match.start()])
            start = match.end()
    pieces.append(sql[start:])
    return pieces


def _has_body(piece: str, vendor: str) -> bool:
    """Whether a statement that begins so has a body with semicolons of its own."""
    match = _BODY.match(piece)
    if match is None:
        return False
    return (
        vendor != "postgresql"
        or match["kind"].upper() == "RULE"
        or re.search(r"\bBEGIN\s+ATOMIC\b", piece, re.IGNORECASE) is not None
    )


def _depth(piece: str) -> int:
    """Count the blocks and parentheses that a piece opens, less those that it closes."""
    depth = 0
    for match in _BLOCK.finditer(piece):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
    return depth
