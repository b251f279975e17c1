"""What a query over empty tables gives: one row of aggregates, or nothing."""

from __future__ import annotations

import re

from replayer.dialects.backing import Answer

_PIECE = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|[(),]|[A-Za-z_]\w*|[^\s'\"`(),A-Za-z_]+|\s+"
)
_AGGREGATE = re.compile(
    r"\b(?:count|sum|min|max|avg|array_agg|string_agg|json_agg|jsonb_agg|json_object_agg"
    r"|bool_or|bool_and|every|bit_or|bit_and|group_concat|stddev\w*|var\w*)\s*\(",
    re.IGNORECASE,
)


def answer_of_nothing(sql: str) -> Answer | None:
    """Return the answer to a query whose tables hold no rows; None where that cannot be told.

    Notes
    -----
    A query without GROUP BY that holds an aggregate gives one row, whose counts are 0 and whose
    other aggregates are NULL. A query with UNION may have a constant part, so it is not told.
    """
    pieces = _PIECE.findall(sql)
    words = [piece.upper() for piece in pieces]
    if "SELECT" not in words or "UNION" in words:
        return None
    start = words.index("SELECT") + 1
    depth, items, current, ended = 0, [], "", False
    for place in range(start, len(pieces)):
        piece, word = pieces[place], words[place]
        if depth == 0 and word == "FROM":
            ended = True
            break
        depth += (piece == "(") - (piece == ")")
        if depth == 0 and piece == ",":
            items.append(current.strip())
            current = ""
        else:
            current += piece
    if not ended:
        return None
    items.append(current.strip())
    columns = tuple(_named(item) for item in items)
    is_grouped = "GROUP" in words[start:]
    if is_grouped or not any(_AGGREGATE.search(item) for item in items):
        return Answer(columns=columns, row_count=0)
    row = tuple(0 if re.match(r"count\s*\(", item, re.IGNORECASE) else None for item in items)
    return Answer(rows=(row,), columns=columns, row_count=1)


def _named(item: str) -> str:
    """Return the name of a column of the result."""
    match = re.search(r"(?:\bAS\s+)?[\"`]?(\w+)[\"`]?\s*$", item, re.IGNORECASE)
    if match:
        return match[1]
    match = re.match(r"(\w+)\s*\(", item)
    return match[1] if match else "?column?"
