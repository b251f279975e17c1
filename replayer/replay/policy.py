"""The choice of which ``RunPython`` functions are run."""

from __future__ import annotations

import enum


class RunPythonPolicy(enum.Enum):
    """``--run-python``."""

    AUTO = "auto"
    """Those whose code reaches the schema."""
    NEVER = "never"
    ALL = "all"
