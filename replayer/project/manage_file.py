"""Read a ``manage.py`` without running it: the settings that it names, the paths that it adds."""

from __future__ import annotations

import ast
import itertools
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageFile:
    """What a ``manage.py`` does before Django's command line has its turn."""

    settings: tuple[str, ...]
    """The settings modules that it names, in the order of the file."""
    path_front: tuple[str, ...]
    """What it puts at the front of ``sys.path``, in the resulting order."""
    path_end: tuple[str, ...]
    """What it adds at the end of ``sys.path``."""


def read_manage(
    source: bytes, filename: str = "manage.py", environment: Mapping[str, str] | None = None
) -> ManageFile:
    """Return what a ``manage.py`` names and adds.

    Parameters
    ----------
    source
        The file's content.
    filename
        Its absolute path, which ``__file__`` stands for.
    environment
        The environment variables that it may ask for.

    Notes
    -----
    Read are ``os.environ.setdefault(NAME, x)``, ``os.environ[NAME] = x``, ``os.putenv``, a
    dictionary that holds the name; and ``append``, ``insert``, ``extend`` and ``+=`` on
    ``sys.path``. An ``x`` may be put together from constants, names of the file, variables of the
    environment with their defaults, and the usual functions on paths. Of what depends on more than
    that (a condition), every branch counts.

    Raises
    ------
    SyntaxError, ValueError
        When the file is not Python.
    """
    tree = ast.parse(source, filename)
    reader = _Reader(tree, filename, environment or {})
    front: list[str] = []
    end: list[str] = []
    names: list[str] = []
    for node in sorted(ast.walk(tree), key=_position):
        for value in reader.named(node):
            names.extend(reader.texts(value))
        added = reader.added(node)
        if added is not None:
            is_front, values = added
            paths = [path for value in values for path in reader.texts(value)]
            if is_front:
                front[:0] = paths
            else:
                end += paths
    return ManageFile(
        settings=tuple(dict.fromkeys(names)),
        path_front=tuple(dict.fromkeys(front)),
        path_end=tuple(dict.fromkeys(end)),
    )


