"""Replay a Django project's migrations offline: print their schema, report their drift."""

from __future__ import annotations

__version__ = "0.1.0"
