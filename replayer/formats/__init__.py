"""The formats of a report: each is a function from `Report` to text that touches nothing else.

A run writes one or two of them, and the modules of the others cost time: each is imported when it
is asked for.
"""

from __future__ import annotations

import importlib
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from replayer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from replayer.findings import Report

__all__ = ["FORMATS", "FormatOption", "json_schema", "parse_format_option", "render"]


def _render(name: str, report: Report) -> str:
    rendered: str = importlib.import_module(f"replayer.formats.{name}").render(report)
    return rendered


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {
        name: partial(_render, name)
        for name in ("text", "json", "sarif", "github", "gitlab", "junit")
    }
)
"""Each format by the word that is typed; the text is without colour."""


def json_schema() -> str:
    """Return the JSON Schema of the format ``json``."""
    from replayer.formats import json

    return json.schema()


class FormatOption(NamedTuple):
    """What ``--format`` asks for."""

    name: str
    """A key of `FORMATS`."""
    file: str | None
    """Where to; None for stdout."""


def parse_format_option(option: str) -> FormatOption:
    """Return what ``sarif`` or ``sarif=drift.sarif`` asks for.

    Raises
    ------
    UsageError
        When there is no such format, or nothing stands after the ``=``.
    """
    name, equals, file = option.partition("=")
    name = name.strip().lower()
    if name not in FORMATS:
        message = f"There is no format {name!r}"
        raise UsageError(message, hint=f"Formats: {', '.join(FORMATS)}")
    if equals and not file:
        message = f"--format {option!r} names no file after the '='"
        raise UsageError(message, hint=f"For example: --format {name}=report.{name}")
    return FormatOption(name, file or None)


def render(report: Report, name: str, *, colour: bool = False) -> str:
    """Return a report in a format; only the text has colours."""
    if name == "text":
        from replayer.formats import text

        return text.render(report, colour=colour)
    return FORMATS[name](report)
