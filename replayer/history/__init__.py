"""The migrations of a project, ordered as ``migrate`` orders them, without a connection.

``disk`` imports the migration modules, ``loader`` links them into Django's graph and carries out
the squashes, ``plan`` orders it, ``targets`` understands what ``--at`` names, ``faults`` says what
is wrong. Nothing here replays an operation.
"""

from __future__ import annotations
