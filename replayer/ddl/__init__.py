"""Print a state as DDL, through the schema editor of the dialect."""

from __future__ import annotations
