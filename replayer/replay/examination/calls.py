"""What a call means for the schema."""

from __future__ import annotations

import ast
import functools
import types
from typing import TYPE_CHECKING

from replayer.replay.examination.atoms import (
    ANYTHING,
    UNKNOWN,
    Atom,
    Bound,
    Instance,
    Items,
    Made,
    Name,
    Text,
    Thing,
    Token,
    Value,
    combine,
    is_a,
    join,
    listed,
    members_of,
    one,
    ordered,
)
from replayer.replay.examination.attributes import Attributes
from replayer.replay.examination.connections import (
    CONNECTION,
    CONNECTION_GIVERS,
    CURSOR,
    EDITOR,
    FOLLOWED,
    token_of,
    tokenized_constant,
)
from replayer.replay.examination.lookup import (
    STANDARD,
    dotted_name,
    is_installed,
    is_known_package,
    static_attribute,
    top_of,
)
from replayer.replay.examination.sql import judge_sql, looks_like_ddl
from replayer.replay.examination.verdict import FoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_REACHING = {
    "django.core.management.execute_from_command_line": "calls a management command",
    "django.core.management.ManagementUtility": "calls a management command",
    "django.db.migrations.executor.MigrationExecutor": "uses MigrationExecutor",
    "django.db.backends.base.schema.BaseDatabaseSchemaEditor": "opens a schema editor",
}
_HARMLESS = (
    frozenset(
        f"builtins.{kind.__name__}" for kind in (bool, id, len, repr, str, type, dir, vars, print)
    )
    | frozenset(f"builtins.{kind.__name__}" for kind in (isinstance, issubclass, hasattr, callable))
    | {"django.db.migrations.operations.special.RunPython.noop"}
)
# These give back what they are given, as far as it is followed.
_GIVES_BACK = frozenset(f"builtins.{name}" for name in ("list", "tuple", "sorted", "iter"))
_GIVES_BACK |= {"textwrap.dedent", "contextlib.closing"}
# Commands that move rows and nothing else.
_DATA_COMMANDS = frozenset({"loaddata", "clearsessions", "remove_stale_contenttypes", "flush"})
_SAME_TEXT = frozenset({"strip", "lstrip", "rstrip", "upper", "lower", "dedent", "replace"})


