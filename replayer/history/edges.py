"""Why one migration comes before another: the edges, each with who wrote it and how."""

from __future__ import annotations

import enum
from typing import NamedTuple

from replayer.model import MigrationKey


class EdgeKind(enum.Enum):
    """How a dependency was written."""

    DECLARED = "declared"
    """In ``dependencies``, by name."""
    RUN_BEFORE = "run_before"
    """In ``run_before`` of the dependency."""
    FIRST = "first"
    """In ``dependencies`` or ``run_before`` as ``(app_label, "__first__")``."""
    LATEST = "latest"
    """The same as ``(app_label, "__latest__")``."""
    SWAPPABLE = "swappable"
    """By ``swappable_dependency(settings.…)``, which Django reads as ``__first__``."""
    REPLACED = "replaced"
    """By name, by or upon a migration which a squash has since replaced."""


class Edge(NamedTuple):
    """One edge, in the direction in which migrations are applied."""

    dependency: MigrationKey
    dependent: MigrationKey
    kind: EdgeKind
    origin: MigrationKey
    """The migration in whose file it is written; a replaced one is not among the nodes."""
