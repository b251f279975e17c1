"""Replay the history: to a ``ProjectState``, and to what its database operations leave."""

from __future__ import annotations
