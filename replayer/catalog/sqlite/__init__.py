"""SQLite's catalogue: a real database in memory, and what its own texts tell beyond its pragmas."""

from __future__ import annotations
