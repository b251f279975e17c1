"""Tells models, migrations and the schema that they leave apart, and what kind of thing it is."""

from __future__ import annotations
