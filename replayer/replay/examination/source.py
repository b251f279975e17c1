"""The syntax trees of functions: found by the file and the line that a code object tells."""

from __future__ import annotations

import ast
import inspect
import linecache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import types

    from replayer.replay.examination.atoms import FunctionNode


class Sources:
    """Reads files, each once."""

    def __init__(self) -> None:
        self._functions: dict[str, dict[tuple[str, int], list[FunctionNode]]] = {}

    def function(self, function: types.FunctionType) -> tuple[FunctionNode, ...]:
        """Return the nodes that a function may come from.

        Notes
        -----
        None where there is no source: a ``.pyc`` without it, code that was made by ``exec``. More
        than one where lambdas with the same parameters stand on one line.
        """
        code = function.__code__
        if code.co_filename not in self._functions:
            lines = linecache.getlines(code.co_filename, function.__globals__)
            self._functions[code.co_filename] = _functions_of("".join(lines))
        found = self._functions[code.co_filename].get((code.co_name, code.co_firstlineno), ())
        count = code.co_argcount + code.co_kwonlyargcount
        count += bool(code.co_flags & inspect.CO_VARARGS)
        count += bool(code.co_flags & inspect.CO_VARKEYWORDS)
        names = code.co_varnames[:count]
        return tuple(node for node in found if sorted(_parameters(node)) == sorted(names))


def parse(source: str | bytes) -> ast.Module | None:
    """Return the tree of a module; None for what this Python does not understand."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def _functions_of(source: str) -> dict[tuple[str, int], list[FunctionNode]]:
    found: dict[tuple[str, int], list[FunctionNode]] = {}
    for node in ast.walk(parse(source) or ast.Module([], [])):
        if isinstance(node, ast.Lambda):
            found.setdefault(("<lambda>", node.lineno), []).append(node)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # The code of a decorated function begins at its first decorator.
            line = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            found.setdefault((node.name, line), []).append(node)
    return found


def _parameters(node: FunctionNode) -> list[str]:
    given = node.args
    starred = [item for item in (given.vararg, given.kwarg) if item is not None]
    return [item.arg for item in (*given.posonlyargs, *given.args, *given.kwonlyargs, *starred)]
