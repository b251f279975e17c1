"""Read functions: bind their parameters, walk their bodies, until nothing new is learnt.

A function is read once for all its calls, with all that any call gives it. The rules, a subclass,
say what an attribute and a call mean.
"""

from __future__ import annotations

import ast
import contextlib
from typing import TYPE_CHECKING

from replayer.replay.examination.atoms import (
    UNKNOWN,
    Atom,
    Instance,
    Items,
    Made,
    Token,
    Value,
    constant,
    join,
    one,
    ordered,
)
from replayer.replay.examination.scope import Scope
from replayer.replay.examination.source import Sources, parse
from replayer.replay.examination.walk import Walker

if TYPE_CHECKING:
    import types
    from collections.abc import Mapping, Sequence

    from replayer.replay.examination.atoms import FunctionNode


class TooMuchError(Exception):
    """The code is too large to be examined."""


class Reader:
    """Follows values through functions; a subclass gives the meaning of attributes and calls."""

    most_steps = 200_000
    most_rounds = 24

    def __init__(self) -> None:
        self._steps = 0
        self._sources = Sources()
        self._scopes: dict[object, Scope] = {}
        self._read: set[Scope] = set()
        """The scopes that were walked in this round, or are being walked."""
        self._is_changed = False
        self._attributes: dict[tuple[int, str], Value] = {}
        self._modules: dict[str, Scope | None] = {}

    # The meaning, given by the rules.

    def attribute(self, atom: Atom, name: str) -> Value:
        """Return what ``atom.name`` may be."""
        raise NotImplementedError

    def attribute_of_unknown(self, name: str) -> Value:
        """Return what an attribute of something unknown may be."""
        raise NotImplementedError

    def call(self, atom: Atom, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call of the atom may return."""
        raise NotImplementedError

    def call_unknown(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call of something unknown may return."""
        raise NotImplementedError

    def subscript(self, owner: Value) -> Value:
        """Return what ``owner[...]`` may be."""
        raise NotImplementedError

    # Values.

    def load_attribute(self, value: Value, name: str) -> Value:
        """Return what ``.name`` of a value may be."""
        if not value:
            return self.attribute_of_unknown(name)
        result = UNKNOWN
        for atom in ordered(value):
            result = join(result, self.attribute(atom, name))
        return result

    def store_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Remember an attribute of an instance; setting one of a token counts as using it."""
        for atom in ordered(owner):
            if isinstance(atom, Instance):
                key = (id(atom.of.value), name)
                old = self._attributes.get(key)
                new = join(old or UNKNOWN, value)
                if new != old:
                    self._attributes[key] = new
                    self._is_changed = True
            elif isinstance(atom, Token):
                self.attribute(atom, name)

    def call_value(self, value: Value, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call may return, whatever the callee is."""
        if not value:
            return self.call_unknown(args, kwargs)
        result = UNKNOWN
        for atom in ordered(value):
            result = join(result, self.call(atom, args, kwargs))
        return result

    def count(self) -> None:
        """Count a step.

        Raises
        ------
        TooMuchError
            After too many.
        """
        self._steps += 1
        if self._steps > self.most_steps:
            raise TooMuchError

    # Functions.

    def settle(self, atom: Atom, args: Sequence[Value], kwargs: Mapping[str, Value]) -> None:
        """Call an atom again and again until nothing new is learnt."""
        for _ in range(self.most_rounds):
            self._is_changed = False
            for scope in self._scopes.values():
                scope.is_changed = False
            self._read.clear()
            self.begin_round()
            self.call(atom, args, kwargs)
            if not self._is_changed and not any(s.is_changed for s in self._scopes.values()):
                return
        raise TooMuchError

    def begin_round(self) -> None:
        """Forget what was concluded while less was known."""

    def run_function(
        self,
        function: types.FunctionType,
        args: Sequence[Value],
        kwargs: Mapping[str, Value],
    ) -> Value | None:
        """Read a function that exists, and return what it may return; None without source."""
        nodes = self._sources.function(function)
        result = UNKNOWN
        for node in nodes:
            scope = self._scopes.get((function, node))
            if scope is None:
                scope = self._scopes[function, node] = _scope_of(function)
            positional = [*node.args.posonlyargs, *node.args.args]
            defaults = function.__defaults__ or ()
            known = {
                item.arg: constant(default)
                for item, default in zip(reversed(positional), reversed(defaults), strict=False)
            }
            for name, default in (function.__kwdefaults__ or {}).items():
                known[name] = constant(default)
            result = join(result, self._run(node, scope, args, kwargs, known))
        return result if nodes else None

    def run_made(self, made: Made, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Read a function that the source makes."""
        scope = self._scopes.get(made)
        if scope is None:
            outer = made.scope
            scope = Scope(outer.globals, outer.module, outer.package, parent=outer)
            self._scopes[made] = scope
        given, walker = made.node.args, Walker(self, made.scope)
        positional = [*given.posonlyargs, *given.args]
        pairs = [*zip(reversed(positional), reversed(given.defaults), strict=False)]
        pairs += [
            (item, default)
            for item, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
            if default is not None
        ]
        known = {item.arg: walker.value(default) for item, default in pairs}
        return self._run(made.node, scope, args, kwargs, known)

    def _run(
        self,
        node: FunctionNode,
        scope: Scope,
        args: Sequence[Value],
        kwargs: Mapping[str, Value],
        defaults: Mapping[str, Value],
    ) -> Value:
        _bind(node.args, scope, args, kwargs, defaults)
        if scope in self._read:
            return scope.returned
        self._read.add(scope)
        walker = Walker(self, scope)
        if isinstance(node, ast.Lambda):
            scope.give_back(walker.value(node.body))
        else:
            walker.body(node.body)
        return scope.returned

    # Modules that are not imported.

    def read_module(self, name: str, source: bytes, *, is_package: bool) -> Scope | None:
        """Return what the names of a module may be: its functions, constants and imports.

        Notes
        -----
        What the import of the module would do is not what the function does, so nothing else of
        it is looked at. A decorated function stands for itself.
        """
        tree = parse(source)
        if tree is None:
            return None
        package = name if is_package else name.rpartition(".")[0]
        scope = self._modules[name] = Scope({}, name, package)
        walker = Walker(self, scope)
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                walker.visit(node)
        for statement in tree.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                scope.store(statement.name, one(Made(statement, scope)))
            elif isinstance(statement, ast.Assign):
                with contextlib.suppress(ValueError, TypeError, SyntaxError, MemoryError):
                    value = constant(ast.literal_eval(statement.value))
                    for target in statement.targets:
                        if isinstance(target, ast.Name):
                            scope.store(target.id, value)
        return scope


def _scope_of(function: types.FunctionType) -> Scope:
    """Return a scope that knows what an existing function closes over."""
    module = str(function.__globals__.get("__name__"))
    package = function.__globals__.get("__package__") or module.rpartition(".")[0]
    scope = Scope(function.__globals__, module, str(package))
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    for name, cell in cells:
        with contextlib.suppress(ValueError):  # An empty cell.
            scope.names[name] = constant(cell.cell_contents)
    return scope


def _bind(
    given: ast.arguments,
    scope: Scope,
    args: Sequence[Value],
    kwargs: Mapping[str, Value],
    defaults: Mapping[str, Value],
) -> None:
    positional = [item.arg for item in (*given.posonlyargs, *given.args)]
    values = dict(zip(positional, args, strict=False))
    names = {*positional, *(item.arg for item in given.kwonlyargs)}
    values.update({name: value for name, value in kwargs.items() if name in names})
    for name in sorted(names):
        scope.give(name, values.get(name, defaults.get(name, UNKNOWN)))
    if given.vararg is not None:
        scope.store(given.vararg.arg, one(Items(tuple(args[len(positional) :]))))
    if given.kwarg is not None:
        kept = tuple(value for name, value in kwargs.items() if name not in names and value)
        scope.store(given.kwarg.arg, one(Items(kept)) if kept else UNKNOWN)
