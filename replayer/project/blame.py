"""Tell an exception of the user's code in one line: what it says, and where it was raised."""

from __future__ import annotations

import site
import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from replayer.model import Source

if TYPE_CHECKING:
    from types import TracebackType

_LIBRARY = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {*site.getsitepackages(), site.getusersitepackages()}
)
_PACKAGES = {"site-packages", "dist-packages"}
_OURS = str(Path(__file__).parents[1])


def text_of(error: BaseException) -> str:
    """Return ``Type: message`` on one line, also for an exception whose ``__str__`` raises."""
    name = type(error).__name__
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - whatever a user's __str__ raises
        return f"{name} (its message cannot be shown)"
    return f"{name}: {message}" if message else name


def place_of(error: BaseException, root: Path | None = None) -> Source | None:
    """Return where the user's code raised it, or the nearest that can be told.

    The innermost frame below ``root`` is preferred, then the innermost outside every library, then
    the innermost of an installed package that is not Django. A syntax error is where the faulty
    text is.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return Source(error.filename, error.lineno, error.offset or 1)
    frames = [
        Source(frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not frame.f_code.co_filename.startswith(("<", _OURS))
    ]
    inside = [place for place in frames if root is not None and _is_project(place.path, root)]
    outside = [place for place in frames if not place.path.startswith(_LIBRARY)]
    installed = [
        place
        for place in frames
        if _PACKAGES & set(Path(place.path).parts) and "/django/" not in Path(place.path).as_posix()
    ]
    for candidates in (inside, outside, installed):
        if candidates:
            return candidates[-1]
    return None


def local_in(error: BaseException, function: str, name: str) -> object | None:
    """Return the value of a local variable in the innermost frame of a function, or None."""
    found: object | None = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name == function:
            found = trace.tb_frame.f_locals.get(name, found)
        trace = trace.tb_next
    return found


def sentence(error: BaseException, root: Path | None = None) -> str:
    """Return ``Type: message (path:line)``."""
    place = place_of(error, root)
    if place is None:
        return text_of(error)
    where = shown(place, root)
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg} ({where})"
    return f"{text_of(error)} ({where})"


def shown(place: Source, root: Path | None = None) -> str:
    """Return ``path:line``, relative to ``root`` (else the current directory) where it is below."""
    path = Path(place.path)
    base = Path.cwd() if root is None else root
    if path.is_relative_to(base):
        path = path.relative_to(base)
    return f"{path}:{place.line}"


def _is_project(path: str, root: Path) -> bool:
    return Path(path).is_relative_to(root) and not path.startswith(_LIBRARY)
