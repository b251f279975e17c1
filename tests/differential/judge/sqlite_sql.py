"""Read the text that SQLite keeps of a table, as far as its pragmas don't tell it.

Collations, checks, names of constraints, deferrability and AUTOINCREMENT stand in that text
alone. Words are compared without regard to quotes and case, as SQLite does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>[xX]?'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<mark><=|>=|<>|!=|==|\|\||<<|>>|->>|->|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``text`` is what is compared."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class TableText:
    """What a CREATE TABLE says."""

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    """Attributes by column, in order."""
    constraints: list[tuple[str, str]] = field(default_factory=list)
    """Name (or an empty string) and content."""
    options: str = ""


def tokens(sql: str) -> list[Token]:
    """Return the tokens of a statement."""
    found = []
    for match in _TOKEN.finditer(sql):
        kind, text = match.lastgroup or "", match[0]
        if kind == "quoted":
            close = text[-1]
            text = text[1:-1].replace(close * 2, close).casefold()
        elif kind == "word":
            text = text.casefold()
        if kind != "space":
            found.append(Token(text, kind))
    return found


def joined(parts: Sequence[Token]) -> str:
    """Return tokens as one comparable text."""
    return " ".join(token.text for token in parts)


def normalized(sql: str) -> str:
    """Return a whole statement as one comparable text."""
    return joined(tokens(sql))


def without_name(sql: str) -> str:
    """Return a CREATE INDEX as one comparable text without the index's name."""
    found = tokens(sql)
    place = next(i for i, token in enumerate(found) if token.text == "index")
    rest = found[place + 1 :]
    if [token.text for token in rest[:3]] == ["if", "not", "exists"]:
        rest = rest[3:]
    on = next(i for i, token in enumerate(rest) if i and token.text == "on")
    return joined([*found[: place + 1], *rest[on:]])


def read_table(sql: str) -> TableText:
    """Read a CREATE TABLE."""
    found = tokens(sql)
    depth, start, parts, end = 0, 0, [], len(found)
    for i, token in enumerate(found):
        if token.kind != "mark":
            continue
        if token.text == "(":
            depth += 1
            start = i + 1 if depth == 1 else start
        elif token.text == ")":
            depth -= 1
            if depth == 0:
                parts.append(found[start:i])
                end = i + 1
                break
        elif token.text == "," and depth == 1:
            parts.append(found[start:i])
            start = i + 1
    table = TableText(options=joined(found[end:]))
    for part in parts:
        if part[0].kind == "word" and part[0].text in _TABLE_CONSTRAINT:
            table.constraints.extend(_table_constraint(part))
        else:
            _read_column(table, part)
    return table


_TABLE_CONSTRAINT = frozenset({"constraint", "primary", "unique", "check", "foreign"})
_CLAUSE = frozenset(
    {"constraint", "primary", "not", "null", "unique", "check", "default", "collate"}
    | {"references", "generated", "as"}
)

_ATTRIBUTES = {
    "primary": "primary key",
    "generated": "generated",
    "as": "generated",
    "collate": "collate",
    "default": "default",
    "not": "not null",
}


def _table_constraint(part: list[Token]) -> Iterator[tuple[str, str]]:
    name = ""
    if part[0].text == "constraint":
        name, part = part[1].text, part[2:]
    yield name, joined(part)


def _read_column(table: TableText, part: list[Token]) -> None:
    name = part[0].text
    attributes = table.columns[name] = {}
    constraint = ""
    for clause in _clauses(part[1:]):
        head, text = clause[0].text, joined(clause[1:])
        if clause[0].kind != "word" or head not in _CLAUSE:
            continue  # the type; the pragma tells it
        if head == "constraint":
            constraint = clause[1].text
            continue
        if content := _constraint_content(name, clause):
            table.constraints.append((constraint, content))
        if attribute := _ATTRIBUTES.get(head):
            attributes[attribute] = joined(clause) if attribute == "generated" else text
        constraint = ""


def _constraint_content(column: str, clause: list[Token]) -> str:
    """Return a column's constraint as a table's constraint of the same meaning."""
    return {
        "check": joined(clause),
        "unique": f"unique ( {column} ) {joined(clause[1:])}".strip(),
        "references": f"foreign key ( {column} ) {joined(clause)}",
        "primary": f"primary key ( {column} )",
    }.get(clause[0].text, "")


def _clauses(part: list[Token]) -> Iterator[list[Token]]:
    clause: list[Token] = []
    depth = 0
    for i, token in enumerate(part):
        before = part[i - 1].text if i else ""
        after = part[i + 1].text if i + 1 < len(part) else ""
        starts = (
            depth == 0
            and token.kind == "word"
            and token.text in _CLAUSE
            and not (token.text == "null" and before in {"not", "set", "default"})
            and not (token.text == "default" and before == "set")
            and not (token.text == "not" and after == "deferrable")
            and not (token.text == "as" and before == "always")
        )
        if starts and clause:
            yield clause
            clause = []
        clause.append(token)
        if token.kind == "mark":
            depth += {"(": 1, ")": -1}.get(token.text, 0)
    if clause:
        yield clause
