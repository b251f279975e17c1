"""Find the project: its settings module and what stands on ``sys.path`` for it."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from replayer.errors import ProjectError

SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a project is and how it is told apart."""

    root: Path
    """Absolute; the directory that the command was run in."""
    settings_module: str
    """Dotted."""
    origin: str
    """What named the settings module: an option, the environment, or the manage.py."""
    python_path: tuple[str, ...] = ()
    """Entries for the front of ``sys.path``, as ``--pythonpath`` gives them."""


def locate(
    *,
    directory: Path,
    settings: str | None = None,
    python_path: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
) -> Location:
    """Find the settings module as a person would expect.

    Parameters
    ----------
    directory
        Where to look for ``manage.py``, and the front of ``sys.path``.
    settings
        What ``--settings`` says; it goes before the environment, which goes before ``manage.py``.
    python_path
        What ``--pythonpath`` says.
    environment
        The environment variables; the process's own where it is None.

    Raises
    ------
    ProjectError
        When nothing names a settings module, or ``manage.py`` names more than one.
    """
    root = directory.resolve()
    variables = os.environ if environment is None else environment
    if settings:
        module, origin = settings, "--settings"
    elif variables.get(SETTINGS_VARIABLE):
        module, origin = variables[SETTINGS_VARIABLE], SETTINGS_VARIABLE
    else:
        module, origin = _named_by_manage(root), "manage.py"
    return Location(root=root, settings_module=module, origin=origin, python_path=python_path)


def _named_by_manage(root: Path) -> str:
    manage = root / "manage.py"
    if not manage.is_file():
        below = sorted(path.parent.name for path in root.glob("*/manage.py"))
        hint = (
            f"type: cd {below[0]}"
            if below
            else f"run it beside manage.py, type --settings, or set {SETTINGS_VARIABLE}"
        )
        message = f"no Django project in {str(root)!r}: there is no manage.py"
        raise ProjectError(message, hint=hint)
    try:
        names = settings_named_in(manage.read_bytes(), str(manage))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        message = f"{manage}:{line}: manage.py cannot be read: {getattr(error, 'msg', error)}"
        raise ProjectError(message, hint="type --settings") from error
    except OSError as error:
        message = f"{str(manage)!r} cannot be read: {error.strerror}"
        raise ProjectError(message, hint="type --settings") from error
    if len(names) == 1:
        return names[0]
    if names:
        found = ", ".join(repr(name) for name in names)
        message = f"{str(manage)!r} names several settings modules ({found})"
        raise ProjectError(message, hint=f"type --settings {names[0]}, or another of them")
    message = f"{str(manage)!r} names no settings module"
    raise ProjectError(message, hint=f"type --settings, or set {SETTINGS_VARIABLE}")


def settings_named_in(source: bytes, filename: str = "manage.py") -> tuple[str, ...]:
    """Return the settings modules that a ``manage.py`` names, in order, without running it.

    Notes
    -----
    Read are ``os.environ.setdefault(NAME, "x")``, ``os.environ[NAME] = "x"`` and ``os.putenv``,
    with a constant or with a name or conditional expression whose constants are in the file.

    Raises
    ------
    SyntaxError, ValueError
        When the file is not Python.
    """
    tree = ast.parse(source, filename)
    constants: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    constants.setdefault(target.id, []).extend(_strings(node.value, {}))
    names: list[str] = []
    for node in ast.walk(tree):
        value: ast.expr | None = None
        if isinstance(node, ast.Call) and len(node.args) == 2 and _is_variable(node.args[0]):
            value = node.args[1]
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Subscript) and _is_variable(target.slice)
            for target in node.targets
        ):
            value = node.value
        if value is not None:
            names.extend(_strings(value, constants))
    return tuple(dict.fromkeys(names))


def _is_variable(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == SETTINGS_VARIABLE


def _strings(node: ast.expr, constants: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return [*_strings(node.body, constants), *_strings(node.orelse, constants)]
    if isinstance(node, ast.BoolOp):
        return [name for value in node.values for name in _strings(value, constants)]
    if isinstance(node, ast.Call) and len(node.args) == 2:
        # os.environ.get("OTHER", "x"): the default is what the file itself names.
        return _strings(node.args[1], constants)
    if isinstance(node, ast.Name):
        return constants.get(node.id, [])
    return []
