"""Reads the body of ``DO``: the part of PL/pgSQL that migrations guard their DDL with.

Conditions, nested blocks with exception handlers, variables, ``EXECUTE``, loops over a query, an
array or numbers. Everything else (``WHILE``, ``GET DIAGNOSTICS``) is unreadable, and the statement
opaque.
Source: PostgreSQL, src/pl/plpgsql/src/pl_gram.y.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog.lexer import string_value
from replayer.catalog.postgresql.blocks import (
    Assign,
    Block,
    BlockStep,
    Branch,
    Count,
    Execute,
    Foreach,
    Handler,
    If,
    Loop,
    Perform,
    Raise,
    Return,
    Run,
    Variable,
)
from replayer.catalog.postgresql.cursor import Cursor

if TYPE_CHECKING:
    from collections.abc import Callable

_UNREADABLE = {
    *(
        "WHILE",
        "LOOP",
        "CASE",
        "GET",
        "OPEN",
        "FETCH",
        "CLOSE",
        "MOVE",
        "EXIT",
        "ASSERT",
    ),
    *("CONTINUE", "COMMIT", "ROLLBACK", "CALL", "<"),
}
_LEVELS = {"DEBUG", "LOG", "INFO", "NOTICE", "WARNING"}
_ENDS = {"END", "ELSE", "ELSIF", "ELSEIF", "EXCEPTION", "WHEN"}


def read_do(cursor: Cursor) -> Block:
    """Read what stands behind ``DO``.

    Raises
    ------
    UnreadableError
        When there is more in it than is known here.
    """
    body = None
    while cursor.next not in {"", ";"}:
        if cursor.take("LANGUAGE"):
            if cursor.name() != "plpgsql":
                raise cursor.unreadable()
        elif body is None and cursor.next[:1] in {"'", "$", "E"}:
            body = string_value(cursor.texts[cursor.at])
            cursor.at += 1
        else:
            raise cursor.unreadable()
    if body is None:
        raise cursor.unreadable()
    inner = Cursor(body)
    block = _read_block(inner)
    inner.take(";")
    inner.end()
    return block


def _read_block(cursor: Cursor) -> Block:
    variables: list[Variable] = []
    if cursor.take("DECLARE"):
        while cursor.next != "BEGIN":
            if not cursor.take("DECLARE"):
                variables.append(_read_variable(cursor))
    cursor.expect("BEGIN")
    body = _read_steps(cursor)
    handlers: list[Handler] = []
    if cursor.take("EXCEPTION"):
        while cursor.take("WHEN"):
            conditions = [_read_condition(cursor)]
            while cursor.take("OR"):
                conditions.append(_read_condition(cursor))
            cursor.expect("THEN")
            handlers.append(Handler(conditions=tuple(conditions), body=_read_steps(cursor)))
    cursor.expect("END")
    return Block(variables=tuple(variables), body=body, handlers=tuple(handlers))


def _read_variable(cursor: Cursor) -> Variable:
    name = cursor.name()
    first = None
    kind = _up_to(cursor, {";", ":=", "=", "DEFAULT"}).upper()
    if cursor.next != ";":
        cursor.word()
        first = _up_to(cursor, {";"})
    cursor.expect(";")
    return Variable(name=name, is_record=kind.endswith(("RECORD", "ROWTYPE")), first=first)


def _read_condition(cursor: Cursor) -> str:
    if cursor.take("SQLSTATE"):
        state = string_value(cursor.texts[cursor.at])
        cursor.word()
        return state
    return cursor.name()


def _read_steps(cursor: Cursor) -> tuple[BlockStep, ...]:
    """Read statements up to a word that ends them."""
    found: list[BlockStep] = []
    while cursor.next not in _ENDS:
        step = _read_step(cursor)
        if step is not None:
            found.append(step)
        cursor.expect(";")
    return tuple(found)


def _read_step(cursor: Cursor) -> BlockStep | None:
    reader = _READERS.get(cursor.next)
    if reader is not None:
        return reader(cursor)
    if cursor.next in _UNREADABLE:
        raise cursor.unreadable()
    if cursor.uppers[cursor.at + 1] in {":=", "="}:
        name = cursor.name()
        cursor.word()
        return Assign(names=(name,), query=f"SELECT {_up_to(cursor, {';'})}")
    start = cursor.at
    sql = _up_to(cursor, {";"})
    # An INTO of RETURNING gives a variable what only the server knows.
    if "RETURNING" in cursor.uppers[start : cursor.at]:
        raise cursor.unreadable()
    return Run(sql=sql)


def _read_null(cursor: Cursor) -> None:
    cursor.expect("NULL")


def _read_return(cursor: Cursor) -> Return:
    cursor.expect("RETURN")
    return Return()


def _read_perform(cursor: Cursor) -> Perform:
    cursor.expect("PERFORM")
    return Perform(query=f"SELECT {_up_to(cursor, {';'})}")


def _read_execute(cursor: Cursor) -> Execute:
    cursor.expect("EXECUTE")
    start = cursor.at
    expression = _up_to(cursor, {";"})
    if {"INTO", "USING"} & set(cursor.uppers[start : cursor.at]):
        raise cursor.unreadable()
    return Execute(expression=expression)


def _read_raise(cursor: Cursor) -> Raise | None:
    cursor.expect("RAISE")
    if cursor.next in _LEVELS:
        _up_to(cursor, {";"})
        return None
    cursor.take("EXCEPTION")
    if cursor.next[:1] not in {"'", "$", "E"}:
        raise cursor.unreadable()
    message = string_value(cursor.texts[cursor.at])
    cursor.at += 1
    arguments: list[str] = []
    while cursor.take(","):
        arguments.append(_up_to(cursor, {",", ";", "USING"}))
    if cursor.next != ";":
        raise cursor.unreadable()
    return Raise(message=message, arguments=tuple(arguments))


def _read_if(cursor: Cursor) -> If:
    branches: list[Branch] = []
    while cursor.take("IF") or cursor.take("ELSIF") or cursor.take("ELSEIF"):
        condition = _up_to(cursor, {"THEN"})
        cursor.expect("THEN")
        branches.append(Branch(condition=condition, body=_read_steps(cursor)))
    if cursor.take("ELSE"):
        branches.append(Branch(condition=None, body=_read_steps(cursor)))
    cursor.expect("END", "IF")
    return If(branches=tuple(branches))


def _read_loop(cursor: Cursor) -> Loop | Count:
    cursor.expect("FOR")
    names = _read_names(cursor)
    cursor.expect("IN")
    if cursor.take("EXECUTE"):
        text = _up_to(cursor, {"LOOP", "USING"})
        return Loop(names=names, query=text, body=_read_looped(cursor), is_computed=True)
    if cursor.next not in {"SELECT", "WITH", "("}:
        first, dots, last = _up_to(cursor, {"LOOP"}).partition("..")
        if not dots or first.upper().startswith("REVERSE") or " BY " in last.upper():
            raise cursor.unreadable()
        return Count(name=names[0], first=first, last=last, body=_read_looped(cursor))
    query = cursor.enclosed() if cursor.next == "(" else _up_to(cursor, {"LOOP"})
    return Loop(names=names, query=query, body=_read_looped(cursor))


def _read_foreach(cursor: Cursor) -> Foreach:
    cursor.expect("FOREACH")
    name = cursor.name()
    cursor.expect("IN", "ARRAY")
    array = _up_to(cursor, {"LOOP"})
    return Foreach(name=name, array=array, body=_read_looped(cursor))


def _read_looped(cursor: Cursor) -> tuple[BlockStep, ...]:
    cursor.expect("LOOP")
    body = _read_steps(cursor)
    cursor.expect("END", "LOOP")
    return body


def _read_select(cursor: Cursor) -> Assign | Run:
    start = cursor.at
    _up_to(cursor, {";", "INTO"})
    if cursor.next == ";":
        # Without a place to put its rows the server refuses it.
        cursor.at = start
        raise cursor.unreadable()
    head = cursor.words.slice(start, cursor.at)
    cursor.expect("INTO")
    is_strict = cursor.take("STRICT")
    names = _read_names(cursor)
    tail = "" if cursor.next == ";" else _up_to(cursor, {";"})
    return Assign(names=names, query=f"{head} {tail}", is_strict=is_strict)


def _read_names(cursor: Cursor) -> tuple[str, ...]:
    names = [cursor.name()]
    while cursor.take(","):
        names.append(cursor.name())
    return tuple(names)


def _up_to(cursor: Cursor, stops: set[str]) -> str:
    """Read up to one of these words, outside of parentheses."""
    first = cursor.at
    while cursor.next not in stops:
        if cursor.next in {"", "CASE"}:
            # The THEN of a CASE is none of the IF's.
            if not cursor.next or "THEN" in stops:
                raise cursor.unreadable()
            cursor.at += 1
        elif cursor.next == "(":
            cursor.skip_enclosed()
        else:
            cursor.at += 1
    return cursor.words.slice(first, cursor.at) if cursor.at > first else ""


_READERS: dict[str, Callable[[Cursor], BlockStep | None]] = {
    "NULL": _read_null,
    "RETURN": _read_return,
    "PERFORM": _read_perform,
    "EXECUTE": _read_execute,
    "RAISE": _read_raise,
    "IF": _read_if,
    "FOR": _read_loop,
    "FOREACH": _read_foreach,
    "SELECT": _read_select,
    "BEGIN": _read_block,
    "DECLARE": _read_block,
}
