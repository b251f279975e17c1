"""A source file and its syntax tree, with columns as people count them."""

# ruff: noqa: PTH100 - as imported: resolve() would follow links.
from __future__ import annotations

import ast
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from replayer.model import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


class SourceFile:
    """A parsed file.

    Parameters
    ----------
    path
        Absolute.
    data
        The bytes of the file; Python's own rules find the encoding.

    Raises
    ------
    SyntaxError, ValueError
        If the file is not Python that this interpreter reads.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        with warnings.catch_warnings():
            # An invalid escape in the user's file is not ours to tell, even under -W error.
            warnings.simplefilter("ignore")
            self.tree = ast.parse(data, filename=path)
        self._data = data
        self._lines: list[bytes] | None = None

    @classmethod
    def read(cls, path: str) -> SourceFile | None:
        """Read a file, or return None where it isn't there or isn't Python."""
        try:
            return cls(path, Path(path).read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @property
    def top(self) -> Source:
        """The file itself."""
        return Source(self.path, 1)

    def place(self, node: ast.AST) -> Source:
        """Return where a node is written.

        Notes
        -----
        Lines and columns count from 1, columns in characters (``ast`` counts bytes of UTF-8); the
        end column is that after the last character. A class is at the word ``class``, not at its
        decorators.
        """
        line = int(getattr(node, "lineno", 1))
        end_line = getattr(node, "end_lineno", None)
        end_column = getattr(node, "end_col_offset", None)
        return Source(
            path=self.path,
            line=line,
            column=self._column(line, int(getattr(node, "col_offset", 0))),
            end_line=end_line,
            end_column=self._column(end_line, end_column) if end_line and end_column else None,
        )

    def _column(self, line: int, offset: int) -> int:
        if self._data.isascii():
            return offset + 1
        if self._lines is None:
            # ``ast`` splits at these line ends alone; str.splitlines knows others.
            text = self._text().replace("\r\n", "\n").replace("\r", "\n")
            self._lines = [part.encode("utf-8", "surrogatepass") for part in text.split("\n")]
        if line > len(self._lines):
            return offset + 1
        return len(self._lines[line - 1][:offset].decode("utf-8", "ignore")) + 1

    def _text(self) -> str:
        import tokenize

        lines = iter(self._data.splitlines(keepends=True))
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        return self._data.decode(encoding, "replace")


def module_path(name: str) -> str | None:
    """Return the absolute path of the source of an imported module, or None where it has none."""
    module = sys.modules.get(name)
    namespace = getattr(module, "__dict__", {})
    path = namespace.get("__file__")
    if not isinstance(path, str) or not path.endswith((".py", ".pyw")):
        return None
    return os.path.abspath(path)


class Branch(NamedTuple):
    """A compound statement, and which of its bodies."""

    statement: ast.stmt
    body: str


def blocks(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, tuple[Branch, ...]]]:
    """Yield the statements of a body and of its ``if``, ``try``, ``with`` and loops, in order.

    Notes
    -----
    Each comes with the branches around it, the outermost first. Bodies of classes and functions
    are theirs.
    """
    for statement in body:
        yield statement, ()
        if isinstance(statement, (ast.ClassDef, *Function)):
            continue
        for name, inner in _bodies(statement):
            for found, around in blocks(inner):
                yield found, (Branch(statement, name), *around)


def _bodies(statement: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        for item in getattr(statement, name, ()):
            if isinstance(item, ast.stmt):
                yield name, getattr(statement, name)
                break
            yield name, item.body


def assigned(statement: ast.stmt, name: str) -> ast.expr | None:
    """Return what a statement assigns to a name, or None where it doesn't."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name) and target.id == name:
                return statement.value
    elif (
        isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and statement.target.id == name
    ):
        return statement.value
    return None


def classes(tree: ast.AST, qualname: str) -> list[tuple[ast.ClassDef, bool]]:
    """Return the class statements of a qualified name, and whether each stands on a branch."""
    found: list[tuple[ast.AST, bool]] = [(tree, False)]
    parts = [part for part in qualname.split(".") if part != "<locals>"]
    for position, part in enumerate(parts):
        is_last = position == len(parts) - 1
        inner: list[tuple[ast.AST, bool]] = []
        for node, is_branched in found:
            for statement, around in blocks(getattr(node, "body", ())):
                kinds = (ast.ClassDef,) if is_last else (ast.ClassDef, *Function)
                if isinstance(statement, kinds) and statement.name == part:
                    inner.append((statement, is_branched or bool(around)))
        found = inner
    return [(node, branch) for node, branch in found if isinstance(node, ast.ClassDef)]
