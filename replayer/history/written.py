"""Find the line on which a migration names another one, by reading its file."""

from __future__ import annotations

import ast
from pathlib import Path

from replayer.history.disk import shown


def place_of_reference(path: str | None, attribute: str, key: tuple[str, str]) -> str:
    """Return ``path:line`` of an entry of ``dependencies``, ``run_before`` or ``replaces``.

    Parameters
    ----------
    path
        The migration's file, or None for one which has none.
    attribute
        The attribute of the ``Migration`` class that holds the entry.
    key
        The entry.

    Notes
    -----
    An entry that is computed cannot be found: then it is the line of the attribute, else the file
    alone. Returns "" without a file.
    """
    if path is None:
        return ""
    line = _line_of_reference(path, attribute, key)
    return shown(path) if line is None else f"{shown(path)}:{line}"


def _line_of_reference(path: str, attribute: str, key: tuple[str, str]) -> int | None:
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    value = next(
        (
            statement.value
            for class_ in ast.walk(tree)
            if isinstance(class_, ast.ClassDef) and class_.name == "Migration"
            for statement in class_.body
            if isinstance(statement, ast.Assign | ast.AnnAssign) and attribute in _names(statement)
        ),
        None,
    )
    if value is None:
        return None
    for node in ast.walk(value):
        if isinstance(node, ast.Tuple | ast.List) and _constants(node) == list(key):
            return node.lineno
    if key[1] == "__first__":
        for node in ast.walk(value):
            if isinstance(node, ast.Call):
                return node.lineno
    return value.lineno


def _names(statement: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _constants(node: ast.Tuple | ast.List) -> list[object]:
    return [item.value for item in node.elts if isinstance(item, ast.Constant)]
