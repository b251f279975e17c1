"""Replay: a plan becomes a ``ProjectState``, and the catalogue that its operations leave behind."""

from __future__ import annotations
