"""Paths as reports want them: inside a project or not, and as URIs."""

# ruff: noqa: PTH100 - as imported: resolve() would follow links.
from __future__ import annotations

import os
from pathlib import Path, PurePath
from urllib.parse import quote

_INSTALLED = frozenset({"site-packages", "dist-packages"})


def is_inside(path: str, root: str) -> bool:
    """Whether a path lies in a directory (or is it), by name and behind symbolic links."""
    return _relative(path, root) is not None


def is_first_party(path: str, root: str) -> bool:
    """Whether a file belongs to the project: inside its directory, and not an installed package.

    Notes
    -----
    A virtual environment often lies inside the project; what is installed there is not the user's.
    """
    relative = _relative(path, root)
    return relative is not None and _INSTALLED.isdisjoint(relative.parts)


def relative_uri(path: str, root: str) -> str:
    """Return a path as a URI reference relative to ``root``, or a ``file:`` URI when outside it.

    References
    ----------
    SARIF 2.1.0, 3.4.4: ``artifactLocation.uri`` is a URI reference with ``/``, percent-encoded.
    """
    relative = _relative(path, root)
    if relative is None:
        return Path(os.path.abspath(path)).as_uri()
    return quote(relative.as_posix())


def _relative(path: str, root: str) -> PurePath | None:
    for spell in (os.path.abspath, os.path.realpath):
        below = PurePath(spell(path))
        above = PurePath(spell(root))
        if below.is_relative_to(above):
            return below.relative_to(above)
    return None
