"""What differs between versions of Django and of Python, and nothing else."""

from __future__ import annotations

import sys
import weakref
from typing import Any

OLDEST_DJANGO = (4, 2)
"""The oldest Django whose migrations are replayed; pip lets no older one stand beside the tool."""


def load_toml(text: str) -> dict[str, Any]:
    """Return a TOML document.

    Raises
    ------
    ModuleNotFoundError
        On Python 3.10 without ``tomli``; ``tomllib`` came with 3.11.
    ValueError
        When the text is not TOML.
    """
    if sys.version_info >= (3, 11):
        import tomllib as reader
    else:
        import tomli as reader
    document: dict[str, Any] = reader.loads(text)
    return document


def signal_receivers(signal: Any) -> list[tuple[int, Any]]:  # noqa: ANN401 - Django's Signal
    """Return each receiver of a signal that is still alive, with the ``id`` of its sender.

    Notes
    -----
    A receiver is a pair to Django 4.2, longer since 5.0 (whether it is asynchronous) and 6.0; what
    it begins with did not change. Source: django/dispatch/dispatcher.py, ``Signal.connect``.
    """
    found = []
    for (_, sender), receiver, *_ in signal.receivers:
        alive = receiver() if isinstance(receiver, weakref.ReferenceType) else receiver
        if alive is not None:
            found.append((sender, alive))
    return found


def autodetector_of(command: Any, module: Any) -> Any:  # noqa: ANN401 - classes and modules
    """Return the autodetector that a ``makemigrations`` compares by.

    Parameters
    ----------
    command
        The command, or its class.
    module
        That of Django's own command.

    Notes
    -----
    It is an attribute of the command since Django 5.2 (#35813); before, a name of the module of
    Django's own. Source: django/core/management/commands/makemigrations.py, ``Command.handle``.
    """
    if hasattr(module.Command, "autodetector"):
        return command.autodetector
    return module.MigrationAutodetector
