"""The public functions; other modules may change without notice."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replayer.api.request import Schema, SchemaKind, SchemaRequest
    from replayer.api.schema import render_schema

__all__ = ["Schema", "SchemaKind", "SchemaRequest", "render_schema"]


def __getattr__(name: str) -> object:
    """Import what is asked for: a check needs nothing of what prints a schema."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    module = "schema" if name == "render_schema" else "request"
    found: object = getattr(importlib.import_module(f"replayer.api.{module}"), name)
    return found
