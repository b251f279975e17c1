"""How values and operations are written in a migration, with a description where they can't be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db.migrations.serializer import serializer_factory
from django.db.migrations.writer import OperationWriter

if TYPE_CHECKING:
    from django.db.migrations.operations.base import Operation

_ADDRESS = re.compile(r" (?:object )?at 0x[0-9a-fA-F]+")


def written(value: object) -> str:
    """Return a value as Python would write it, on one line, the same at every run."""
    try:
        text, _ = serializer_factory(value).serialize()
    except Exception:  # noqa: BLE001 - a value that no migration can hold, or its own __repr__
        return described(value)
    return " ".join(_ADDRESS.sub("", str(text)).split())


def described(value: object) -> str:
    """Return what a value is, without the address that differs at every run."""
    if isinstance(value, list | tuple):
        inner = ", ".join(written(item) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if isinstance(value, dict):
        inner = ", ".join(f"{written(key)}: {written(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str):
        return f"<function {name} of {getattr(value, '__module__', '?')}>"
    kind = type(value)
    return f"<{kind.__module__}.{kind.__qualname__} object>"


def operation_text(operation: Operation) -> str:
    """Return an operation as ``makemigrations`` would write it, without its last comma."""
    try:
        text, _ = OperationWriter(operation, indentation=0).serialize()
    except Exception:  # noqa: BLE001 - an argument that no migration can hold
        arguments = ", ".join(
            f"{name}={_argument(value)}" for name, value in operation.deconstruct()[2].items()
        )
        return f"migrations.{type(operation).__name__}({arguments})"
    return _ADDRESS.sub("", str(text)).strip().removesuffix(",")


def _argument(value: Any) -> str:  # noqa: ANN401 - anything
    deconstruct = getattr(value, "deconstruct", None)
    if callable(deconstruct) and not isinstance(value, type):
        try:
            parts = deconstruct()
            path, args, kwargs = parts[-3:]
        except Exception:  # noqa: BLE001 - a deconstruct of somebody else's
            return described(value)
        path = path.replace("django.db.models", "models", 1)
        inner = [written(arg) for arg in args]
        inner += [f"{name}={written(item)}" for name, item in sorted(kwargs.items())]
        return f"{path}({', '.join(inner)})"
    return written(value)


def field_text(field: Any) -> str:  # noqa: ANN401 - any field
    """Return a field as a migration would write it."""
    return _argument(field)
