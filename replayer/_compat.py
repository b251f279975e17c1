"""What differs between versions of Django and of Python, and nothing else."""

from __future__ import annotations

import sys
from typing import Any


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
