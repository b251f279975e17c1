"""Find what names stand for without running anything: no descriptor, no import, no ``==``."""

from __future__ import annotations

import inspect
import sys
import sysconfig
import types
from pathlib import Path, PurePath

from replayer.replay.examination.atoms import (
    UNKNOWN,
    Bound,
    Name,
    Thing,
    Value,
    constant,
    is_a,
    one,
)

STANDARD = frozenset(sys.stdlib_module_names) - {"__main__"}


def top_of(dotted: str) -> str:
    """Return the package at the top of a dotted name."""
    return dotted.partition(".")[0]


def is_installed(filename: str) -> bool:
    """Whether a file lies in the standard library or among installed packages."""
    parts = PurePath(filename).parts
    if "site-packages" in parts or "dist-packages" in parts:
        return True
    return PurePath(filename).is_relative_to(sysconfig.get_paths()["stdlib"])


def is_known_package(dotted: str) -> bool:
    """Whether a name belongs to Django, the standard library or an installed package."""
    top = top_of(dotted)
    if top == "django" or top in STANDARD or not top:
        return True
    module = sys.modules.get(top)
    path = getattr(module, "__file__", None) if type(module) is types.ModuleType else None
    return isinstance(path, str) and is_installed(path)


def dotted_name(target: object) -> str:
    """Return a callable's dotted name, reading nothing that its class could compute."""
    if is_a(target, types.FunctionType) or is_a(target, types.BuiltinFunctionType):
        module = target.__module__ or "builtins"
        return f"{module}.{target.__qualname__}"
    if is_a(target, type):
        module = type.__getattribute__(target, "__module__")
        return f"{module}.{type.__getattribute__(target, '__qualname__')}"
    return f"{dotted_name(type(target))}()"


def module_named(name: str) -> Value:
    """Return a module that is already imported, else its name."""
    module = sys.modules.get(name)
    return one(Thing(module)) if module is not None else one(Name(name))


def path_of_module(name: str) -> Path | None:
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


def static_attribute(owner: object, name: str) -> Value:
    """Return an attribute as it is stored.

    Notes
    -----
    Of a module, its namespace; of a class, what its MRO holds; of any other object, what its class
    holds, a function being bound.
    """
    if is_a(owner, types.ModuleType):
        namespace = vars(owner)
        if name in namespace:
            return constant(namespace[name])
        return module_named(f"{namespace.get('__name__', '')}.{name}")
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
    return constant(found) if type(found) in {str, tuple, list, dict} else UNKNOWN
