"""The public functions; other modules may change without notice."""

from __future__ import annotations

from replayer.api.schema import Schema, SchemaKind, SchemaRequest, render_schema

__all__ = ["Schema", "SchemaKind", "SchemaRequest", "render_schema"]
