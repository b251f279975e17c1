"""Read ``[tool.replayer]`` of the project's ``pyproject.toml``."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from replayer._compat import load_toml
from replayer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAY_HOLD_IT = re.compile(
    rb"""^\s*\[+[\s"']*tool[\s"']*(?:\.[\s"']*replayer|\])|^\s*tool[\s"']*[.=]""", re.MULTILINE
)
"""Parsing TOML costs more than looking for ``[tool.replayer]``, ``[tool]`` or a key ``tool``."""


def find_pyproject(directory: Path) -> Path | None:
    """Return the nearest ``pyproject.toml``: in the directory, or above it up to the repository."""
    for folder in (directory, *directory.parents):
        candidate = folder / "pyproject.toml"
        if candidate.is_file():
            return candidate
        if (folder / ".git").exists():
            return None
    return None


def read_config(directory: Path) -> Mapping[str, object]:
    """Return the table ``[tool.replayer]``, empty where there is none.

    Parameters
    ----------
    directory
        Absolute; where the command was run.

    Raises
    ------
    UsageError
        When the file cannot be read or is not TOML.
    """
    path = find_pyproject(directory)
    if path is None:
        return {}
    try:
        # Some editors begin a file with a mark of its encoding, which is no TOML.
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        message = f"{str(path)!r} cannot be read: {error.strerror}"
        raise UsageError(message) from error
    if _MAY_HOLD_IT.search(content) is None:
        return {}
    try:
        document = load_toml(content.decode())
    except ModuleNotFoundError as error:
        message = f"{str(path)!r} cannot be read: Python 3.10 has no TOML reader"
        raise UsageError(message, hint="type: pip install tomli") from error
    except ValueError as error:
        message = f"{str(path)!r} is not TOML: {error}"
        raise UsageError(message) from error
    tool = document.get("tool")
    table = tool.get("replayer") if isinstance(tool, dict) else None
    if table is None:
        return {}
    if not isinstance(table, dict):
        message = f"{str(path)!r}: tool.replayer is not a table"
        raise UsageError(message, hint="write it as [tool.replayer]")
    return table
