"""The migration graph as a networkx digraph: built, analysed, drawn. The only home of networkx.

An edge runs from a dependency to its dependent, the way migrations are applied. A history that was
loaded has no circles; `replayer.history` refuses those.
"""

from __future__ import annotations
