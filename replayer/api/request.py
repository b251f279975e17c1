"""What may be asked of a project's schema, and what is answered."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from replayer.ddl.omission import Omission
from replayer.ddl.positions import PositionKind
from replayer.ddl.selection import Selection
from replayer.replay.policy import RunPythonPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.ddl.names_file import KnownNames
    from replayer.model import Source, Statement
    from replayer.replay.state import ReplayState


class SchemaKind(enum.Enum):
    """Which account of the schema is told."""

    HISTORY = "history"
    """What the migrations' database operations leave: what ``migrate`` leaves, names included."""
    STATE = "state"
    """The migrations' final ``ProjectState``."""
    MODELS = "models"
    """What ``models.py`` says now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRequest:
    """What is asked for."""

    kind: SchemaKind = SchemaKind.HISTORY
    at: tuple[str, ...] = ()
    """As ``--at``: ``app.0007``; empty for the whole history."""
    selection: Selection = field(default_factory=Selection)
    include_unmigrated: bool = False
    include_migrations_table: bool = False
    allow_empty: bool = False
    run_python: RunPythonPolicy = RunPythonPolicy.AUTO
    is_verbatim: bool = False
    """Print the history's own statements, migration by migration."""
    known_names: KnownNames | None = None
    """Of a real database, whose names and numberings the schema shall bear."""
    serial: tuple[str, ...] = ()
    """``table.column`` patterns of columns that are numbered by ``serial``, not as identity."""
    signals: bool = False
    """Whether ``pre_migrate`` and ``post_migrate`` handlers that make schema objects are run."""
    omit: frozenset[Omission] = frozenset()
    """Kinds of objects that are left out."""
    has_foreign_keys: bool = True
    positions: PositionKind = PositionKind.NONE
    """What the ``atlas:pos`` lines above the statements point at."""
    are_positions_wide: bool = False
    """Whether they name files outside the project too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema as statements that load in one pass into an empty database."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()
    """What can't be shown and what was left out, one sentence each."""
    differences: tuple[str, ...] = ()
    """What the printed schema lacks of the one it tells; empty when it is proven equal."""
    is_doubtful: bool = False
    """Whether an operation is opaque or the printed schema is not proven equal."""
    text: str | None = None
    """The document where it is more than its statements: with comments, verbatim, positions."""
    places: Mapping[str, Source] = field(default_factory=dict)
    """Where each table is written, by its unquoted name; empty unless it was asked for."""
    state: ReplayState | None = field(default=None, repr=False)
    """The migrations' final state, which the models are still to be compared with."""
    drift: str | None = None
    """A line on how the models differ from the migrations, or None where they don't."""

    @property
    def sql(self) -> str:
        """The document: one statement after another, each ended by ``;`` and a new line."""
        if self.text is not None:
            return self.text
        return "".join(f"{statement.sql};\n" for statement in self.statements)
