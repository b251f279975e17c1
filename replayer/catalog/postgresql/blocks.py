"""What a block of PL/pgSQL consists of: the steps, branches, loops and handlers of a ``DO``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A statement of SQL as it stands there."""

    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute:
    """``EXECUTE``: the text of a statement is computed."""

    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Perform:
    """``PERFORM``: a query whose rows nobody wants."""

    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """``name := expression``, and ``SELECT ... INTO name, name``."""

    names: tuple[str, ...]
    query: str
    is_strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """``IF ... THEN``, ``ELSIF ... THEN`` or ``ELSE`` (no condition)."""

    condition: str | None
    body: tuple[BlockStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """``IF``, with its other branches."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """``FOR name, name IN query LOOP``, or ``IN EXECUTE text``."""

    names: tuple[str, ...]
    query: str
    body: tuple[BlockStep, ...]
    is_computed: bool = False
    """Whether the query is an expression whose value is the text of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreach:
    """``FOREACH name IN ARRAY expression LOOP``."""

    name: str
    array: str
    body: tuple[BlockStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """``FOR name IN first..last LOOP``."""

    name: str
    first: str
    last: str
    body: tuple[BlockStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """``RAISE EXCEPTION``; what only tells something is left out."""

    message: str
    """With a ``%`` for each argument."""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """``RETURN``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """``WHEN condition OR condition THEN``."""

    conditions: tuple[str, ...]
    """Names in lower case, or five characters of an SQLSTATE."""
    body: tuple[BlockStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """``name type := expression``."""

    name: str
    is_record: bool
    """Whether it holds a row: ``record`` or ``table%ROWTYPE``."""
    first: str | None
    """The expression of its first value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """``DECLARE ... BEGIN ... EXCEPTION ... END``."""

    variables: tuple[Variable, ...]
    body: tuple[BlockStep, ...]
    handlers: tuple[Handler, ...] = ()


BlockStep: TypeAlias = (
    Run | Execute | Perform | Assign | If | Loop | Foreach | Count | Raise | Return | Block
)
