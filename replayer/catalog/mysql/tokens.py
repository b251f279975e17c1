"""The words of a MySQL or MariaDB statement, with their places in its text.

The expressions of a statement (checks, defaults, generated columns) are kept as they were told, so
a token knows where it stands; the only changes made to an expression are the servers' own: the
rename of a column.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--(?=\s|$)[^\n]*|\#[^\n]*|/\*(?!!|M!).*?\*/)
    | (?P<open>/\*M?!\d*|\*/)
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<string>(?:_[0-9A-Za-z]+\s*|[xXbBnN](?='))?
        (?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"))
    | (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?![0-9A-Za-z_$])|0[xX][0-9a-fA-F]+)
    | (?P<word>@{0,2}[0-9A-Za-z_$\u0080-\uffff]+)
    | (?P<mark><=>|<<|>>|<>|!=|<=|>=|:=|\|\||&&|->>|->|%s|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One word, string, number or mark."""

    kind: str
    """``quoted`` (in backticks), ``string``, ``number``, ``word`` or ``mark``; ``end`` at last."""
    text: str
    """As it was written."""
    upper: str
    """The text in upper case if it is a word or a mark, else nothing: a keyword, perhaps."""
    start: int
    end: int


def tokens_of(sql: str) -> list[Token]:
    """Cut a statement into its tokens; comments and space are left out.

    Notes
    -----
    What stands in a version comment (``/*!50100 ... */``) is read, as both servers read it. In
    both of them a text in double quotes is a string (``ANSI_QUOTES`` is off in Django's sessions).
    """
    found = []
    make = tuple.__new__
    for match in _TOKEN.finditer(sql):
        kind = match.lastgroup
        if kind == "space" or kind == "open":  # noqa: PLR1714 - this is the hot loop
            continue
        text = match.group()
        upper = text.upper() if kind == "word" else text if kind == "mark" else ""
        start, end = match.span()
        # A named tuple's own constructor would cost as much as all the rest.
        found.append(make(Token, (kind, text, upper, start, end)))
    found.append(Token("end", "", "", len(sql), len(sql)))
    return found


def open_comments(sql: str) -> str:
    """Take the marks of version comments away, whose contents both servers carry out."""
    if "/*!" not in sql and "/*M!" not in sql:
        return sql
    return "".join(
        " " if match.lastgroup == "open" else match.group() for match in _TOKEN.finditer(sql)
    )


def name_of(token: Token) -> str:
    """Return the identifier that a token spells."""
    if token.kind == "quoted":
        return token.text[1:-1].replace("``", "`")
    return token.text


def quote_name(name: str) -> str:
    """Write an identifier as Django does on these servers, in backticks."""
    return "`" + name.replace("`", "``") + "`"


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}
_ESCAPE = re.compile(r"\\(.)|(['\"])\2", re.DOTALL)


def string_of(text: str) -> str:
    """Return the value of a string literal."""
    return _ESCAPE.sub(
        lambda match: match.group(2) or _ESCAPES.get(match.group(1), match.group(1)), text[1:-1]
    )


def quote_string(value: str) -> str:
    """Write a string literal that either server reads back."""
    value = value.replace("\\", "\\\\").replace("'", "''")
    return "'" + value.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0") + "'"


def columns_in(expression: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``columns`` that an expression names, in the order of ``columns``.

    Notes
    -----
    A word that is followed by a parenthesis is a function, unless it stands in backticks.
    """
    tokens = tokens_of(expression)
    named = {
        name_of(token).lower()
        for token, after in pairwise(tokens)
        if token.kind == "quoted" or (token.kind == "word" and after.text != "(")
    }
    return tuple(column for column in columns if column.lower() in named)


def quoted_names(expression: str) -> list[str]:
    """Return the names in backticks that can only be columns of the table itself."""
    if "`" not in expression:
        return []
    tokens = tokens_of(expression)
    return [
        name_of(token)
        for index, token in enumerate(tokens[:-1])
        if token.kind == "quoted"
        and tokens[index + 1].text not in {"(", "."}
        and (index == 0 or tokens[index - 1].text != ".")
    ]


def rename_in(expression: str, old: str, new: str) -> str:
    """Return an expression with one column's name changed."""
    if old.lower() not in expression.lower():
        return expression
    parts, last = [], 0
    tokens = tokens_of(expression)
    for token, after in pairwise(tokens):
        is_name = token.kind == "quoted" or (token.kind == "word" and after.text != "(")
        if is_name and name_of(token).lower() == old.lower():
            parts += [expression[last : token.start], quote_name(new)]
            last = token.end
    return "".join(parts) + expression[last:]
