"""What an expression may be while a function is read: a set of atoms.

An atom is a thing that is known of a value: its text, the object that it stands for now, or a
*token*, which is whatever the rules follow (a cursor, a schema editor). What is not known is the
empty set.
"""

from __future__ import annotations

import ast
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayer.replay.examination.scope import Scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """An object that exists in this process; equal by identity, never asked for its own ``==``."""

    value: object

    def __eq__(self, other: object) -> bool:
        """Compare by identity, for the object may be the user's."""
        return isinstance(other, Thing) and other.value is self.value

    def __hash__(self) -> int:
        """Hash by identity."""
        return id(self.value)


@dataclass(frozen=True, slots=True)
class Text:
    """A string of which the beginning is known."""

    value: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A dotted name whose module is not imported, so that it stands for itself."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Token:
    """What the rules follow; they choose the words."""

    kind: str
    detail: str = ""


FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"


@dataclass(frozen=True, slots=True)
class Made:
    """A function that the source makes where it is read (``def``, lambda)."""

    node: FunctionNode
    scope: Scope
    """Where it is made."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A callable with arguments already in place: a bound method, a ``functools.partial``."""

    function: Atom
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A tuple, list or set whose members are known, in order; of a dict, its values."""

    members: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class of the project; its attributes are kept by class."""

    of: Thing


Atom: TypeAlias = "Thing | Text | Name | Token | Made | Bound | Items | Instance"
Value: TypeAlias = "frozenset[Atom]"

UNKNOWN: Value = frozenset()
ANYTHING = Token("anything")
"""Stands beside what is known of an argument where some caller's is not."""
_MOST_ATOMS = 16
_MOST_ITEMS = 200
_MOST_TEXT = 20_000


def one(atom: Atom) -> Value:
    """Return the value that is surely this atom."""
    return frozenset({atom})


def join(first: Value, second: Value) -> Value:
    """Return what either may be; tokens are kept when there are too many to follow."""
    both = first | second
    if len(both) <= _MOST_ATOMS:
        return both
    return frozenset(atom for atom in both if isinstance(atom, Token)) | {ANYTHING}


def ordered(value: Value) -> list[Atom]:
    """Return the atoms in an order that does not vary with the hash seed."""
    return sorted(value, key=_rank) if len(value) > 1 else list(value)


def _rank(atom: Atom) -> tuple[str, str]:
    told = ""
    if isinstance(atom, Text):
        told = atom.value
    elif isinstance(atom, Token):
        told = f"{atom.kind} {atom.detail}"
    elif isinstance(atom, Name):
        told = atom.dotted
    elif isinstance(atom, Made):
        told = f"{atom.node.lineno:9} {atom.node.col_offset}"
    elif isinstance(atom, Thing) and is_a(atom.value, types.FunctionType):
        told = f"{atom.value.__module__} {atom.value.__qualname__}"
    return type(atom).__name__, told


def listed(members: Iterable[Value]) -> Value:
    """Return the value of a list with these members."""
    held = tuple(members)
    return one(Items(held)) if len(held) <= _MOST_ITEMS else UNKNOWN


def members_of(value: Value) -> Value:
    """Return what one member of an iterable may be."""
    found = (member for atom in value if isinstance(atom, Items) for member in atom.members)
    return UNKNOWN.union(*found)


def is_a(value: object, kind: type[T]) -> TypeGuard[T]:
    """Whether an object is an instance, without asking its ``__class__``, which may be lazy."""
    return issubclass(type(value), kind)


def constant(value: object) -> Value:
    """Return the value of an object that exists; one of the user's is held and never asked."""
    if is_a(value, str):
        return one(Text(str.__str__(value), is_whole=True))
    kind = type(value)
    if kind is tuple or kind is list:
        return listed(constant(member) for member in value[: _MOST_ITEMS + 1])  # type: ignore[index]
    if kind is dict:
        return listed(constant(member) for member in value.values())  # type: ignore[attr-defined]
    if kind is set or kind is frozenset:
        plain = [member for member in value if type(member) is str]  # type: ignore[attr-defined]
        return listed(constant(member) for member in sorted(plain))
    return one(Thing(value))


def combine(left: Value, operator: type[ast.operator], right: Value) -> Value:
    """Return ``left + right`` or ``left % right`` as far as the beginning of a text is known."""
    result = UNKNOWN
    for atom in left:
        if not isinstance(atom, Text):
            continue
        if operator is ast.Mod or not atom.is_whole:
            result = join(result, one(Text(atom.value, is_whole=False)))
            continue
        tails = [tail for tail in right if isinstance(tail, Text)]
        for tail in tails or (Text("", is_whole=False),):
            text = atom.value + tail.value
            whole = tail.is_whole and len(text) <= _MOST_TEXT
            result = join(result, one(Text(text[:_MOST_TEXT], is_whole=whole)))
    return result