class _Reader:
    """Tells which texts an expression may give, as far as the file itself tells."""

    def __init__(self, tree: ast.AST, filename: str, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._names: dict[str, list[str]] = {"__file__": [filename]}
        for node in sorted(ast.walk(tree), key=_position):
            for target in node.targets if isinstance(node, ast.Assign) else ():
                if isinstance(target, ast.Name) and isinstance(node, ast.Assign):
                    self._names.setdefault(target.id, []).extend(self.texts(node.value))

    def named(self, node: ast.AST) -> Iterator[ast.expr]:
        """Yield the expressions that a node gives to the settings' variable."""
        if isinstance(node, ast.Call):
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            arguments = [*node.args, *keywords.values()]
            if len(arguments) == 2 and self._is_variable(arguments[0]):
                yield arguments[1]
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and self._is_variable(target.slice):
                    yield node.value
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and self._is_variable(key):
                    yield value

    def _is_variable(self, node: ast.expr) -> bool:
        if not isinstance(node, (ast.Constant, ast.Name)):
            return False
        return SETTINGS_VARIABLE in self.texts(node)

    @staticmethod
    def added(node: ast.AST) -> tuple[bool, list[ast.expr]] | None:
        """Return what a node adds to ``sys.path``, and whether in front; None for other nodes."""
        if isinstance(node, ast.AugAssign) and _dotted(node.target) == "sys.path":
            return False, _elements(node.value)
        if not isinstance(node, ast.Call) or not node.args:
            return None
        name = _dotted(node.func)
        if name == "sys.path.insert" and len(node.args) == 2:
            return True, [node.args[1]]
        if name in {"sys.path.append", "site.addsitedir"}:
            return False, [node.args[0]]
        if name == "sys.path.extend":
            return False, _elements(node.args[0])
        return None

    def texts(self, node: ast.expr) -> list[str]:
        """Return the texts that an expression may give; none where the file doesn't tell."""
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.Name):
            return self._names.get(node.id, [])
        if isinstance(node, ast.IfExp):
            return [*self.texts(node.body), *self.texts(node.orelse)]
        if isinstance(node, ast.BoolOp):
            known = [found for found in map(self.texts, node.values) if found]
            return (known[0] if isinstance(node.op, ast.Or) else known[-1]) if known else []
        if isinstance(node, ast.JoinedStr):
            return self._together(
                "".join,
                [
                    part.value if isinstance(part, ast.FormattedValue) else part
                    for part in node.values
                ],
            )
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return [os.path.dirname(path) for path in self.texts(node.value)]  # noqa: PTH120 - text
        if isinstance(node, ast.Subscript):
            return self._item(node)
        return self._call(node) if isinstance(node, ast.Call) else []

    def _operation(self, node: ast.BinOp) -> list[str]:
        if isinstance(node.op, ast.Add):
            return self._together("".join, [node.left, node.right])
        if isinstance(node.op, ast.Div):
            return self._together(_joined, [node.left, node.right])
        if isinstance(node.op, ast.Mod):
            return self._together(
                lambda parts: parts[0] % tuple(parts[1:]), [node.left, *_elements(node.right)]
            )
        return []

    def _item(self, node: ast.Subscript) -> list[str]:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            index = node.slice.value if isinstance(node.slice, ast.Constant) else None
            paths = self.texts(node.value.value)
            for _ in range(index + 1 if isinstance(index, int) else 0):
                paths = [os.path.dirname(path) for path in paths]  # noqa: PTH120 - text
            return paths
        if _dotted(node.value).rpartition(".")[2] == "environ":
            keys = self.texts(node.slice)
            return [self._environment[key] for key in keys if key in self._environment]
        return []

    def _call(self, node: ast.Call) -> list[str]:
        name = _dotted(node.func).rpartition(".")[2]
        subject = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        first = node.args[:1]
        if name in _SAME and first:
            return self.texts(first[0])
        if name in _ABSOLUTE:
            of = first if first and name in _OF_ARGUMENT else subject
            return [os.path.abspath(path) for path in self.texts(of[0])] if of else []  # noqa: PTH100 - text
        if name == "dirname" and first:
            return [os.path.dirname(path) for path in self.texts(first[0])]  # noqa: PTH120 - text
        if name == "join" and _dotted(node.func).endswith("path.join"):
            return self._together(_joined, node.args)
        if name == "joinpath":
            return self._together(_joined, [*subject, *node.args])
        if name == "format" and subject and not node.keywords:
            return self._together(lambda parts: parts[0].format(*parts[1:]), [*subject, *node.args])
        return self._asked(node)

    def _asked(self, node: ast.Call) -> list[str]:
        """``os.environ.get(KEY, x)``, ``os.getenv``, a settings package's ``config(KEY, x)``."""
        if not node.args:
            return []
        for key in self.texts(node.args[0]):
            if key in self._environment:
                return [self._environment[key]]
        named = [keyword.value for keyword in node.keywords if keyword.arg == "default"]
        defaults = [*node.args[1:2], *named]
        return self.texts(defaults[0]) if defaults else []

    def _together(self, join: _Join, nodes: Iterable[ast.expr]) -> list[str]:
        try:
            return [join(parts) for parts in itertools.product(*map(self.texts, nodes))]
        except (TypeError, ValueError, LookupError):
            return []


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    _Join = Callable[[Sequence[str]], str]

_SAME = frozenset({"Path", "PurePath", "str", "fspath"})
_OF_ARGUMENT = frozenset({"abspath", "realpath", "normpath"})
_ABSOLUTE = _OF_ARGUMENT | {"resolve", "absolute", "as_posix"}


def _joined(parts: Sequence[str]) -> str:
    return os.path.join(*parts)  # noqa: PTH118 - text


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _elements(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, (ast.List, ast.Tuple)) else [node]


def _dotted(node: ast.AST) -> str:
    """Return ``sys.path.insert`` of a chain of attributes; what it begins with may be left out."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
