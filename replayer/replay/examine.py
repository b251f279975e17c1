"""Whether a ``RunPython`` function can change the schema, told from its code without running it.

A function that only moves data is skipped by the replay; one that reaches the schema is run against
the offline connection. The rules err towards "reaches": running a function too many costs an opaque
operation at worst, skipping one leaves a wrong schema.
"""

# ruff: noqa: C901, PLR0912, SIM905, ARG002 - one case per kind of value.
from __future__ import annotations

import contextlib
import functools
import re
import sys
import sysconfig
import types
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from replayer.replay.bytecode import (
    UNKNOWN,
    Atom,
    Bound,
    Instance,
    Items,
    Machine,
    Made,
    Name,
    Scope,
    Text,
    Thing,
    Token,
    TooMuchError,
    Value,
    combine,
    constant,
    is_a,
    join,
    members_of,
    one,
    static_attribute,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a function can do to the schema."""

    reaches_schema: bool
    reason: str
    """A phrase whose subject is the function: ``uses schema_editor.execute``."""
    certain: bool
    """False where a value that decides could not be known, such as SQL built while it runs."""


def examine(function: object) -> Reach:
    """Tell whether ``function(apps, schema_editor)`` can reach the schema.

    Parameters
    ----------
    function
        The ``code`` or ``reverse_code`` of a ``RunPython``: any callable.

    Notes
    -----
    Nothing of the user's is run: code objects are read, names are resolved through ``__globals__``
    and closures, attributes as they are stored. Helpers are followed into the modules of the
    project and of the app, not into those of Django, of the standard library or of other packages.
    """
    return _examined(function, (one(_APPS), one(_EDITOR)), {})


def examine_handler(function: object) -> Reach:
    """Tell whether a handler of ``pre_migrate`` or ``post_migrate`` can reach the schema.

    Parameters
    ----------
    function
        The receiver: any callable that takes the signal's keyword arguments.
    """
    names = ("signal", "sender", "app_config", "verbosity", "interactive", "using", "stdout")
    given = dict.fromkeys((*names, "plan"), UNKNOWN)
    return _examined(function, (), {**given, "apps": one(_APPS)})


def _examined(function: object, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Reach:
    rules = _Rules()
    try:
        rules.call(Thing(function), args, kwargs)
    except _FoundError as found:
        return Reach(reaches_schema=True, reason=found.reason, certain=True)
    except TooMuchError:
        return Reach(reaches_schema=True, reason="is too large to be examined", certain=False)
    except (IndexError, KeyError, TypeError, ValueError):
        # Bytecode of another shape than CPython's compiler makes; to run it is the safe answer.
        return Reach(reaches_schema=True, reason="cannot be examined", certain=False)
    except RecursionError:
        return Reach(reaches_schema=True, reason="is too deep to be examined", certain=False)
    if rules.suspicions:
        return Reach(reaches_schema=True, reason=rules.suspicions[0], certain=False)
    if rules.is_cut:
        rules.doubts.append("calls more helpers than are followed")
    reason = next(iter(rules.doubts), rules.notes[0] if rules.notes else "only moves data")
    return Reach(reaches_schema=False, reason=reason, certain=not rules.doubts)


class _FoundError(Exception):
    """The schema is reached; carries the reason out of the walk."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_APPS = Token("apps")
_EDITOR = Token("editor")
_CONNECTION = Token("connection")
_CONNECTIONS = Token("connections")
_CURSOR = Token("cursor")
_OPERATIONS = Token("operations")

# Source: django/db/backends/base/schema.py, BaseDatabaseSchemaEditor: these change nothing.
_HARMLESS_OF_EDITOR = frozenset({"quote_name", "quote_value", "atomic", "atomic_migration"})
_HARMLESS_OF_EDITOR |= {"collect_sql", "__class__", "__enter__", "__exit__"}
_REACHING_OF_CONNECTION = {
    "introspection": "uses introspection",
    "schema_editor": "opens a schema editor",
    "SchemaEditorClass": "opens a schema editor",
    "creation": "uses connection.creation",
    "connection": "uses the driver's connection",
    "prepare_database": "uses connection.prepare_database",
}
_CURSOR_RUNS = frozenset({"execute", "executemany", "executescript"})
_HARMLESS_CALLEES = frozenset(
    f"builtins.{name}"
    for name in (
        "print isinstance hasattr type str repr bool id len callable issubclass dir vars".split()
    )
) | {"django.db.migrations.operations.special.RunPython.noop"}
_ITERABLE_MAKERS = frozenset(f"builtins.{name}" for name in ("list", "tuple", "sorted", "iter"))
_PRINTERS = frozenset({"print", "info", "debug", "warning", "error", "exception", "log", "write"})
_QUERY_METHODS = frozenset({"get_compiler", "as_sql", "using", "db_manager", "allow_migrate"})
_REACHING_CALLEES = {
    "django.core.management.execute_from_command_line": "calls a management command",
    "django.core.management.ManagementUtility": "calls a management command",
    "django.db.migrations.executor.MigrationExecutor": "uses MigrationExecutor",
    "django.db.backends.base.schema.BaseDatabaseSchemaEditor": "opens a schema editor",
}
# Commands that move rows and nothing else.
_DATA_COMMANDS = frozenset({"loaddata", "clearsessions", "remove_stale_contenttypes", "flush"})
_CONNECTION_GIVERS = frozenset({"django.db.transaction.get_connection"})
_CONNECTION_TYPES = {
    "django.db.utils.ConnectionHandler": _CONNECTIONS,
    "django.utils.connection.ConnectionProxy": _CONNECTION,
    "django.db.DefaultConnectionProxy": _CONNECTION,
}
_CONNECTION_NAMES = {
    "django.db.connection": _CONNECTION,
    "django.db.connections": _CONNECTIONS,
    "django.db.utils.connections": _CONNECTIONS,
}

_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_LITERALS = re.compile(r"'(?:[^']|'')*'")
_DATA_VERBS = frozenset(
    "SELECT INSERT UPDATE DELETE WITH MERGE REPLACE TRUNCATE VALUES EXPLAIN ANALYZE VACUUM LOCK SET"
    " RESET SHOW BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE START COPY USE DECLARE IF FETCH"
    " PRAGMA CLOSE NOTIFY UNLOCK TABLE DESCRIBE DESC".split()
)
_DDL = re.compile(
    r"\b(?:CREATE|ALTER|DROP|COMMENT\s+ON|RENAME\s+TABLE|REINDEX|REFRESH\s+MATERIALIZED|GRANT|REVOKE)\b",
    re.IGNORECASE,
)
_DDL_WORDS = re.compile(
    r"^\s*(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|TEMPORARY\s+|UNIQUE\s+)*"
    r"(?:TABLE|INDEX|VIEW|MATERIALIZED|EXTENSION|TRIGGER|FUNCTION|PROCEDURE|SEQUENCE|TYPE|SCHEMA"
    r"|DOMAIN|COLLATION|CONSTRAINT|TEXT\s+SEARCH)\b",
    re.IGNORECASE,
)
_MAKING_FUNCTION = re.compile(
    r"\b(?:create_\w+|drop_\w+|AddGeometryColumn|DropGeometryColumn|sp_rename)\s*\(", re.IGNORECASE
)
# Settings that change what later DDL does: SQLite's ``legacy_alter_table``, a search path.
_SETTINGS = re.compile(
    r"(?:^|;)\s*(?:PRAGMA\s+\w*(?:alter_table|writable_schema)|SET\s+(?:\w+\s+)?(?:search_path|default_\w+))",
    re.IGNORECASE,
)


def judge_sql(text: Text) -> tuple[bool, bool]:
    """Return whether SQL may change the schema, and whether that is certain.

    Notes
    -----
    Told by the verbs of its statements. Of text that is not known to its end only what is known is
    judged, and a first verb that moves data is believed.
    """
    plain = _LITERALS.sub("''", _COMMENTS.sub(" ", text.value))
    verbs = []
    for statement in plain.split(";"):
        words = statement.split(None, 1)
        if words:
            verbs.append(words[0].upper().strip("("))
    if not verbs:
        return (not text.is_whole, text.is_whole)
    if not text.is_whole and len(plain.split()) == 1 and not plain[-1:].isspace():
        # The verb itself may be cut short.
        return (verbs[0] not in _DATA_VERBS, False)
    if _DDL.match(plain.strip()) or any(_DDL.match(verb) for verb in verbs):
        return (True, True)
    if _SETTINGS.search(plain):
        return (True, True)
    if _MAKING_FUNCTION.search(plain):
        return (True, False)
    if all(verb in _DATA_VERBS for verb in verbs):
        return (False, text.is_whole)
    return (True, False)


class _Rules(Machine):
    """What attributes and calls mean for the schema."""

    def __init__(self) -> None:
        super().__init__()
        self.suspicions: list[str] = []
        self.doubts: list[str] = []
        self.notes: list[str] = []
        self._root: str | None = None
        self._is_reading = False

    # Attributes.

    def attribute(self, atom: Atom, name: str) -> Value:
        """Return what ``atom.name`` may be; raises where it alone reaches the schema."""
        if self._is_reading and not isinstance(atom, (Thing, Name)):
            return UNKNOWN
        if isinstance(atom, Token):
            return self._attribute_of_token(atom, name)
        if isinstance(atom, Thing):
            token = _token_of(atom.value)
            if token is not None and self._is_reading:
                return UNKNOWN
            if token is not None:
                return self._attribute_of_token(token, name)
            value = _tokenized(static_attribute(atom.value, name))
            if name == "partialmethod":
                return UNKNOWN
            return value or self.attribute_of_unknown(name)
        if isinstance(atom, Name):
            dotted = f"{atom.dotted}.{name}"
            scope = self._module_read(atom.dotted)
            if scope is not None and scope.names.get(name):
                return scope.names[name]
            return one(_CONNECTION_NAMES.get(dotted) or Name(dotted))
        if isinstance(atom, Text):
            return one(Bound(Token("text method", name), (one(atom),)))
        if isinstance(atom, Instance):
            known = self.attributes.get((id(atom.of.value), name))
            if known:
                return known
            found = _tokenized(static_attribute(atom.of.value, name))
            bound = UNKNOWN
            for item in found:
                is_function = isinstance(item, Thing) and is_a(item.value, types.FunctionType)
                bound = join(bound, one(Bound(item, (one(atom),)) if is_function else item))
            return bound or self.attribute_of_unknown(name)
        if isinstance(atom, Items) and name in {"append", "extend", "items", "values", "keys"}:
            return one(Bound(Token("items method", name), (one(atom),)))
        return self.attribute_of_unknown(name)

    def _attribute_of_token(self, token: Token, name: str) -> Value:
        if token == _EDITOR:
            if name == "connection":
                return one(_CONNECTION)
            if name == "execute":
                return one(Token("run", "schema_editor.execute"))
            if name in _HARMLESS_OF_EDITOR:
                return UNKNOWN
            raise _FoundError(f"uses schema_editor.{name}")
        if token == _CONNECTION:
            if name in {"cursor", "chunked_cursor"}:
                return one(Token("makes cursor"))
            if name in _REACHING_OF_CONNECTION:
                raise _FoundError(_REACHING_OF_CONNECTION[name])
            return one(_OPERATIONS) if name == "ops" else UNKNOWN
        if token == _OPERATIONS:
            # Source: django/db/backends/postgresql/operations.py, sequence_reset_sql: SELECTs.
            is_reset = name.startswith("sequence_reset")
            return one(Token("makes data SQL")) if is_reset else UNKNOWN
        if token == _CONNECTIONS:
            return one(Token("makes connections")) if name == "all" else UNKNOWN
        if token == _CURSOR:
            if name in _CURSOR_RUNS:
                return one(Token("run", f"cursor.{name}"))
            if name in {"connection", "db"}:
                return one(_CONNECTION)
            if name == "cursor":
                return one(_CURSOR)
            if name == "callproc":
                self._suspect("calls a stored procedure")
            return UNKNOWN
        return self.attribute_of_unknown(name)

    def attribute_of_unknown(self, name: str) -> Value:
        """Return what an attribute means by its name alone."""
        if self._is_reading:
            return UNKNOWN
        if name == "cursor":
            return one(Token("makes cursor"))
        if name == "schema_editor":
            return one(_EDITOR)
        if name == "introspection":
            raise _FoundError("uses introspection")
        if name in _CURSOR_RUNS:
            return one(Token("maybe run", name))
        if name in _PRINTERS | _QUERY_METHODS:
            return one(Token("harmless", name))
        return UNKNOWN

    def subscript(self, atom: Atom, index: Value) -> Value:
        """Return what ``atom[index]`` may be."""
        token = _token_of(atom.value) if isinstance(atom, Thing) else atom
        if token == _CONNECTIONS:
            return one(_CONNECTION)
        if isinstance(atom, Items):
            return members_of(one(atom))
        return UNKNOWN

    def _module_read(self, name: str) -> Scope | None:
        """Return what a module of the project holds that is not imported, read from its file."""
        if name not in self._modules:
            self._modules[name] = None
            path = _path_of_module(name)
            is_own = self._root is not None and _top(name) == _top(self._root)
            if path is None or (_is_installed(str(path)) and not is_own):
                return None
            was_reading, self._is_reading = self._is_reading, True
            with contextlib.suppress(OSError):
                self.read_module(name, str(path), path.read_bytes())
            self._is_reading = was_reading
        return self._modules[name]

    # Calls.

    def call(self, atom: Atom, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Return what a call may return; raises where it reaches the schema."""
        if self._is_reading:
            # What the import of a module does is not what the function does; a decorated function
            # stands for itself.
            return _made_among(args)
        if isinstance(atom, Token):
            return self._call_token(atom, args, kwargs)
        if isinstance(atom, Made):
            return self.run_made(atom, args, kwargs)
        if isinstance(atom, Bound):
            if isinstance(atom.function, Token):
                return self._call_method(atom, args)
            return self.call(atom.function, (*atom.args, *args), {**dict(atom.kwargs), **kwargs})
        if isinstance(atom, Thing):
            return self._call_thing(atom, args, kwargs)
        if isinstance(atom, Name):
            return self._call_named(atom.dotted, args, kwargs)
        return self.call_unknown(args, kwargs)

    def _call_token(
        self, token: Token, args: Sequence[Value], kwargs: Mapping[str, Value]
    ) -> Value:
        if token.kind == "run":
            self._run_sql(token.detail, args, kwargs)
            return UNKNOWN
        if token.kind == "maybe run":
            self._look_for_ddl(args)
            return self.call_unknown(args, kwargs)
        if token.kind == "makes cursor":
            self._note("uses a cursor for data only")
            return one(_CURSOR)
        if token.kind == "makes data SQL":
            return one(Items((one(Text("SELECT ", is_whole=False)),)))
        if token.kind == "makes connections":
            return one(Items((one(_CONNECTION),)))
        if token == _EDITOR:
            raise _FoundError("opens a schema editor")
        if token.kind == "harmless":
            return UNKNOWN
        return self.call_unknown(args, kwargs)

    def _call_method(self, bound: Bound, args: Sequence[Value]) -> Value:
        """Follow the methods of texts and lists that SQL is built with."""
        (owner,) = bound.args
        function = bound.function
        name = function.detail if isinstance(function, Token) else ""
        if name == "format":
            return combine(owner, "%", UNKNOWN)
        if name in {"strip", "lstrip", "rstrip", "upper", "lower", "dedent", "replace"}:
            return owner
        if name == "join" and args:
            return combine(members_of(args[0]), "%", UNKNOWN)
        if name in {"items", "values", "keys"}:
            return owner
        if name in {"split", "splitlines"}:
            return one(Items((owner,)))
        return UNKNOWN

    def _call_thing(
        self, thing: Thing, args: Sequence[Value], kwargs: Mapping[str, Value]
    ) -> Value:
        target = thing.value
        if is_a(target, functools.partial):
            kept = tuple(_constant(value) for value in target.args)
            named = {key: _constant(value) for key, value in target.keywords.items()}
            return self.call(Thing(target.func), (*kept, *args), {**named, **kwargs})
        if is_a(target, types.MethodType):
            owner = one(Thing(target.__self__))
            return self.call(Thing(target.__func__), (owner, *args), kwargs)
        if is_a(target, staticmethod):
            return self.call(Thing(target.__func__), args, kwargs)
        if target is functools.partial and args:
            named_args = tuple(kwargs.items())
            bound = [one(Bound(atom, tuple(args[1:]), named_args)) for atom in args[0]]
            return functools.reduce(join, bound, UNKNOWN)
        if target is getattr and len(args) > 1:
            return self._call_getattr(args)
        dotted = _dotted_name(target)
        if is_a(target, types.FunctionType) and dotted not in _CONNECTION_GIVERS:
            if self._root is None:
                self._root = str(target.__globals__.get("__name__"))
            is_foreign = _top(dotted) in {"django", *_STANDARD}
            if self.can_follow(target) or (not is_foreign and _holds_tokens(args, kwargs)):
                wrapped = target.__dict__.get("__wrapped__")
                if is_a(wrapped, types.FunctionType):
                    self.run_function(wrapped, args, kwargs)
                return self.run_function(target, args, kwargs)
        elif is_a(target, type):
            made = self._call_class(target, dotted, args, kwargs)
            if made is not None:
                return made
        elif not is_a(target, types.BuiltinFunctionType) and _token_of(target) is None:
            method = static_attribute(target, "__call__")
            if method:
                return self.call_value(method, args, kwargs)
        return self._call_named(dotted, args, kwargs)

    def _call_class(
        self, target: type, dotted: str, args: Sequence[Value], kwargs: Mapping[str, Value]
    ) -> Value | None:
        if dotted in _REACHING_CALLEES or _top(dotted) in {"django", "builtins", *_STANDARD}:
            return None
        instance = Instance(Thing(target))
        for atom in static_attribute(target, "__init__"):
            if isinstance(atom, Thing) and is_a(atom.value, types.FunctionType):
                if self.can_follow(atom.value):
                    self.run_function(atom.value, (one(instance), *args), kwargs)
                elif _holds_tokens(args, kwargs):
                    return None
        return one(instance)

    def _call_getattr(self, args: Sequence[Value]) -> Value:
        names = [atom.value for atom in args[1] if isinstance(atom, Text) and atom.is_whole]
        if not names and _EDITOR in args[0]:
            self._suspect("uses an attribute of schema_editor that is chosen while it runs")
        result = UNKNOWN
        for name in names:
            result = join(result, self.load_attribute(args[0], name))
        return result

    def _call_named(self, dotted: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Judge a callee by its name, for its code is not followed."""
        if dotted in _REACHING_CALLEES:
            raise _FoundError(_REACHING_CALLEES[dotted])
        if dotted == "django.core.management.call_command":
            return self._call_command(args)
        if dotted in _CONNECTION_GIVERS:
            return one(_CONNECTION)
        if dotted == "textwrap.dedent" and args:
            return args[0]
        if dotted == "contextlib.closing" and args:
            return args[0]
        if dotted in _ITERABLE_MAKERS and args:
            return args[0]
        if dotted in _HARMLESS_CALLEES:
            return UNKNOWN
        if not _is_known_package(dotted) and not dotted.startswith("builtins."):
            self.doubts.append(f"calls {dotted}, whose code cannot be read")
        return self.call_unknown(args, kwargs)

    def _call_command(self, args: Sequence[Value]) -> Value:
        names = [atom.value for atom in (args[0] if args else ()) if isinstance(atom, Text)]
        if names and set(names) <= _DATA_COMMANDS:
            self._note(f"calls the management command {names[0]}")
            return UNKNOWN
        raise _FoundError(
            f"calls the management command {names[0]}" if names else "calls a management command"
        )

    def call_unknown(self, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Value:
        """Judge a call by what is handed over: an editor, a cursor, functions, DDL."""
        if self._is_reading:
            return _made_among(args)
        values = [*args, *kwargs.values()]
        for value in values:
            for atom in value:
                if atom == _EDITOR:
                    self._suspect("passes schema_editor to code that cannot be read")
                elif atom in {_CONNECTION, _CURSOR}:
                    self._suspect("passes a connection or cursor to code that cannot be read")
                elif isinstance(atom, Made):
                    self.run_made(atom, (), {})
                elif isinstance(atom, Thing) and is_a(atom.value, types.FunctionType):
                    if self.can_follow(atom.value):
                        self.run_function(atom.value, (), {})
                elif isinstance(atom, Bound) and not isinstance(atom.function, Token):
                    self.call(atom.function, atom.args, dict(atom.kwargs))
        self._look_for_ddl(values)
        return UNKNOWN

    def _look_for_ddl(self, values: Sequence[Value]) -> None:
        for value in values:
            for atom in value:
                if isinstance(atom, Text) and _DDL_WORDS.match(_COMMENTS.sub(" ", atom.value)):
                    self._suspect("passes DDL to code that cannot be read")

    def _run_sql(self, what: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> None:
        given = args[0] if args else kwargs.get("sql", UNKNOWN)
        texts = [atom for atom in given if isinstance(atom, Text)]
        if not texts:
            self._suspect(f"uses {what} with SQL that is built while it runs")
        for text in texts:
            reaches, is_certain = judge_sql(text)
            if reaches and is_certain:
                raise _FoundError(f"uses {what} with DDL")
            if reaches:
                self._suspect(f"uses {what} with SQL that may change the schema")
            else:
                self._note(f"uses {what} for data only")
                if not is_certain:
                    self.doubts.append(f"uses {what} for data, as far as its SQL is known")

    def can_follow(self, function: types.FunctionType) -> bool:
        """Whether a function belongs to the project, or to the app of the migration."""
        module = str(function.__globals__.get("__name__"))
        if module == self._root:
            return True
        top = _top(module)
        if top in {"django", *_STANDARD}:
            return False
        if self._root is not None and top == _top(self._root):
            return True
        return not _is_installed(function.__code__.co_filename)

    def _suspect(self, reason: str) -> None:
        if reason not in self.suspicions:
            self.suspicions.append(reason)

    def _note(self, reason: str) -> None:
        if reason not in self.notes:
            self.notes.append(reason)


_STANDARD = frozenset(sys.stdlib_module_names) - {"__main__"}


def _top(dotted: str) -> str:
    return dotted.partition(".")[0]


def _is_installed(filename: str) -> bool:
    """Whether a file lies in the standard library or among installed packages."""
    parts = PurePath(filename).parts
    if "site-packages" in parts or "dist-packages" in parts:
        return True
    return PurePath(filename).is_relative_to(sysconfig.get_paths()["stdlib"])


def _path_of_module(name: str) -> Path | None:
    """Return the source of a module that is not imported, by a package above it that is."""
    package, rest = name, ""
    while package:
        package, _, last = package.rpartition(".")
        rest = f"{last}/{rest}" if rest else last
        above = sys.modules.get(package)
        if type(above) is not types.ModuleType:
            continue
        folders = vars(above).get("__path__")
        for folder in folders if isinstance(folders, list) else ():
            for ending in (".py", "/__init__.py"):
                path = Path(f"{folder}/{rest}{ending}")
                if path.is_file():
                    return path
    return None


def _is_known_package(dotted: str) -> bool:
    top = _top(dotted)
    if top == "django" or top in _STANDARD or not top:
        return True
    module = sys.modules.get(top)
    path = getattr(module, "__file__", None) if type(module) is types.ModuleType else None
    return isinstance(path, str) and _is_installed(path)


def _dotted_name(target: object) -> str:
    """Return a callable's dotted name, reading nothing that its class could compute."""
    if is_a(target, types.FunctionType) or is_a(target, types.BuiltinFunctionType):
        module = target.__module__ or "builtins"
        return f"{module}.{target.__qualname__}"
    if is_a(target, type):
        module = type.__getattribute__(target, "__module__")
        return f"{module}.{type.__getattribute__(target, '__qualname__')}"
    return f"{_dotted_name(type(target))}()"


def _token_of(target: object) -> Token | None:
    """Return the token for one of Django's connection objects, by its class."""
    kind = type(target)
    if kind is types.ModuleType:
        return None
    token = _CONNECTION_TYPES.get(_dotted_name(kind))
    if token is None and any(
        _dotted_name(base) == "django.db.backends.base.base.BaseDatabaseWrapper"
        for base in type.__getattribute__(kind, "__mro__")
    ):
        return _CONNECTION
    return token


def _tokenized(value: Value) -> Value:
    return frozenset(
        (_token_of(atom.value) or atom) if isinstance(atom, Thing) else atom for atom in value
    )


def _made_among(args: Sequence[Value]) -> Value:
    for value in args:
        if any(isinstance(atom, Made) for atom in value):
            return value
    return UNKNOWN


def _constant(value: object) -> Value:
    return _tokenized(constant(value))


def _holds_tokens(args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
    followed = {_EDITOR, _CONNECTION, _CURSOR}
    return any(not followed.isdisjoint(value) for value in (*args, *kwargs.values()))
