"""What an attribute means for the schema."""

from __future__ import annotations

import contextlib
import types
from typing import TYPE_CHECKING

from replayer.replay.examination.atoms import (
    UNKNOWN,
    Atom,
    Bound,
    Instance,
    Items,
    Name,
    Text,
    Thing,
    Token,
    Value,
    is_a,
    join,
    members_of,
    one,
)
from replayer.replay.examination.connections import (
    CONNECTION,
    CONNECTION_NAMES,
    CONNECTIONS,
    CURSOR,
    CURSOR_RUNS,
    EDITOR,
    HARMLESS_OF_EDITOR,
    OPERATIONS,
    REACHING_OF_CONNECTION,
    token_of,
    tokenized,
)
from replayer.replay.examination.lookup import (
    is_installed,
    path_of_module,
    static_attribute,
    top_of,
)
from replayer.replay.examination.reader import Reader
from replayer.replay.examination.verdict import Conclusions, FoundError

if TYPE_CHECKING:
    from replayer.replay.examination.scope import Scope

_PRINTERS = frozenset({"print", "info", "debug", "warning", "error", "exception", "log", "write"})
_QUERY_METHODS = frozenset({"get_compiler", "as_sql", "using", "db_manager", "allow_migrate"})
_METHODS_OF_ITEMS = frozenset({"append", "extend", "items", "values", "keys"})


class Attributes(Reader):
    """Says what ``.name`` and ``[...]`` mean; raises where they alone reach the schema."""

    def __init__(self) -> None:
        super().__init__()
        self.conclusions = Conclusions()
        self.root: str | None = None
        """The module of the function that is examined."""

    def begin_round(self) -> None:
        """Forget what was concluded while less was known."""
        self.conclusions = Conclusions()

    def attribute(self, atom: Atom, name: str) -> Value:
        """Return what ``atom.name`` may be."""
        token = token_of(atom.value) if isinstance(atom, Thing) else atom
        if isinstance(token, Token):
            return self._of_token(token, name)
        if isinstance(atom, Thing):
            return tokenized(static_attribute(atom.value, name)) or self.attribute_of_unknown(name)
        if isinstance(atom, Name):
            return self._of_name(atom.dotted, name)
        if isinstance(atom, Instance):
            return self._of_instance(atom, name)
        if isinstance(atom, Text):
            return one(Bound(Token("text method", name), (one(atom),)))
        if isinstance(atom, Items) and name in _METHODS_OF_ITEMS:
            return one(Bound(Token("items method", name), (one(atom),)))
        return self.attribute_of_unknown(name)

    def attribute_of_unknown(self, name: str) -> Value:
        """Return what an attribute means by its name alone."""
        if name == "cursor":
            return one(Token("makes cursor"))
        if name == "schema_editor":
            return one(EDITOR)
        if name == "introspection":
            raise FoundError(REACHING_OF_CONNECTION[name])
        if name in CURSOR_RUNS:
            return one(Token("maybe run", name))
        if name in _PRINTERS | _QUERY_METHODS:
            return one(Token("harmless", name))
        return UNKNOWN

    def subscript(self, owner: Value) -> Value:
        """Return what ``owner[...]`` may be."""
        if CONNECTIONS in tokenized(owner):
            return one(CONNECTION)
        return members_of(owner)

    def _of_token(self, token: Token, name: str) -> Value:
        if token == EDITOR:
            return _of_editor(name)
        if token == CONNECTION:
            return _of_connection(name)
        if token == CURSOR:
            return self._of_cursor(name)
        if token == CONNECTIONS:
            return one(Token("makes connections")) if name == "all" else UNKNOWN
        if token == OPERATIONS:
            # Source: django/db/backends/postgresql/operations.py, sequence_reset_sql: SELECTs.
            is_reset = name.startswith("sequence_reset")
            return one(Token("makes data SQL")) if is_reset else UNKNOWN
        return self.attribute_of_unknown(name)

    def _of_cursor(self, name: str) -> Value:
        if name in CURSOR_RUNS:
            return one(Token("run", f"cursor.{name}"))
        if name in {"connection", "db"}:
            return one(CONNECTION)
        if name == "cursor":
            return one(CURSOR)
        if name == "callproc":
            self.conclusions.suspicions.append("calls a stored procedure")
        return UNKNOWN

    def _of_instance(self, instance: Instance, name: str) -> Value:
        known = self._attributes.get((id(instance.of.value), name))
        if known:
            return known
        bound = UNKNOWN
        for item in tokenized(static_attribute(instance.of.value, name)):
            is_function = isinstance(item, Thing) and is_a(item.value, types.FunctionType)
            bound = join(bound, one(Bound(item, (one(instance),)) if is_function else item))
        return bound or self.attribute_of_unknown(name)

    def _of_name(self, module: str, name: str) -> Value:
        scope = self._module_read(module)
        if scope is not None and scope.names.get(name):
            return scope.names[name]
        dotted = f"{module}.{name}"
        return one(CONNECTION_NAMES.get(dotted) or Name(dotted))

    def _module_read(self, name: str) -> Scope | None:
        """Return what a module of the project holds that is not imported, read from its file."""
        if name not in self._modules:
            self._modules[name] = None
            path = path_of_module(name)
            is_own = self.root is not None and top_of(name) == top_of(self.root)
            if path is None or (is_installed(str(path)) and not is_own):
                return None
            with contextlib.suppress(OSError):
                is_package = path.name == "__init__.py"
                self.read_module(name, path.read_bytes(), is_package=is_package)
        return self._modules[name]


def _of_editor(name: str) -> Value:
    if name == "connection":
        return one(CONNECTION)
    if name == "execute":
        return one(Token("run", "schema_editor.execute"))
    if name in HARMLESS_OF_EDITOR:
        return UNKNOWN
    raise FoundError(f"uses schema_editor.{name}")


def _of_connection(name: str) -> Value:
    if name in {"cursor", "chunked_cursor"}:
        return one(Token("makes cursor"))
    if name in REACHING_OF_CONNECTION:
        raise FoundError(REACHING_OF_CONNECTION[name])
    return one(OPERATIONS) if name == "ops" else UNKNOWN
