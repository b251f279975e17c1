"""PostgreSQL's catalogue: what a statement says, what it does, and the schema written down.

A statement is read by `reader` and those beside it (`table_reader`, `column_reader`,
`constraint_reader`, `alter_table_reader`, `object_reader` ...) into the values of `statements`,
`actions` and `blocks`; `catalog` leads it to the module of its noun (`tables`, `alterations`,
`columns`, `constraints`, `indexes`, `relations`, `others`), which changes the `store`; `writer`
writes the store down again.
"""

from __future__ import annotations
