"""Where things are written: file, line and column of migrations, operations, models and fields.

Places are read from the syntax tree of the file which Python imported, and a file is parsed when
something in it is first asked for. What can't be placed exactly falls back to what encloses it;
what has no source (a zip, a lone ``.pyc``, a class made by a call) has none.
"""

from __future__ import annotations

from replayer.sources.paths import is_first_party, is_inside, relative_uri
from replayer.sources.places import Sources

__all__ = ["Sources", "is_first_party", "is_inside", "relative_uri"]
