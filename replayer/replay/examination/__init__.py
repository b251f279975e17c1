"""Whether a function can change the schema, told from its source without running it.

``examine`` gives the answer, ``rules`` says what attributes and calls mean for the schema, ``sql``
judges statements by their verbs. ``reader`` and ``walk`` follow values through the syntax tree,
``scope`` and ``atoms`` hold them, ``source`` and ``lookup`` find functions and names.
"""

from __future__ import annotations