class Rules(Attributes):
    """Says what calls mean; raises where one surely reaches the schema."""

    def call(self, atom: Atom, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call may return."""
        if isinstance(atom, Token):
            return self._call_token(atom, args, kwargs)
        if isinstance(atom, Made):
            return self.run_made(atom, args, kwargs)
        if isinstance(atom, Bound):
            if isinstance(atom.function, Token):
                return _method_result(atom.args[0], atom.function.detail, args)
            return self.call(atom.function, (*atom.args, *args), {**dict(atom.kwargs), **kwargs})
        if isinstance(atom, Thing):
            return self._call_thing(atom.value, args, kwargs)
        if isinstance(atom, Name):
            return self._call_named(atom.dotted, args, kwargs)
        return self.call_unknown(args, kwargs)

    def call_unknown(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Judge a call by what is handed over: an editor, a cursor, functions, DDL."""
        values = [*args, *kwargs.values()]
        for atom in (atom for value in values for atom in ordered(value)):
            if atom == EDITOR:
                self._suspect("passes schema_editor to code that cannot be read")
            elif atom in {CONNECTION, CURSOR}:
                self._suspect("passes a connection or cursor to code that cannot be read")
            elif isinstance(atom, Made):
                self.run_made(atom, (), {})
            elif isinstance(atom, Thing) and is_a(atom.value, types.FunctionType):
                if self._can_follow(atom.value):
                    self.run_function(atom.value, (), {})
            elif isinstance(atom, Bound) and not isinstance(atom.function, Token):
                self.call(atom.function, atom.args, dict(atom.kwargs))
        self._look_for_ddl(values)
        return UNKNOWN

    def _call_token(
        self, token: Token, args: Sequence[Value], kwargs: Mapping[str, Value]
    ) -> Value:
        if token.kind == "run":
            self._run_sql(token.detail, args[0] if args else kwargs.get("sql", UNKNOWN))
            return UNKNOWN
        if token.kind == "makes cursor":
            self._note("uses a cursor for data only")
            return one(CURSOR)
        if token.kind == "makes data SQL":
            return listed([one(Text("SELECT ", is_whole=False))])
        if token.kind == "makes connections":
            return listed([one(CONNECTION)])
        if token == EDITOR:
            raise FoundError("opens a schema editor")
        if token.kind == "harmless":
            return UNKNOWN
        return self.call_unknown(args, kwargs)

    def _call_thing(
        self, target: object, args: Sequence[Value], kwargs: Mapping[str, Value]
    ) -> Value:
        if is_a(target, functools.partial):
            kept = tuple(tokenized_constant(value) for value in target.args)
            named = {key: tokenized_constant(value) for key, value in target.keywords.items()}
            return self.call(Thing(target.func), (*kept, *args), {**named, **kwargs})
        if is_a(target, types.MethodType):
            owner = one(Thing(target.__self__))
            return self.call(Thing(target.__func__), (owner, *args), kwargs)
        if is_a(target, staticmethod):
            return self.call(Thing(target.__func__), args, kwargs)
        if is_a(target, types.FunctionType):
            return self._call_function(target, args, kwargs)
        if is_a(target, type):
            return self._call_class(target, args, kwargs)
        if not is_a(target, types.BuiltinFunctionType) and token_of(target) is None:
            method = static_attribute(target, "__call__")
            if method:
                return self.call_value(method, args, kwargs)
        if target is getattr and len(args) > 1:
            return self._call_getattr(args)
        return self._call_named(dotted_name(target), args, kwargs)

    def _call_function(
        self, target: types.FunctionType, args: Sequence[Value], kwargs: Mapping[str, Value]
    ) -> Value:
        dotted = dotted_name(target)
        is_first = self.root is None
        if self.root is None:
            self.root = str(target.__globals__.get("__name__"))
        is_foreign = top_of(dotted) in {"django", *STANDARD}
        result: Value | None = None
        if self._can_follow(target) or (not is_foreign and _holds_tokens(args, kwargs)):
            result = self.run_function(target, args, kwargs)
            wrapped = target.__dict__.get("__wrapped__")
            if is_a(wrapped, types.FunctionType):
                inner = self._call_function(wrapped, args, kwargs)
                result = inner if result is None else join(result, inner)
        if result is not None:
            return result
        if is_first:
            self._suspect("has no source that could be read")
        return self._call_named(dotted, args, kwargs)

    def _call_class(
        self, target: type, args: Sequence[Value], kwargs: Mapping[str, Value]
    ) -> Value:
        if target is functools.partial and args:
            bound = [
                one(Bound(atom, tuple(args[1:]), tuple(kwargs.items())))
                for atom in ordered(args[0])
            ]
            return functools.reduce(join, bound, UNKNOWN)
        dotted = dotted_name(target)
        if dotted in _REACHING or top_of(dotted) in {"django", "builtins", *STANDARD}:
            return self._call_named(dotted, args, kwargs)
        instance = one(Instance(Thing(target)))
        for atom in static_attribute(target, "__init__"):
            if isinstance(atom, Thing) and is_a(atom.value, types.FunctionType):
                is_read = self._can_follow(atom.value)
                if is_read:
                    is_read = self.run_function(atom.value, (instance, *args), kwargs) is not None
                if not is_read and _holds_tokens(args, kwargs):
                    return self._call_named(dotted, args, kwargs)
        return instance

    def _call_getattr(self, args: Sequence[Value]) -> Value:
        names = [atom.value for atom in args[1] if isinstance(atom, Text) and atom.is_whole]
        if not names and EDITOR in args[0]:
            self._suspect("uses an attribute of schema_editor that is chosen while it runs")
        found = [self.load_attribute(args[0], name) for name in names]
        return functools.reduce(join, found, UNKNOWN)

    def _call_named(self, dotted: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Judge a callee by its name, for its code is not followed."""
        if dotted in _REACHING:
            raise FoundError(_REACHING[dotted])
        if dotted == "django.core.management.call_command":
            return self._call_command(args[0] if args else UNKNOWN)
        if dotted in CONNECTION_GIVERS:
            return one(CONNECTION)
        if dotted in _GIVES_BACK and args:
            return args[0]
        if dotted in _HARMLESS:
            return UNKNOWN
        if not is_known_package(dotted) and not dotted.startswith("builtins."):
            self.conclusions.doubts.append(f"calls {dotted}, whose code cannot be read")
        return self.call_unknown(args, kwargs)

    def _call_command(self, command: Value) -> Value:
        names = sorted(atom.value for atom in command if isinstance(atom, Text))
        if not names:
            raise FoundError("calls a management command")
        told = f"calls the management command {names[0]}"
        if not set(names) <= _DATA_COMMANDS:
            raise FoundError(told)
        self._note(told)
        return UNKNOWN

    def _run_sql(self, what: str, sql: Value) -> None:
        texts = [atom for atom in ordered(sql) if isinstance(atom, Text)]
        if not texts or ANYTHING in sql:
            self._suspect(f"uses {what} with SQL that is built while it runs")
        for text in texts:
            reaches, is_certain = judge_sql(text)
            if reaches and is_certain:
                raise FoundError(f"uses {what} with DDL")
            if reaches:
                self._suspect(f"uses {what} with SQL that may change the schema")
            else:
                self._note(f"uses {what} for data only")
                if not is_certain:
                    told = f"uses {what} for data, as far as its SQL is known"
                    self.conclusions.doubts.append(told)

    def _look_for_ddl(self, values: Sequence[Value]) -> None:
        if any(isinstance(a, Text) and looks_like_ddl(a) for value in values for a in value):
            self._suspect("passes DDL to code that cannot be read")

    def _can_follow(self, function: types.FunctionType) -> bool:
        """Whether a function belongs to the project, or to the app of the migration."""
        module = str(function.__globals__.get("__name__"))
        if module == self.root:
            return True
        top = top_of(module)
        if top in {"django", *STANDARD}:
            return False
        if self.root is not None and top == top_of(self.root):
            return True
        return not is_installed(function.__code__.co_filename)

    def _suspect(self, reason: str) -> None:
        self.conclusions.suspicions.append(reason)

    def _note(self, reason: str) -> None:
        self.conclusions.notes.append(reason)


def _method_result(owner: Value, name: str, args: Sequence[Value]) -> Value:
    """Return what the methods of texts and lists give that SQL is built with."""
    if name == "format":
        return combine(owner, ast.Mod, UNKNOWN)
    if name in _SAME_TEXT or name == "values":
        return owner
    if name == "join" and args:
        return combine(members_of(args[0]), ast.Mod, UNKNOWN)
    if name == "items":
        pairs = [item.members for item in owner if isinstance(item, Items)]
        return listed(one(Items((UNKNOWN, member))) for members in pairs for member in members)
    if name in {"split", "splitlines"}:
        return listed([owner])
    return UNKNOWN


def _holds_tokens(args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
    return any(not FOLLOWED.isdisjoint(value) for value in (*args, *kwargs.values()))
