"""The places of migrations, operations, dependencies, models, fields and options."""

# ruff: noqa: C901, SLF001, ANN401 - what is held is Django's and the user's.
from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from replayer.sources.class_statements import (
    path_below,
    path_of_methods,
    path_of_module,
    pick_statement,
)
from replayer.sources.files import SourceFile, assigned, blocks, classes, module_path
from replayer.sources.lists import Piece, agreed, alternatives_of_name, fitting, item_at, pieces_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.model import Source


# The lists of operations that an operation takes, by its positional arguments.
# Source: django/db/migrations/operations/special.py (5.2).
_POSITIONS = {
    ("SeparateDatabaseAndState", "database_operations"): 0,
    ("SeparateDatabaseAndState", "state_operations"): 1,
    ("RunSQL", "state_operations"): 2,
}


class Sources:
    """Finds where things are written; keeps the files that it has parsed.

    Notes
    -----
    Migrations and models are taken by their shape (``__module__``, ``operations``, ``__mro__``), so
    that this floor needs no Django.
    """

    def __init__(self) -> None:
        self._files: dict[str, SourceFile | None] = {}
        self._classes: dict[type, tuple[SourceFile, ast.ClassDef] | None] = {}

    # Migrations.

    def migration_source(self, migration: object) -> Source | None:
        """Return the ``class Migration`` statement, else the file, else None."""
        file = self._file_of_module(type(migration).__module__)
        if file is None:
            return None
        node = self._class_node(type(migration))
        return file.place(node) if node is not None else file.top

    def operation_source(
        self, migration: object, index: int, path: Sequence[str | int] = ()
    ) -> Source | None:
        """Return the element of ``operations`` that became an operation.

        Parameters
        ----------
        index
            From 0, in ``migration.operations``.
        path
            The way to a nested operation, such as ``("database_operations", 0)``.

        Notes
        -----
        What is not sure falls back: to the operation around a nested one, to the assignment of
        ``operations``, to the class, to the file.
        """
        file = self._file_of_module(type(migration).__module__)
        if file is None:
            return None
        node = self._class_node(type(migration))
        if node is None:
            return file.top
        scopes = (node.body, file.tree.body)
        operations = list(getattr(migration, "operations", ()))
        ways = fitting(alternatives_of_name("operations", scopes), operations)
        found = agreed(ways, index, len(operations))
        if found is None:
            return file.place(node)
        if path and 0 <= index < len(operations):
            found = _nested(found, operations[index], path, scopes)
        return file.place(found)

    def dependency_source(self, migration: object, key: tuple[str, str]) -> Source | None:
        """Return where a migration names another: a dependency, ``run_before`` or ``replaces``.

        Parameters
        ----------
        migration
            A migration, or the path of its file where it couldn't be imported.
        """
        if isinstance(migration, str):
            file = self._file(migration)
            if file is None:
                return None
            found = classes(file.tree, "Migration")
            node = found[-1][0] if found else None
        else:
            file = self._file_of_module(type(migration).__module__)
            if file is None:
                return None
            node = self._class_node(type(migration))
        if node is None:
            return file.top
        scopes = (node.body, file.tree.body)
        fallback: ast.AST = node
        calls: list[ast.AST] = []
        for name in ("dependencies", "run_before", "replaces"):
            for way in alternatives_of_name(name, scopes):
                for piece in way.pieces:
                    if _literal(piece.node) == tuple(key):
                        return file.place(piece.node)
                    if _called(piece.node) == "swappable_dependency":
                        calls.append(piece.node)
                if name == "dependencies":
                    fallback = way.assignment
        if key[1] == "__first__" and len(calls) == 1:
            fallback = calls[0]
        return file.place(fallback)

    # Models.

    def model_source(self, model: type) -> Source | None:
        """Return the class statement of a model.

        Notes
        -----
        The table of an automatic many-to-many is placed at its field. A model that a call makes
        (``type()``, a factory) has no class statement: None.
        """
        found = self._class_place(model)
        if found is not None:
            return found[0].place(found[1])
        meta = getattr(model, "_meta", None)
        owner = getattr(meta, "auto_created", None)
        if isinstance(owner, type):
            for field in owner._meta.local_many_to_many:  # type: ignore[attr-defined]
                if field.remote_field.through is model:
                    return self.field_source(owner, field.name)
        return None

    def field_source(self, model: type, field_name: str) -> Source | None:
        """Return the assignment of a field, in the class or the base that declares it.

        Notes
        -----
        Fields without an assignment (an automatic ``id``, ``add_to_class``) have no place: None.
        """
        for owner in model.__mro__:
            found = self._class_place(owner)
            if found is None:
                continue
            file, node = found
            places = [
                statement
                for statement, _ in blocks(node.body)
                if assigned(statement, field_name) is not None
            ]
            if places:
                return file.place(places[-1])
        return None

    def meta_source(
        self, model: type, option: str | None = None, item: str | None = None
    ) -> Source | None:
        """Return the assignment of an option in ``class Meta``, or of one named item of its list.

        Parameters
        ----------
        option
            Left out: the ``class Meta`` statement that is nearest.
        item
            The ``name`` of an index or constraint; the option itself where it can't be found.
        """
        for owner in model.__mro__:
            found = self._class_place(owner)
            if found is None:
                continue
            file, node = found
            metas = [
                statement
                for statement, _ in blocks(node.body)
                if isinstance(statement, ast.ClassDef) and statement.name == "Meta"
            ]
            if not metas:
                continue
            if option is None:
                return file.place(metas[-1])
            for statement, _ in reversed(list(blocks(metas[-1].body))):
                value = assigned(statement, option)
                if value is None:
                    continue
                scopes = (metas[-1].body, node.body, file.tree.body)
                for piece in pieces_of(value, scopes) if item is not None else ():
                    if _name_argument(piece.node) == item:
                        return file.place(piece.node)
                return file.place(statement)
        return None

    # Files and classes.

    def _file(self, path: str) -> SourceFile | None:
        if path not in self._files:
            self._files[path] = SourceFile.read(path)
        return self._files[path]

    def _file_of_module(self, name: object) -> SourceFile | None:
        path = module_path(name) if isinstance(name, str) else None
        return self._file(path) if path is not None else None

    def _class_place(self, owner: type) -> tuple[SourceFile, ast.ClassDef] | None:
        if owner not in self._classes:
            self._classes[owner] = None
            for find in (path_of_module, path_of_methods, path_below):
                path = find(owner)
                file = self._file(path) if path is not None else None
                if file is None:
                    continue
                node = pick_statement(classes(file.tree, owner.__qualname__), owner, file.path)
                if node is not None:
                    self._classes[owner] = (file, node)
                    break
        return self._classes[owner]

    def _class_node(self, owner: type) -> ast.ClassDef | None:
        found = self._class_place(owner)
        return found[1] if found is not None else None


def _nested(
    node: ast.expr | ast.stmt,
    operation: Any,
    path: Sequence[str | int],
    scopes: Sequence[Sequence[ast.stmt]],
) -> ast.expr | ast.stmt:
    """Follow a path into the arguments of an operation as far as it is sure."""
    steps = list(zip(path[::2], path[1::2], strict=False))
    for attribute, index in steps:
        if not isinstance(node, ast.Call) or not isinstance(index, int):
            return node
        argument = _argument(node, str(attribute))
        items = getattr(operation, str(attribute), None)
        if argument is None or not isinstance(items, (list, tuple)):
            return node
        pieces: list[Piece] = pieces_of(argument, scopes)
        found = item_at(pieces, index, len(items))
        if found is None:
            return argument
        node, operation = found, items[index]
    return node


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    position = _POSITIONS.get((_called(call), name))
    if position is None or position >= len(call.args):
        return None
    return call.args[position]


def _called(node: ast.AST) -> str:
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            return function.attr
        if isinstance(function, ast.Name):
            return function.id
    return ""


def _literal(node: ast.AST) -> object:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None
    return tuple(value) if isinstance(value, (tuple, list)) else value


def _name_argument(node: ast.AST) -> object:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return keyword.value.value
    return None
