"""The names of one function, or of one module, and where its other names come from."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from replayer.replay.examination.atoms import ANYTHING, UNKNOWN, Thing, Value, constant, join, one

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, eq=False)
class Scope:
    """Names and what they may be, whatever the order in which the code is run."""

    globals: Mapping[str, object]
    module: str
    package: str
    names: dict[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    """The function, or the module that is read and not imported, in which this one stands."""
    outer: set[str] = field(default_factory=set)
    """The names that a ``nonlocal`` or ``global`` statement gives to the parent."""
    returned: Value = UNKNOWN
    is_changed: bool = False
    """Whether it learnt something since it was last asked."""

    def load(self, name: str) -> Value:
        """Return what a name may be."""
        if name in self.names:
            return self.names[name]
        if self.parent is not None:
            return self.parent.load(name)
        if name in self.globals:
            return constant(self.globals[name])
        if hasattr(builtins, name):
            return one(Thing(getattr(builtins, name)))
        return UNKNOWN

    def store(self, name: str, value: Value) -> None:
        """Let a name be this too; what it was before stays possible, on another branch."""
        if name in self.outer and self.parent is not None:
            self.parent.store(name, value)
            self.is_changed |= self.parent.is_changed
            return
        old = self.names.get(name)
        new = join(old or UNKNOWN, value)
        if new != old:
            self.names[name] = new
            self.is_changed = True

    def give(self, name: str, value: Value) -> None:
        """Let a parameter be this too, in some call of the function."""
        self.store(name, value or one(ANYTHING))

    def give_back(self, value: Value) -> None:
        """Let the function return this too."""
        new = join(self.returned, value)
        if new != self.returned:
            self.returned = new
            self.is_changed = True
