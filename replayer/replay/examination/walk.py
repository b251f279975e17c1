"""Walk the statements of one function, and tell the reader of its attributes and calls.

Every statement is visited, whichever branch it stands on; what a name may be is one set for the
whole function.
"""

# ruff: noqa: N815 - the names are those of ast.NodeVisitor.
from __future__ import annotations

import ast
from itertools import zip_longest
from typing import TYPE_CHECKING

from replayer.replay.examination.atoms import (
    UNKNOWN,
    Items,
    Made,
    Text,
    Value,
    combine,
    constant,
    join,
    listed,
    members_of,
    one,
    ordered,
)
from replayer.replay.examination.lookup import module_named

if TYPE_CHECKING:
    from replayer.replay.examination.reader import Reader
    from replayer.replay.examination.scope import Scope


class Walker(ast.NodeVisitor):
    """Visits statements for what they do, and expressions for what they may be."""

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self._reader = reader
        self._scope = scope

    def value(self, node: ast.AST | None) -> Value:
        """Return what an expression may be."""
        if node is None:
            return UNKNOWN
        self._reader.count()
        value: Value | None = self.visit(node)
        return value or UNKNOWN

    def body(self, nodes: list[ast.stmt]) -> None:
        """Visit statements."""
        for node in nodes:
            self.value(node)

    # Statements.

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Bind a function's name to it, and to what its decorators may make of it."""
        made = value = one(Made(node, self._scope))
        for decorator in reversed(node.decorator_list):
            value = join(value, self._reader.call_value(self.value(decorator), (made,), {}))
        self._scope.store(node.name, value)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Read the methods of a class as if each were called."""
        self._scope.store(node.name, UNKNOWN)
        for item in [*node.decorator_list, *node.bases, *node.body]:
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._reader.run_made(Made(item, self._scope), (), {})
            else:
                self.value(item)

    def visit_Return(self, node: ast.Return | ast.Yield | ast.YieldFrom) -> None:
        """Give back a value; what a generator yields is what its caller meets."""
        value = self.value(node.value)
        self._scope.give_back(members_of(value) if isinstance(node, ast.YieldFrom) else value)

    visit_Yield = visit_YieldFrom = visit_Return

    def visit_Assign(self, node: ast.Assign) -> None:
        """Bind names and attributes."""
        value = self.value(node.value)
        for target in node.targets:
            self._bind(target, value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Bind a name that has an annotation."""
        if node.value is not None:
            self._bind(node.target, self.value(node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Add to a text or a list; the part that is added may be a statement of its own."""
        value = self.value(node.value)
        old = self._scope.load(node.target.id) if isinstance(node.target, ast.Name) else UNKNOWN
        lists = _concatenated(old, value)
        cut = frozenset(Text(atom.value, is_whole=False) for atom in old if isinstance(atom, Text))
        self._bind(node.target, lists or join(cut, value))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Value:
        """Bind a name inside an expression."""
        value = self.value(node.value)
        self._bind(node.target, value)
        return value

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """Bind the target to the members."""
        self._bind(node.target, members_of(self.value(node.iter)))
        self.body([*node.body, *node.orelse])

    visit_AsyncFor = visit_For

    def visit_withitem(self, node: ast.withitem) -> None:
        """Bind what is entered: a cursor, an editor and a connection enter as themselves."""
        value = self.value(node.context_expr)
        if node.optional_vars is not None:
            self._bind(node.optional_vars, value)

    def visit_Nonlocal(self, node: ast.Nonlocal | ast.Global) -> None:
        """Let names be the parent's."""
        self._scope.outer.update(node.names)

    visit_Global = visit_Nonlocal

    def visit_Import(self, node: ast.Import) -> None:
        """Bind modules without importing them; ``import a.b`` binds ``a``."""
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            self._scope.store(alias.asname or name, module_named(name))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Bind attributes of a module without importing it."""
        name = node.module or ""
        if node.level:
            parts = self._scope.package.split(".")
            base = parts[: len(parts) - node.level + 1]
            name = ".".join([*base, name] if name else base)
        module = module_named(name)
        for alias in node.names:
            value = self._reader.load_attribute(module, alias.name)
            self._scope.store(alias.asname or alias.name, value)

    def _bind(self, target: ast.AST, value: Value) -> None:
        if isinstance(target, ast.Name):
            self._scope.store(target.id, value)
        elif isinstance(target, ast.Attribute):
            self._reader.store_attribute(self.value(target.value), target.attr, value)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, one(Items((value,))) if value else UNKNOWN)
        elif isinstance(target, (ast.Tuple, ast.List)):
            slots = [UNKNOWN for _ in target.elts]
            for atom in value:
                if isinstance(atom, Items) and len(atom.members) == len(slots):
                    slots = [join(*pair) for pair in zip(slots, atom.members, strict=True)]
            for item, slot in zip(target.elts, slots, strict=True):
                self._bind(item, slot)
        else:
            self.value(target)

    # Expressions.

    def visit_Name(self, node: ast.Name) -> Value:
        """Look a name up."""
        return self._scope.load(node.id)

    def visit_Constant(self, node: ast.Constant) -> Value:
        """Take a literal."""
        return constant(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Value:
        """Put a text together as far as its beginning is known."""
        result = constant("")
        for part in node.values:
            result = combine(result, ast.Add, self.value(part))
        return result

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Value:
        """Take what is formatted, if it is a text."""
        return frozenset(atom for atom in self.value(node.value) if isinstance(atom, Text))

    def visit_BinOp(self, node: ast.BinOp) -> Value:
        """Follow ``+`` and ``%`` of texts, and ``+`` of lists."""
        left, right = self.value(node.left), self.value(node.right)
        if not isinstance(node.op, (ast.Add, ast.Mod)):
            return UNKNOWN
        lists = _concatenated(left, right) if isinstance(node.op, ast.Add) else UNKNOWN
        return lists or combine(left, type(node.op), right)

    def visit_BoolOp(self, node: ast.BoolOp) -> Value:
        """Take any operand."""
        return UNKNOWN.union(*[self.value(item) for item in node.values])

    def visit_IfExp(self, node: ast.IfExp) -> Value:
        """Take either branch."""
        self.value(node.test)
        return join(self.value(node.body), self.value(node.orelse))

    def visit_Await(self, node: ast.Await | ast.Starred) -> Value:
        """Take the operand for itself."""
        return self.value(node.value)

    visit_Starred = visit_Await

    def visit_Lambda(self, node: ast.Lambda) -> Value:
        """Make a function."""
        return one(Made(node, self._scope))

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        """Hold the members."""
        members: list[Value] = []
        for item in node.elts:
            value = self.value(item)
            if isinstance(item, ast.Starred):
                members.extend(one(atom) for atom in members_of(value))
            else:
                members.append(value)
        return listed(members)

    visit_Tuple = visit_Set = visit_List

    def visit_Dict(self, node: ast.Dict) -> Value:
        """Hold the values; keys are looked at and forgotten."""
        for key in node.keys:
            self.value(key)
        return listed([self.value(item) for item in node.values])

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        """Hold what one round gives."""
        self._rounds(node.generators)
        return listed([self.value(node.elt)])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> Value:
        """Hold the value that one round gives."""
        self._rounds(node.generators)
        self.value(node.key)
        return listed([self.value(node.value)])

    def _rounds(self, generators: list[ast.comprehension]) -> None:
        for generator in generators:
            self._bind(generator.target, members_of(self.value(generator.iter)))
            for condition in generator.ifs:
                self.value(condition)

    def visit_Attribute(self, node: ast.Attribute) -> Value:
        """Ask the reader what the attribute means."""
        return self._reader.load_attribute(self.value(node.value), node.attr)

    def visit_Subscript(self, node: ast.Subscript) -> Value:
        """Ask the reader what the item means."""
        owner = self.value(node.value)
        self.value(node.slice)
        return self._reader.subscript(owner)

    def visit_Call(self, node: ast.Call) -> Value:
        """Ask the reader what the call does."""
        callee = self.value(node.func)
        args: list[Value] = []
        for item in node.args:
            value = self.value(item)
            if isinstance(item, ast.Starred):
                spread = [atom.members for atom in value if isinstance(atom, Items)]
                rows = zip_longest(*spread, fillvalue=UNKNOWN)
                args.extend(UNKNOWN.union(*row) for row in rows)
            else:
                args.append(value)
        kwargs: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
            elif members_of(value):
                kwargs["**"] = members_of(value)
        return self._reader.call_value(callee, args, kwargs)


def _concatenated(left: Value, right: Value) -> Value:
    """Return the list of the members of both, each once; unknown where neither is a list."""
    lists = [atom for value in (left, right) for atom in ordered(value) if isinstance(atom, Items)]
    members = dict.fromkeys(member for atom in lists for member in atom.members)
    return listed(members) if lists else UNKNOWN
