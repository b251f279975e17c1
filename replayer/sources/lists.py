"""Which element of a list in a file became which item of the list in memory."""

# ruff: noqa: C901 - one case per kind of statement.
from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from replayer.sources.files import assigned, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replayer.sources.files import Branch


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a list: one element, or a stretch whose length is not known."""

    node: ast.expr | ast.stmt
    is_one: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way in which a scope may have built a list; branches make several."""

    assignment: ast.stmt
    around: tuple[Branch, ...]
    pieces: list[Piece]


def alternatives_of_name(name: str, scopes: Sequence[Sequence[ast.stmt]]) -> list[Alternative]:
    """Return the ways in which the innermost scope may have built a list of this name.

    Parameters
    ----------
    scopes
        Bodies, the innermost first: the list is built by the first, of names in any of them.

    Notes
    -----
    ``+=``, ``append`` and ``extend`` are followed. What is added in a loop is a stretch of unknown
    length, and any other use of the name leaves nothing known but the assignment.
    """
    found: list[Alternative] = []
    for statement, around in blocks(scopes[0]):
        value = assigned(statement, name)
        if value is not None:
            if not around:
                found = []
            found.extend(
                Alternative(assignment=statement, around=around, pieces=pieces_of(way, scopes))
                for way in _ways(value)
            )
            continue
        added = _added(statement, name)
        if added is None:
            if _mentions(statement, name):
                found = [
                    replace(way, pieces=[Piece(node=way.assignment, is_one=False)]) for way in found
                ]
            continue
        new = (
            [Piece(node=node, is_one=True) for node in added]
            if isinstance(added, list)
            else pieces_of(added, scopes)
        )
        if any(isinstance(branch.statement, _LOOPS) for branch in around):
            new = [Piece(node=around[0].statement, is_one=False)]
        ways = []
        for way in found:
            if _excludes(way.around, around):
                ways.append(way)
                continue
            is_sure = around == way.around[: len(around)]
            if not is_sure and len(found) < _MOST_WAYS:
                ways.append(way)  # On a branch: it may have been added, or not.
            elif not is_sure:
                new = [Piece(node=statement, is_one=False)]
            ways.append(replace(way, pieces=[*way.pieces, *new]))
        found = ways
    return found


def _excludes(way: Sequence[Branch], around: Sequence[Branch]) -> bool:
    """Whether two places stand on different branches of one ``if``."""
    taken = {id(branch.statement): branch.body for branch in way}
    return any(
        isinstance(branch.statement, ast.If)
        and taken.get(id(branch.statement), branch.body) != branch.body
        for branch in around
    )


_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_MOST_WAYS = 32


def fitting(alternatives: Sequence[Alternative], items: Sequence[object]) -> list[Alternative]:
    """Return the ways that can have built these items."""
    if len(alternatives) == 1:
        return list(alternatives)
    ways = [way for way in alternatives if _fits(way.pieces, items, is_strict=True)]
    # A custom operation may keep its arguments in another form than they are written in.
    return ways or [way for way in alternatives if _fits(way.pieces, items, is_strict=False)]


def agreed(ways: Sequence[Alternative], index: int, length: int) -> ast.expr | ast.stmt | None:
    """Return an item's node where all the ways agree on it, else their assignment, else None."""
    nodes = {item_at(way.pieces, index, length) for way in ways}
    if len(nodes) == 1 and None not in nodes:
        return nodes.pop()
    assignments = {way.assignment for way in ways}
    return assignments.pop() if len(assignments) == 1 else None


