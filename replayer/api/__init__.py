"""The public functions; other modules may change without notice."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replayer.api.schema import Schema, SchemaKind, SchemaRequest, render_schema

__all__ = ["Schema", "SchemaKind", "SchemaRequest", "render_schema"]


def __getattr__(name: str) -> object:
    """Import what is asked for: a check needs nothing of what prints a schema."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(importlib.import_module("replayer.api.schema"), name)
    return found
