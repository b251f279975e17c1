"""An abstract machine: what values flow through a code object, without running it.

It walks the bytecode of CPython 3.10 to 3.13 along every branch, and carries *atoms* in place of
values: a constant, an object that a name stands for now, a function made on the way, or a *token*,
which is whatever the rules want to follow (a cursor, a schema editor). What it does not know is the
empty set. The rules, a subclass, say what an attribute and a call of their tokens mean
(``attribute``, ``call``). No user code runs: objects are read by ``vars`` of modules and by
``inspect.getattr_static`` alone.
"""

# ruff: noqa: C901, PLR0912, PLR0917, PERF203, SIM905 - one case per kind of instruction.
from __future__ import annotations

import builtins
import dis
import inspect
import sys
import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


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


@dataclass(frozen=True, slots=True)
class Made:
    """A function that the code makes (``def``, lambda, comprehension)."""

    code: types.CodeType
    scope: Scope


@dataclass(frozen=True, slots=True)
class Bound:
    """A callable with arguments already in place: a bound method, a ``functools.partial``."""

    function: Atom
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A tuple, list or set whose members are known, in order."""

    members: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class of the project; its attributes are kept by class."""

    of: Thing


Atom: TypeAlias = "Thing | Text | Name | Token | Made | Bound | Items | Instance"
Value: TypeAlias = "frozenset[Atom]"

UNKNOWN: Value = frozenset()
NULL: Value = frozenset({Token("null")})
_MOST_ATOMS = 16
_MOST_ITEMS = 200
_MOST_TEXT = 20_000


def one(atom: Atom) -> Value:
    """Return the value that is surely this atom."""
    return frozenset({atom})


def join(first: Value, second: Value) -> Value:
    """Return what either may be; tokens are kept when there are too many to follow."""
    if first == second:
        return first
    both = first | second
    if len(both) > _MOST_ATOMS:
        return frozenset(atom for atom in both if isinstance(atom, Token)) or UNKNOWN
    return both


def is_a(value: object, kind: type[T]) -> TypeGuard[T]:
    """Whether an object is an instance, without asking its ``__class__``, which may be lazy."""
    return issubclass(type(value), kind)


def constant(value: object) -> Value:
    """Return the value of a literal."""
    if is_a(value, str):
        return one(Text(str.__str__(value), is_whole=True))
    if type(value) in {tuple, list, frozenset, set} and len(value) <= _MOST_ITEMS:  # type: ignore[arg-type]
        members: Iterable[object] = value  # type: ignore[assignment]
        if type(value) in {frozenset, set}:
            members = sorted(members, key=repr) if _are_plain(members) else ()
        return one(Items(tuple(constant(member) for member in members)))
    return one(Thing(value))


def _are_plain(members: Iterable[object]) -> bool:
    return all(type(member) in {str, int, bytes} for member in members)


