"""The files in which a class may stand, and which of a file's class statements made it."""

from __future__ import annotations

import ast
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

from replayer.sources.files import SourceFile, classes, module_path

if TYPE_CHECKING:
    from collections.abc import Sequence


def pick_statement(
    found: Sequence[tuple[ast.ClassDef, bool]], owner: type, path: str
) -> ast.ClassDef | None:
    """Return the statement that made a class, or None where two could have.

    Notes
    -----
    Lines of its methods tell it surely (from 3.13 on, its own first line); without them the last
    statement holds, unless one stands on a branch that may not have been taken.
    """
    lines = _lines_of(owner, path)
    if lines:
        found = [
            (node, branch)
            for node, branch in found
            if all(_first_line(node) <= line <= (node.end_lineno or line) for line in lines)
        ]
    if not found:
        return None
    if len(found) > 1 and any(branch for _, branch in found):
        return None
    return found[-1][0]


def _methods_of(owner: type) -> list[types.FunctionType]:
    return [
        value
        for value in vars(owner).values()
        if isinstance(value, types.FunctionType)
        and value.__qualname__ == f"{owner.__qualname__}.{value.__name__}"
    ]


def path_of_module(owner: type) -> str | None:
    """Return the file of the module that a class names as its own."""
    return module_path(owner.__module__)


def path_of_methods(owner: type) -> str | None:
    """Return the file of a class that was given another ``__module__`` (wagtail's ``Page``)."""
    paths = {value.__code__.co_filename for value in _methods_of(owner)}
    path = paths.pop() if len(paths) == 1 else None
    return path if path is not None and Path(path).is_absolute() else None


def path_below(owner: type) -> str | None:
    """Return the file of the submodule that holds a class which calls itself its package's."""
    prefix = f"{owner.__module__}."
    names = [
        name
        for name, module in list(sys.modules.items())
        if name.startswith(prefix)
        and getattr(module, "__dict__", {}).get(owner.__qualname__) is owner
    ]
    # Several hold it where they import it from each other; the statement is in one of them.
    paths = []
    for name in sorted(names):
        path = module_path(name)
        file = SourceFile.read(path) if path is not None else None
        if file is not None and classes(file.tree, owner.__qualname__):
            paths.append(file.path)
    return paths[0] if len(paths) == 1 else None


def _lines_of(owner: type, path: str) -> list[int]:
    first = vars(owner).get("__firstlineno__")
    if isinstance(first, int):
        return [first]
    return [
        value.__code__.co_firstlineno
        for value in _methods_of(owner)
        if value.__code__.co_filename == path
    ]


def _first_line(node: ast.ClassDef) -> int:
    return min([node.lineno, *(item.lineno for item in node.decorator_list)])
