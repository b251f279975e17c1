"""What DDL leaves on a server: reading, naming, comparing."""

from __future__ import annotations
