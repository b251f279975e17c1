"""The catalogue of MySQL and MariaDB: what a statement says, what it does, the schema written down.

A statement is read by `reader` into `values`; `schema` leads it to its `table`, whose `columns`,
`keys` and `references` follow the server's own `rules`; `catalog` shows what is kept in the values
that all dialects share, and `writer` writes it down again.
"""

from __future__ import annotations