def _ways(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from _ways(value.body)
        yield from _ways(value.orelse)
    else:
        yield value


def _fits(pieces: Sequence[Piece], items: Sequence[object], *, is_strict: bool) -> bool:
    known = sum(piece.is_one for piece in pieces)
    if known > len(items) or (known == len(pieces) and known != len(items)):
        return False
    for index, item in enumerate(items):
        node = item_at(pieces, index, len(items))
        if isinstance(node, ast.Call) and not _could_make(node, item, is_strict=is_strict):
            return False
    return True


def _could_make(call: ast.Call, item: object, *, is_strict: bool) -> bool:
    """Whether a call may have made an object, by its class and the strings that it is given."""
    called = getattr(call.func, "attr", None) or getattr(call.func, "id", None)
    if isinstance(called, str) and called[:1].isupper() and called != type(item).__name__:
        return False
    if not is_strict:
        return True
    kept_texts = {
        text.lower() for text in getattr(item, "__dict__", {}).values() if isinstance(text, str)
    }
    for argument in call.args:
        text = argument.value if isinstance(argument, ast.Constant) else None
        if isinstance(text, str) and text.lower() not in kept_texts:
            return False
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            kept = getattr(item, keyword.arg or "", None)
            if isinstance(kept, str) and kept.lower() != keyword.value.value.lower():
                return False
    return True


def item_at(pieces: Sequence[Piece], index: int, length: int) -> ast.expr | ast.stmt | None:
    """Return the node that became ``items[index]`` of ``length`` items, or None where unsure.

    Notes
    -----
    Stretches of unknown length take what the known elements leave over: one stretch is placed
    exactly; between two, only what lies before the first and after the last is known.
    """
    known = sum(piece.is_one for piece in pieces)
    stretches = [position for position, piece in enumerate(pieces) if not piece.is_one]
    if known > length or (known != length and not stretches) or not 0 <= index < length:
        return None
    if not stretches:
        return pieces[index].node
    first, last = stretches[0], stretches[-1]
    if index < first:
        return pieces[index].node
    from_end = length - index
    if from_end < len(pieces) - last:
        return pieces[-from_end].node
    return pieces[first].node if len(stretches) == 1 else None


def _added(statement: ast.stmt, name: str) -> ast.expr | list[ast.expr] | None:
    """Return what a statement adds to the end of a list."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        target = statement.target
        return statement.value if isinstance(target, ast.Name) and target.id == name else None
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        arguments = statement.value.args
        if (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id == name
            and len(arguments) == 1
        ):
            if function.attr == "append":
                return [arguments[0]]
            if function.attr == "extend":
                return arguments[0]
    return None


def _mentions(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, (ast.ClassDef, ast.FunctionDef)) or hasattr(statement, "body"):
        return False
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement))


_MOST_DEPTH = 8


def pieces_of(node: ast.expr, scopes: Sequence[Sequence[ast.stmt]]) -> list[Piece]:
    """Return the pieces of a list that an expression makes."""
    return list(_pieces(node, scopes, 0))


def _pieces(node: ast.expr, scopes: Sequence[Sequence[ast.stmt]], depth: int) -> Iterator[Piece]:
    if isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            if isinstance(element, ast.Starred):
                yield from _pieces(element.value, scopes, depth + 1)
            else:
                yield Piece(node=element, is_one=True)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _pieces(node.left, scopes, depth + 1)
        yield from _pieces(node.right, scopes, depth + 1)
    elif isinstance(node, ast.Name) and depth < _MOST_DEPTH:
        value = _only_value(node.id, scopes)
        if value is None:
            yield Piece(node=node, is_one=False)
        else:
            yield from _pieces(value, scopes, depth + 1)
    else:
        yield Piece(node=node, is_one=False)


def _only_value(name: str, scopes: Sequence[Sequence[ast.stmt]]) -> ast.expr | None:
    """Return what a name stands for when its scope binds it once and never adds to it."""
    for body in scopes:
        values: list[ast.expr | None] = []
        for statement, around in blocks(body):
            value = assigned(statement, name)
            if value is not None:
                values.append(None if around else value)
            elif _added(statement, name) is not None:
                values.append(None)
        if values:
            return values[0] if len(values) == 1 else None
    return None