@dataclass(slots=True, eq=False)
class Scope:
    """The names of one function while it is examined, and where its other names come from."""

    globals: Mapping[str, object]
    module: str
    names: dict[str, Value] = field(default_factory=dict)
    cells: dict[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    is_module: bool = False
    """Whether ``names`` are those of a module which is read and not imported."""
    changed: bool = False

    def load(self, name: str) -> Value:
        """Return what a local or closed-over name may be."""
        if name in self.names:
            return self.names[name]
        if name in self.cells:
            return self.cells[name]
        return self.parent.load(name) if self.parent else UNKNOWN

    def store(self, name: str, value: Value) -> None:
        """Let a name be this too; what it was before stays possible, on another branch."""
        scope: Scope | None = self
        while scope and name not in scope.names and name not in scope.cells:
            scope = scope.parent if scope.parent and not scope.parent.is_module else None
        home = scope or self
        names = home.names if name in home.names or name not in home.cells else home.cells
        old = names.get(name, UNKNOWN)
        new = join(old, value)
        if new != old or name not in names:
            names[name] = new
            home.changed = self.changed = True

    def state(self) -> tuple[object, ...]:
        """Return all that an answer can depend on, to be remembered by."""
        names = tuple(sorted(self.names.items(), key=lambda item: item[0]))
        cells = tuple(sorted(self.cells.items(), key=lambda item: item[0]))
        return (names, cells, self.parent.state() if self.parent else self.module)

    def load_global(self, name: str) -> Value:
        """Return what a name of the module, or a builtin, stands for."""
        root = self
        while root.parent is not None:
            root = root.parent
        if root.is_module and name in root.names:
            return root.names[name]
        if name in self.globals:
            return constant(self.globals[name])
        if hasattr(builtins, name):
            return one(Thing(getattr(builtins, name)))
        return UNKNOWN


class TooMuchError(Exception):
    """The code is too large to be examined."""


_STOPS = frozenset(
    "JUMP_FORWARD JUMP_ABSOLUTE JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT RETURN_VALUE RETURN_CONST"
    " RAISE_VARARGS RERAISE INTERPRETER_EXIT".split()
)
_NEUTRAL = frozenset(
    "NOP RESUME CACHE PRECALL EXTENDED_ARG MAKE_CELL COPY_FREE_VARS SETUP_ANNOTATIONS KW_NAMES"
    " POP_BLOCK JUMP_FORWARD JUMP_ABSOLUTE JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT SETUP_FINALLY"
    " DELETE_FAST DELETE_DEREF DELETE_NAME DELETE_GLOBAL RETURN_CONST TO_BOOL".split()
)
_POPS = {
    "POP_TOP": 1,
    "STORE_SUBSCR": 3,
    "STORE_SLICE": 4,
    "DELETE_SUBSCR": 2,
    "DELETE_ATTR": 1,
    "POP_JUMP_IF_TRUE": 1,
    "POP_JUMP_IF_FALSE": 1,
    "POP_JUMP_IF_NONE": 1,
    "POP_JUMP_IF_NOT_NONE": 1,
    "SET_ADD": 1,
    "LIST_APPEND": 1,
    "MAP_ADD": 2,
    "DICT_MERGE": 1,
    "DICT_UPDATE": 1,
    "SET_UPDATE": 1,
    "PRINT_EXPR": 1,
}
_IS_METHOD_FLAGGED = sys.version_info >= (3, 12)
_NULL_COMES_LAST = sys.version_info >= (3, 13)


class Stack(list[Value]):
    """The operands; an empty one gives the unknown, for a handler's depth is not always known."""

    def take(self, count: int = 1) -> list[Value]:
        """Pop ``count`` operands, in the order in which they were pushed."""
        return [self.pop() if self else UNKNOWN for _ in range(count)][::-1]

    def replace(self, count: int, value: Value = UNKNOWN) -> None:
        """Pop ``count`` operands and push one."""
        self.take(count)
        self.append(value)

    def push_callable(self, value: Value) -> None:
        """Push a callable and the empty slot that CPython puts beside it."""
        self.extend((value, NULL) if _NULL_COMES_LAST else (NULL, value))


class Machine:
    """Walks code objects; a subclass gives the meaning of attributes and calls.

    Notes
    -----
    Branches are followed in the order of the code, a place is visited again when more can reach it,
    and the names of a function are one map for the whole of it, so the answer never depends on
    which branch is taken.
    """

    most_steps = 200_000
    most_depth = 12
    most_contexts = 24

    def __init__(self) -> None:
        self.is_cut = False
        self.attributes: dict[tuple[int, str], Value] = {}
        self.steps = 0
        self.depth = 0
        self._memory: dict[tuple[object, ...], Value] = {}
        self._contexts: dict[types.CodeType, int] = {}
        self._instructions: dict[types.CodeType, _Body] = {}
        self._modules: dict[str, Scope | None] = {}

    # The meaning, given by the rules.

    def attribute(self, atom: Atom, name: str) -> Value:
        """Return what ``atom.name`` may be."""
        raise NotImplementedError

    def call(self, atom: Atom, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call of the atom may return."""
        raise NotImplementedError

    def call_unknown(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call of something unknown may return."""
        raise NotImplementedError

    def attribute_of_unknown(self, name: str) -> Value:
        """Return what an attribute of something unknown may be."""
        raise NotImplementedError

    def subscript(self, atom: Atom, index: Value) -> Value:
        """Return what ``atom[index]`` may be."""
        raise NotImplementedError

    def can_follow(self, function: types.FunctionType) -> bool:
        """Whether the code of a function is the project's, and worth reading."""
        raise NotImplementedError

    # Functions.

    def run_function(
        self,
        function: types.FunctionType,
        args: Sequence[Value],
        kwargs: Mapping[str, Value],
    ) -> Value:
        """Walk a function that exists, and return what it may return."""
        cells: dict[str, Value] = {}
        free = function.__code__.co_freevars
        for name, cell in zip(free, function.__closure__ or (), strict=False):
            try:
                cells[name] = constant(cell.cell_contents)
            except ValueError:  # An empty cell.
                cells[name] = UNKNOWN
        module = function.__globals__.get("__name__")
        scope = Scope(function.__globals__, str(module), cells=cells)
        defaults = [constant(value) for value in function.__defaults__ or ()]
        keyword = {key: constant(value) for key, value in (function.__kwdefaults__ or {}).items()}
        return self.run_code(function.__code__, scope, args, kwargs, defaults, keyword)

    def run_made(self, made: Made, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Walk a function that the code made."""
        scope = Scope(made.scope.globals, made.scope.module, parent=made.scope)
        return self.run_code(made.code, scope, args, kwargs)

    def run_code(
        self,
        code: types.CodeType,
        scope: Scope,
        args: Sequence[Value],
        kwargs: Mapping[str, Value],
        defaults: Sequence[Value] = (),
        keyword_defaults: Mapping[str, Value] | None = None,
    ) -> Value:
        """Walk a code object until its names settle, and return what it may return."""
        _bind(code, scope, args, kwargs, defaults, keyword_defaults or {})
        key = (code, scope.state())
        if key in self._memory:
            return self._memory[key]
        contexts = self._contexts.get(code, 0)
        if self.depth >= self.most_depth or contexts >= self.most_contexts:
            self.is_cut = True
            return UNKNOWN
        self._memory[key] = UNKNOWN
        self._contexts[code] = contexts + 1
        self.depth += 1
        try:
            result = UNKNOWN
            for _ in range(4):
                scope.changed = False
                result = join(result, self._walk(code, scope))
                if not scope.changed:
                    break
        finally:
            self.depth -= 1
        self._memory[key] = result
        return result

    def _walk(self, code: types.CodeType, scope: Scope) -> Value:
        body = self._instructions.get(code)
        if body is None:
            body = self._instructions[code] = _Body(code)
        states: dict[int, Stack] = {}
        queue = [0]
        states[0] = Stack()
        result = UNKNOWN
        handlers = list(body.handlers)
        while queue or handlers:
            if not queue:
                target, depth = handlers.pop(0)
                if target not in states:
                    states[target] = Stack([UNKNOWN] * depth)
                    queue.append(target)
                continue
            position = queue.pop()
            stack = Stack(states[position])
            while True:
                self.steps += 1
                if self.steps > self.most_steps:
                    raise TooMuchError
                instruction = body.instructions[position]
                opname = instruction.opname
                if opname == "RETURN_VALUE":
                    result = join(result, stack[-1] if stack else UNKNOWN)
                elif opname == "RETURN_CONST":
                    result = join(result, constant(instruction.argval))
                if instruction.opcode in body.jumps:
                    there = Stack(stack)
                    self._step_jump(instruction, there)
                    target = body.index[instruction.argval]
                    if _merge(states, target, there):
                        queue.append(target)
                if opname in _STOPS:
                    break
                self._step(instruction, stack, scope, body, position)
                position += 1
                if position >= len(body.instructions):
                    break
                if position in body.targets or position in states:
                    if not _merge(states, position, stack):
                        break
                    stack = Stack(states[position])
        return result

    def _step_jump(self, instruction: dis.Instruction, stack: Stack) -> None:
        if instruction.opname.startswith("JUMP_IF"):  # ..._OR_POP keeps the operand on a jump.
            return
        _resize(stack, dis.stack_effect(instruction.opcode, instruction.arg, jump=True))

    def _step(
        self,
        instruction: dis.Instruction,
        stack: Stack,
        scope: Scope,
        body: _Body,
        position: int,
    ) -> None:
        opname = instruction.opname
        if opname in _NEUTRAL:
            return
        if opname in _POPS:
            if opname == "LIST_APPEND" and instruction.arg:
                value = stack[-1] if stack else UNKNOWN
                _extend(stack, instruction.arg + 1, (value,))
            stack.take(_POPS[opname])
            return
        handler = _HANDLERS.get(opname)
        if handler is not None:
            handler(self, instruction, stack, scope, body, position)
            return
        effect = dis.stack_effect(instruction.opcode, instruction.arg, jump=False)
        _resize(stack, effect)
        if effect <= 0 and stack:
            stack[-1] = UNKNOWN

    # Values.

    def load_attribute(self, value: Value, name: str) -> Value:
        """Return what ``.name`` of a value may be."""
        if not value:
            return self.attribute_of_unknown(name)
        result = UNKNOWN
        for atom in _ordered(value):
            result = join(result, self.attribute(atom, name))
        return result

    def call_value(self, value: Value, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call may return, whatever the callee is."""
        if not value:
            return self.call_unknown(args, kwargs)
        result = UNKNOWN
        for atom in _ordered(value):
            result = join(result, self.call(atom, args, kwargs))
        return result

    def read_module(self, name: str, path: str, source: bytes) -> Scope | None:
        """Walk a module that is not imported; the scope holds what its names may be."""
        try:
            code = compile(source, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return None
        is_package = path.endswith("__init__.py")
        package = name if is_package else name.rpartition(".")[0]
        scope = Scope({"__package__": package, "__name__": name}, name, is_module=True)
        self._modules[name] = scope
        self._walk(code, scope)
        return scope

    def import_name(self, name: str, level: int, scope: Scope) -> Value:
        """Return the module that an import statement stands for, without importing it."""
        if level:
            package = scope.globals.get("__package__") or scope.module.rpartition(".")[0]
            parts = str(package).split(".")
            base = parts[: len(parts) - level + 1]
            name = ".".join([*base, name] if name else base)
        return module_named(name)


def module_named(name: str) -> Value:
    """Return a module that is already imported, else its name."""
    module = sys.modules.get(name)
    return one(Thing(module)) if module is not None else one(Name(name))


def static_attribute(owner: object, name: str) -> Value:
    """Return an attribute as it is stored, without running a descriptor.

    Notes
    -----
    Of a module, its namespace; of a class, what its MRO holds; of any other object, what its class
    holds, a function being bound.
    """
    if is_a(owner, types.ModuleType):
        namespace = vars(owner)
        if name in namespace:
            return constant(namespace[name])
        dotted = f"{namespace.get('__name__', '')}.{name}"
        return module_named(dotted)
    is_class = is_a(owner, type)
    try:
        found = inspect.getattr_static(owner, name)
    except AttributeError:
        return UNKNOWN
    if is_a(found, staticmethod):
        return constant(found.__func__)
    if is_a(found, classmethod):
        holder = owner if is_class else type(owner)
        return one(Bound(Thing(found.__func__), (one(Thing(holder)),)))
    if is_a(found, types.FunctionType):
        if is_class:
            return one(Thing(found))
        return one(Bound(Thing(found), (one(Thing(owner)),)))
    return constant(found) if type(found) in {str, tuple, list} else UNKNOWN


def _ordered(value: Value) -> list[Atom]:
    return sorted(value, key=lambda atom: type(atom).__name__) if len(value) > 1 else list(value)


def _resize(stack: Stack, effect: int) -> None:
    if effect < 0:
        stack.take(-effect)
    else:
        stack.extend([UNKNOWN] * effect)


def _merge(states: dict[int, Stack], target: int, stack: Stack) -> bool:
    """Let a stack reach a place; whether that place must be visited (again)."""
    old = states.get(target)
    if old is None:
        states[target] = Stack(stack)
        return True
    changed = False
    for index in range(1, min(len(old), len(stack)) + 1):
        joined = join(old[-index], stack[-index])
        if joined != old[-index]:
            old[-index] = joined
            changed = True
    return changed


def _bind(
    code: types.CodeType,
    scope: Scope,
    args: Sequence[Value],
    kwargs: Mapping[str, Value],
    defaults: Sequence[Value],
    keyword_defaults: Mapping[str, Value],
) -> None:
    positional = code.co_varnames[: code.co_argcount]
    keyword_end = code.co_argcount + code.co_kwonlyargcount
    keyword_only = code.co_varnames[code.co_argcount : keyword_end]
    names = scope.names
    for name, value in zip(positional[len(positional) - len(defaults) :], defaults, strict=False):
        names[name] = value
    names.update(keyword_defaults)
    for name in (*positional, *keyword_only):
        names.setdefault(name, UNKNOWN)
    names.update(zip(positional, args, strict=False))
    rest = {name: value for name, value in kwargs.items() if name not in names}
    names.update({name: value for name, value in kwargs.items() if name in names})
    if code.co_flags & inspect.CO_VARARGS:
        names[code.co_varnames[keyword_end]] = one(Items(tuple(args[len(positional) :])))
        keyword_end += 1
    if code.co_flags & inspect.CO_VARKEYWORDS:
        kept = tuple(value for value in rest.values() if value)
        names[code.co_varnames[keyword_end]] = one(Items(kept)) if kept else UNKNOWN


class _Body:
    """A code object, read once."""

    def __init__(self, code: types.CodeType) -> None:
        self.code = code
        self.instructions = [
            instruction
            for instruction in dis.get_instructions(code)
            if instruction.opname != "CACHE"
        ]
        self.index = {item.offset: index for index, item in enumerate(self.instructions)}
        self.jumps = frozenset((*dis.hasjrel, *dis.hasjabs))
        self.targets = {
            self.index[item.argval] for item in self.instructions if item.opcode in self.jumps
        }
        entries: Any = getattr(dis.Bytecode(code), "exception_entries", ())
        self.handlers = [
            (self.index[entry.target], entry.depth + 1 + bool(entry.lasti)) for entry in entries
        ]


_Handler: TypeAlias = "Callable[[Machine, dis.Instruction, Stack, Scope, _Body, int], None]"


def _extend(stack: Stack, depth: int, members: tuple[Value, ...]) -> None:
    """Let the list that lies ``depth`` below the top hold these too."""
    if len(stack) < depth:
        return
    lists = [atom for atom in stack[-depth] if isinstance(atom, Items)]
    if len(lists) == 1 and len(lists[0].members) + len(members) <= _MOST_ITEMS:
        merged = lists[0].members + tuple(
            member for member in members if member not in lists[0].members
        )
        stack[-depth] = one(Items(merged))


def members_of(value: Value) -> Value:
    """Return what one member of an iterable may be."""
    result = UNKNOWN
    for atom in value:
        if isinstance(atom, Items):
            for member in atom.members:
                result = result | member
    return result


def _load_const(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.append(constant(i.argval))


def _load_fast(_m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object) -> None:
    names = i.argval if isinstance(i.argval, tuple) else (i.argval,)
    stack.extend(scope.load(name) for name in names)


def _store_fast(_m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object) -> None:
    names = i.argval if isinstance(i.argval, tuple) else (i.argval,)
    for name in names:
        (value,) = stack.take()
        scope.store(name, value)


def _store_load_fast(
    _m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object
) -> None:
    (value,) = stack.take()
    scope.store(i.argval[0], value)
    stack.append(scope.load(i.argval[1]))


def _load_global(_m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object) -> None:
    value = scope.load_global(i.argval)
    if i.opname == "LOAD_GLOBAL" and sys.version_info >= (3, 11) and (i.arg or 0) & 1:
        stack.push_callable(value)
    else:
        stack.append(value)


def _load_name(_m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object) -> None:
    stack.append(scope.names.get(i.argval) or scope.load_global(i.argval))


def _load_attr(m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    (owner,) = stack.take()
    value = m.load_attribute(owner, i.argval)
    is_method = i.opname == "LOAD_METHOD" or (_IS_METHOD_FLAGGED and (i.arg or 0) & 1)
    if is_method:
        stack.push_callable(value)
    else:
        stack.append(value)


def _load_super_attr(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.take(3)
    if (i.arg or 0) & 1:
        stack.push_callable(UNKNOWN)
    else:
        stack.append(UNKNOWN)


def _store_attr(m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object) -> None:
    value, owner = stack.take(2)
    for atom in owner:
        if isinstance(atom, Instance):
            key = (id(atom.of.value), i.argval)
            joined = join(m.attributes.get(key, UNKNOWN), value)
            if joined != m.attributes.get(key):
                m.attributes[key] = joined
                scope.changed = True
        elif isinstance(atom, Token):
            m.attribute(atom, i.argval)


def _push_null(_m: Machine, _i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.append(NULL)


def _copy(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    depth = 1 if i.opname == "DUP_TOP" else i.arg or 1
    stack.append(stack[-depth] if len(stack) >= depth else UNKNOWN)


def _dup_two(_m: Machine, _i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.extend(stack[-2:])


def _swap(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    depth = i.arg or 1
    if len(stack) >= depth:
        stack[-1], stack[-depth] = stack[-depth], stack[-1]


def _rotate(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    depth = {"ROT_TWO": 2, "ROT_THREE": 3, "ROT_FOUR": 4}.get(i.opname) or i.arg or 1
    if len(stack) >= depth:
        stack.insert(len(stack) - depth, stack.pop())


def _call(m: Machine, i: dis.Instruction, stack: Stack, _s: Scope, body: _Body, at: int) -> None:
    names: tuple[str, ...] = ()
    if i.opname in {"CALL_KW", "CALL_FUNCTION_KW"}:
        names = _names(stack.take()[0])
    elif i.opname == "CALL":
        for previous in body.instructions[max(at - 2, 0) : at]:
            if previous.opname == "KW_NAMES":
                # Of 3.11 dis gives no ``argval`` here.
                names = body.code.co_consts[previous.arg or 0]
    args = stack.take(i.arg or 0)
    if i.opname in {"CALL_FUNCTION", "CALL_FUNCTION_KW"}:
        (callee,) = stack.take()
    else:
        first, second = stack.take(2)
        if first == NULL:
            callee = second
        else:
            callee = first
            if second != NULL:
                args = [second, *args]
    kwargs = dict(zip(names, args[len(args) - len(names) :], strict=False)) if names else {}
    stack.append(m.call_value(callee, args[: len(args) - len(names)], kwargs))


def _names(value: Value) -> tuple[str, ...]:
    for atom in value:
        if isinstance(atom, Items):
            return tuple(
                text.value for member in atom.members for text in member if isinstance(text, Text)
            )
    return ()


def _call_ex(m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    kwargs: dict[str, Value] = {}
    if (i.arg or 0) & 1:
        (mapping,) = stack.take()
        spread = members_of(mapping)
        if spread:
            kwargs = {"**": spread}
    (starred,) = stack.take()
    if sys.version_info >= (3, 11):
        first, second = stack.take(2)
        callee = second if first == NULL else first
    else:
        (callee,) = stack.take()
    spread_args: tuple[Value, ...] = ()
    for item in starred:
        if isinstance(item, Items):
            spread_args = item.members
    stack.append(m.call_value(callee, spread_args, kwargs))


def _make_function(_m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object) -> None:
    if sys.version_info < (3, 11):
        stack.take()  # The qualified name.
    (value,) = stack.take()
    if sys.version_info < (3, 13):
        stack.take((i.arg or 0).bit_count())
    bodies = [
        atom.value for atom in value if isinstance(atom, Thing) and is_a(atom.value, types.CodeType)
    ]
    stack.append(one(Made(bodies[0], scope)) if bodies else UNKNOWN)


def _set_function_attribute(_m: Machine, _i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.append(stack.take(2)[1])


def _subscript(m: Machine, _i: dis.Instruction, stack: Stack, *_: object) -> None:
    owner, index = stack.take(2)
    result = UNKNOWN
    for atom in _ordered(owner):
        result = join(result, m.subscript(atom, index))
    stack.append(result)


def _binary(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    left, right = stack.take(2)
    operator = {"BINARY_MODULO": "%", "BINARY_ADD": "+", "INPLACE_ADD": "+"}.get(i.opname)
    operator = operator or i.argrepr.rstrip("=")
    stack.append(combine(left, operator, right) if operator in {"+", "%"} else UNKNOWN)


def combine(left: Value, operator: str, right: Value) -> Value:
    """Return ``left + right`` or ``left % right`` as far as the beginning of a text is known."""
    result = UNKNOWN
    for atom in left:
        if not isinstance(atom, Text):
            continue
        if operator == "%" or not atom.is_whole:
            result = join(result, one(Text(atom.value, is_whole=False)))
            continue
        tails = [tail for tail in right if isinstance(tail, Text)]
        for tail in tails or (Text("", is_whole=False),):
            text = atom.value + tail.value
            whole = tail.is_whole and len(text) <= _MOST_TEXT
            result = join(result, one(Text(text[:_MOST_TEXT], is_whole=whole)))
    return result


def _build_string(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    parts = stack.take(i.arg or 0)
    result = parts[0] if parts else constant("")
    if not any(isinstance(atom, Text) for atom in result):
        result = one(Text("", is_whole=False))
    for part in parts[1:]:
        result = combine(result, "+", part)
    stack.append(result)


def _format(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    has_spec = i.opname == "FORMAT_WITH_SPEC" or (
        i.opname == "FORMAT_VALUE" and (i.arg or 0) & 4 == 4  # FVS_HAVE_SPEC
    )
    if has_spec:
        stack.take()
    (value,) = stack.take()
    stack.append(frozenset(atom for atom in value if isinstance(atom, Text)))


def _build_items(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    members = stack.take(i.arg or 0)
    stack.append(one(Items(tuple(members))) if len(members) <= _MOST_ITEMS else UNKNOWN)


def _list_extend(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    (value,) = stack.take()
    for atom in value:
        if isinstance(atom, Items):
            _extend(stack, i.arg or 1, atom.members)


def _keep(_m: Machine, _i: dis.Instruction, _stack: Stack, *_: object) -> None:
    """Leave the operand as it is: an iterator is followed as its iterable."""


def _intrinsic(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    if i.argrepr != "INTRINSIC_LIST_TO_TUPLE":
        stack.replace(1)


def _for_iter(_m: Machine, _i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.append(members_of(stack[-1]) if stack else UNKNOWN)


def _unpack(_m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    (value,) = stack.take()
    count = i.arg or 0
    slots = [UNKNOWN] * count
    for atom in value:
        if isinstance(atom, Items) and len(atom.members) == count:
            slots = [join(slot, member) for slot, member in zip(slots, atom.members, strict=True)]
    stack.extend(reversed(slots))


def _enter(_m: Machine, _i: dis.Instruction, stack: Stack, *_: object) -> None:
    (manager,) = stack.take()
    entered = frozenset(atom for atom in manager if isinstance(atom, Token))
    stack.extend((UNKNOWN, entered))


def _import_name(m: Machine, i: dis.Instruction, stack: Stack, scope: Scope, *_: object) -> None:
    level, names = stack.take(2)
    number = next((atom.value for atom in level if isinstance(atom, Thing)), 0)
    deep = number if type(number) is int else 0
    name = i.argval
    if not deep and not any(isinstance(atom, Items) for atom in names):
        name = name.partition(".")[0]  # ``import a.b`` binds ``a``.
    stack.append(m.import_name(name, deep, scope))


def _import_from(m: Machine, i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.append(m.load_attribute(stack[-1] if stack else UNKNOWN, i.argval))


def _generator(_m: Machine, _i: dis.Instruction, stack: Stack, *_: object) -> None:
    stack.append(UNKNOWN)


_HANDLERS: dict[str, _Handler] = {
    "LOAD_CONST": _load_const,
    "LOAD_FAST": _load_fast,
    "LOAD_FAST_CHECK": _load_fast,
    "LOAD_FAST_AND_CLEAR": _load_fast,
    "LOAD_FAST_LOAD_FAST": _load_fast,
    "LOAD_DEREF": _load_fast,
    "LOAD_CLASSDEREF": _load_fast,
    "LOAD_CLOSURE": _load_fast,
    "STORE_FAST": _store_fast,
    "STORE_FAST_STORE_FAST": _store_fast,
    "STORE_FAST_LOAD_FAST": _store_load_fast,
    "STORE_DEREF": _store_fast,
    "STORE_NAME": _store_fast,
    "STORE_GLOBAL": _store_fast,
    "LOAD_GLOBAL": _load_global,
    "LOAD_NAME": _load_name,
    "LOAD_ATTR": _load_attr,
    "LOAD_METHOD": _load_attr,
    "LOAD_SUPER_ATTR": _load_super_attr,
    "STORE_ATTR": _store_attr,
    "PUSH_NULL": _push_null,
    "COPY": _copy,
    "DUP_TOP": _copy,
    "DUP_TOP_TWO": _dup_two,
    "SWAP": _swap,
    "ROT_TWO": _rotate,
    "ROT_THREE": _rotate,
    "ROT_FOUR": _rotate,
    "ROT_N": _rotate,
    "CALL": _call,
    "CALL_KW": _call,
    "CALL_FUNCTION": _call,
    "CALL_FUNCTION_KW": _call,
    "CALL_METHOD": _call,
    "CALL_FUNCTION_EX": _call_ex,
    "CALL_INTRINSIC_1": _intrinsic,
    "MAKE_FUNCTION": _make_function,
    "SET_FUNCTION_ATTRIBUTE": _set_function_attribute,
    "BINARY_SUBSCR": _subscript,
    "BINARY_OP": _binary,
    "BINARY_ADD": _binary,
    "INPLACE_ADD": _binary,
    "BINARY_MODULO": _binary,
    "BUILD_STRING": _build_string,
    "FORMAT_VALUE": _format,
    "FORMAT_SIMPLE": _format,
    "FORMAT_WITH_SPEC": _format,
    "CONVERT_VALUE": _keep,
    "BUILD_TUPLE": _build_items,
    "BUILD_LIST": _build_items,
    "BUILD_SET": _build_items,
    "LIST_EXTEND": _list_extend,
    "LIST_TO_TUPLE": _keep,
    "GET_ITER": _keep,
    "FOR_ITER": _for_iter,
    "UNPACK_SEQUENCE": _unpack,
    "BEFORE_WITH": _enter,
    "SETUP_WITH": _enter,
    "IMPORT_NAME": _import_name,
    "IMPORT_FROM": _import_from,
    "RETURN_GENERATOR": _generator,
}
