"""The judge: what a database holds, read from the server's own catalogue, and how two differ.

It shares no code with ``replayer``, so that a mistake there can't hide here. ``read`` gives a
:class:`Snapshot`, ``compare`` the differences of two, ``verdict`` the worst of them.
"""

from __future__ import annotations

from tests.differential.judge.compare import Change, Difference, Verdict, compare, verdict
from tests.differential.judge.facts import Fact, Snapshot
from tests.differential.judge.read import read

__all__ = ["Change", "Difference", "Fact", "Snapshot", "Verdict", "compare", "read", "verdict"]
