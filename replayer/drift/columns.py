"""A ``CREATE TABLE`` whose columns stand in an order that says nothing."""

from __future__ import annotations

_CLOSING = {"'": "'", '"': '"', "`": "`", "[": "]"}


def without_column_order(sql: str) -> str:
    """Return a statement with the items of a ``CREATE TABLE`` sorted, for comparison only.

    Notes
    -----
    A field that ``makemigrations`` adds goes to the table's end, wherever it stands in the model:
    models and migrations differ in the order of columns without anybody having forgotten anything.
    """
    start = sql.find("(")
    if start < 0 or not sql.lstrip()[:12].upper().startswith("CREATE TABLE"):
        return sql
    depth = 0
    items: list[str] = []
    begin = start + 1
    position = start
    while position < len(sql):
        character = sql[position]
        if character in _CLOSING:
            closing = sql.find(_CLOSING[character], position + 1)
            position = len(sql) if closing < 0 else closing
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                break
        elif character == "," and depth == 1:
            items.append(sql[begin:position].strip())
            begin = position + 1
        position += 1
    items.append(sql[begin:position].strip())
    return f"{sql[: start + 1]}{', '.join(sorted(items))}{sql[position:]}"
