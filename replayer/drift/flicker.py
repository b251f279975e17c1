"""Values that are different at every run, or never equal to themselves."""

from __future__ import annotations

import ast
import functools
import sys
import types
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETS = (set, frozenset)
_DEPTH = 6


class Flicker(NamedTuple):
    """Why a value can't be compared."""

    rule_id: str
    reason: str


def flicker_of(
    old: object,
    new: object,
    *,
    model: Any = None,  # noqa: ANN401 - a model class
    expression: ast.AST | None = None,
) -> Flicker | None:
    """Return why the new value of an argument will never stay equal to the old one, or None.

    Parameters
    ----------
    model
        The model class, in whose module names are looked up.
    expression
        The expression in ``models.py`` that makes the value, where it is known.
    """
    for leaf in _leaves(new):
        found = _of_callable(leaf) or _of_identity(leaf)
        if found is not None:
            return found
    if _is_reordered(old, new) and expression is not None:
        name = _set_in(expression, model)
        if name is not None:
            return Flicker(
                "R201", f"it is made from {name}, a set, whose order follows PYTHONHASHSEED"
            )
    return None


def unordered(value: object) -> list[str]:
    """Return the items of a flickering list in an order that is always the same."""
    return sorted(map(repr, value)) if isinstance(value, list | tuple) else [repr(value)]


def _leaves(value: Any, depth: int = 0) -> Iterator[object]:  # noqa: ANN401 - anything
    if depth > _DEPTH:
        return
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _leaves(item, depth + 1)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item, depth + 1)
    elif isinstance(value, functools.partial):
        yield from _leaves((value.func, value.args, value.keywords), depth + 1)
    else:
        yield value


def _of_callable(value: object) -> Flicker | None:
    name = getattr(value, "__qualname__", "")
    if not isinstance(value, types.FunctionType):
        return None
    module = value.__module__
    if "<lambda>" in name:
        return Flicker("R203", f"it is a lambda of {module}, made anew at every run")
    if "<locals>" in name:
        return Flicker("R203", f"{name} of {module} is an inner function, made at every run")
    return None


def _of_identity(value: object) -> Flicker | None:
    kind = type(value)
    if (
        isinstance(value, type | types.FunctionType | types.BuiltinFunctionType | types.MethodType)
        or kind.__module__ == "builtins"
        or hasattr(value, "deconstruct")
    ):
        return None
    if kind.__eq__ is object.__eq__:
        return Flicker(
            "R202",
            f"{kind.__module__}.{kind.__qualname__} has no __eq__, so it equals nothing but itself",
        )
    return None


def _is_reordered(old: object, new: object) -> bool:
    if not isinstance(old, list | tuple) or not isinstance(new, list | tuple):
        return False
    return list(old) != list(new) and unordered(old) == unordered(new)


def _set_in(expression: ast.AST, model: Any) -> str | None:  # noqa: ANN401 - a model class
    """Return the set that an expression takes its items from, unless it sorts them."""
    waiting: list[ast.AST] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "sorted":
                continue
            if node.func.id in {"set", "frozenset"}:
                return ast.unparse(node)
        if isinstance(node, ast.Set | ast.SetComp):
            return ast.unparse(node)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(_value(node, model), _SETS):
            return ast.unparse(node)
        waiting.extend(ast.iter_child_nodes(node))
    return None


def _value(node: ast.AST, model: Any) -> object:  # noqa: ANN401 - a model class
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, model), node.attr, None)
    if not isinstance(node, ast.Name):
        return None
    if node.id in vars(model):
        return vars(model)[node.id]
    return getattr(sys.modules.get(model.__module__), node.id, None)
