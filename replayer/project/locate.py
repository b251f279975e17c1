"""Find the project: its settings module and what stands on ``sys.path`` for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from replayer.errors import ProjectError
from replayer.project.manage_file import SETTINGS_VARIABLE, read_manage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.project.manage_file import ManageFile


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
    """Entries for the front of ``sys.path``: of ``--pythonpath``, then those of ``manage.py``."""
    path_end: tuple[str, ...] = ()
    """Entries for the end of ``sys.path``, as ``manage.py`` adds them."""


def locate(
    *,
    directory: Path,
    settings: str | None = None,
    python_path: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
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
    named = settings or variables.get(SETTINGS_VARIABLE)
    try:
        manage = _manage_file(root, variables)
    except ProjectError:
        # What manage.py would have told is told otherwise, but for what it adds to sys.path.
        if not named:
            raise
        manage = None
    if settings:
        module, origin = settings, "--settings"
    elif named:
        module, origin = named, SETTINGS_VARIABLE
    else:
        module, origin = _named_by_manage(root, manage), "manage.py"
    return Location(
        root=root,
        settings_module=module,
        origin=origin,
        python_path=(*python_path, *(manage.path_front if manage else ())),
        path_end=manage.path_end if manage else (),
    )


def _manage_file(root: Path, variables: Mapping[str, str]) -> ManageFile | None:
    manage = root / "manage.py"
    if not manage.is_file():
        return None
    try:
        return read_manage(manage.read_bytes(), str(manage), variables)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        message = f"{manage}:{line}: manage.py cannot be read: {getattr(error, 'msg', error)}"
        raise ProjectError(message, hint="type --settings") from error
    except OSError as error:
        message = f"{str(manage)!r} cannot be read: {error.strerror}"
        raise ProjectError(message, hint="type --settings") from error


def _named_by_manage(root: Path, found: ManageFile | None) -> str:
    manage = root / "manage.py"
    if found is None:
        message = f"no Django project in {str(root)!r}: there is no manage.py"
        raise ProjectError(message, hint=_whereabouts(root))
    names = found.settings
    if len(names) == 1:
        return names[0]
    if names:
        listed = ", ".join(repr(name) for name in names)
        message = f"{str(manage)!r} names several settings modules ({listed})"
        raise ProjectError(message, hint=f"type --settings {names[0]}, or another of them")
    message = f"{str(manage)!r} names no settings module"
    raise ProjectError(message, hint=f"type --settings, or set {SETTINGS_VARIABLE}")


def _whereabouts(root: Path) -> str:
    """Return what to type where there is no ``manage.py``."""
    below = sorted(path.parent.name for path in root.glob("*/manage.py"))
    if below:
        return f"type: cd {below[0]}"
    above = next((path for path in root.parents if (path / "manage.py").is_file()), None)
    if above is not None:
        return f"type: cd {os.path.relpath(above, root)}"
    return f"run it beside manage.py, type --settings, or set {SETTINGS_VARIABLE}"
