"""The ``makemigrations`` that the project would run: what it compares by is what is compared by.

An app may bring a command of that name, and what it changes counts: the class of the autodetector,
and what it puts in place of Django's own code, when it is imported (a ``Field.deconstruct`` that
leaves ``help_text`` out) or in its ``handle``, before Django's has its turn. All of it is taken
back afterwards, so the schemas that are rendered are those of Django as it is.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from replayer._compat import autodetector_of
from replayer.project.blame import sentence, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = "makemigrations"
_PACKAGES = ("django.db.models", "django.db.migrations")
_MISSING: Any = object()


class Patch(NamedTuple):
    """One attribute of Django's that the command replaced."""

    owner: Any
    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Makemigrations:
    """What the project's ``makemigrations`` compares by."""

    autodetector: Any
    """Django's ``MigrationAutodetector``, or a class derived from it."""
    patches: tuple[Patch, ...] = ()
    note: str = ""
    """Why the project's own command was not asked for all of it, where it was not."""

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Have Django's code be for a while what the command makes of it."""
        for patch in self.patches:
            _put(patch, patch.new)
        try:
            yield
        finally:
            for patch in reversed(self.patches):
                _put(patch, patch.old)


def makemigrations() -> Makemigrations:
    """Return what ``manage.py makemigrations --check --dry-run`` of the booted project compares by.

    Notes
    -----
    The command of an app comes before Django's own, the first app's before others'. One that has a
    ``handle`` of its own is run as far as Django's ``handle``, and no further, so nothing is
    compared twice and nothing is written. One that never calls Django's is not run. Some packages
    change the class of Django's own command when they are set up (django-pgtrigger).
    Source: django/core/management/__init__.py, ``get_commands``;
    django/core/management/commands/makemigrations.py, ``Command.handle`` (4.2 to 6.1).
    """
    from django.core.management import get_commands
    from django.core.management.commands import makemigrations as module
    from django.db.migrations.autodetector import MigrationAutodetector

    app = get_commands().get(_NAME)
    own: Any = module.Command
    note = ""
    patches: tuple[Patch, ...] = ()
    if app not in {None, "django.core"}:
        before = _snapshot()
        try:
            own, note = _asked(app, module.Command)
            patches = _between(before, _snapshot())
        except _Reached as reached:
            own, patches = reached.command, reached.patches(before)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the project does
            note = f"the {_NAME} of {_of(app)} ends before it compares: {sentence(error)}"
        finally:
            for patch in _between(before, _snapshot()):
                _put(patch, patch.old)
    try:
        found = autodetector_of(own, module)
    except Exception as error:  # noqa: BLE001 - a property of the project's
        found, note = None, text_of(error)
    if not (isinstance(found, type) and issubclass(found, MigrationAutodetector)):
        note = note or f"the autodetector of {_NAME} is none of Django's"
        found = MigrationAutodetector
    if note:
        note = f"{note}; models are compared as Django's own would"
    return Makemigrations(autodetector=found, patches=patches, note=note)


class _Reached(BaseException):
    """Django's ``handle`` was reached; no error, so that no ``except Exception`` stops it."""

    def __init__(self, command: Any) -> None:  # noqa: ANN401 - a command
        super().__init__()
        self.command = command
        self._seen = _snapshot()

    def patches(self, before: _Snapshot) -> tuple[Patch, ...]:
        return _between(before, self._seen)


def _asked(app: Any, django_command: Any) -> tuple[Any, str]:  # noqa: ANN401 - as in get_commands
    """Return the command, run as far as Django's ``handle`` if it has one of its own."""
    from django.core.management import load_command_class
    from django.core.management.base import BaseCommand

    command: Any = load_command_class(app, _NAME) if isinstance(app, str) else app
    if not isinstance(command, django_command):
        return django_command, f"the {_NAME} of {_of(app)} is not derived from Django's"
    kind: Any = type(command)
    if kind.handle is django_command.handle and kind.execute is BaseCommand.execute:
        return command, ""
    if not _calls_on(kind, django_command):
        return command, f"the {_NAME} of {_of(app)} does not call Django's, and can't be asked"
    parser = command.create_parser("manage.py", _NAME)
    options = vars(parser.parse_args(["--check", "--dry-run", "--no-input", "--skip-checks"]))
    arguments = options.pop("args", ())
    with _ending_at(django_command):
        command.execute(*arguments, **options)
    return command, f"the {_NAME} of {_of(app)} never came to Django's"


def _calls_on(kind: Any, django_command: Any) -> bool:  # noqa: ANN401 - classes
    """Return whether each ``handle`` of the project's hands on to the one it overrides."""
    for base in kind.__mro__:
        if base is django_command:
            return True
        handle = inspect.unwrap(vars(base).get("handle", django_command.handle))
        code = getattr(handle, "__code__", None)
        if handle is inspect.unwrap(django_command.handle):
            continue
        if code is None or "handle" not in code.co_names:
            return False
    return True


@contextlib.contextmanager
def _ending_at(django_command: Any) -> Iterator[None]:  # noqa: ANN401 - a class
    handle = django_command.handle

    def reached(self: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as Django's
        del args, options
        django_command.handle = handle
        raise _Reached(self)

    django_command.handle = reached
    try:
        yield
    finally:
        django_command.handle = handle


def _of(app: Any) -> str:  # noqa: ANN401 - a name, or a command
    return repr(app if isinstance(app, str) else type(app).__module__)


# What a command put in place of Django's own.

_Snapshot = dict[int, tuple[Any, dict[str, Any]]]


def _snapshot() -> _Snapshot:
    """Return what Django's modules and classes hold, and the classes of all fields."""
    from django.db.models import Field

    modules = [
        module
        for name, module in sorted(sys.modules.items())
        if name.startswith(_PACKAGES) and isinstance(module, types.ModuleType)
    ]
    owners: dict[int, Any] = {id(module): module for module in modules}
    waiting: list[Any] = [Field]
    for module in modules:
        # Not isinstance, which would have a lazy object, the settings, set itself up.
        waiting += [thing for thing in vars(module).values() if issubclass(type(thing), type)]
    while waiting:
        kind = waiting.pop()
        is_field = issubclass(kind, Field)
        if id(kind) in owners or not (is_field or kind.__module__.startswith(_PACKAGES)):
            continue
        owners[id(kind)] = kind
        waiting += kind.__subclasses__() if is_field else ()
    return {mark: (owner, _held(vars(owner))) for mark, owner in owners.items()}


def _held(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values; of lists, which are changed in place, with what stands in them."""
    return {
        name: _Items(value, tuple(value)) if type(value) is list else value
        for name, value in names.items()
        if not (name.startswith("__") and name.endswith("__"))
    }


class _Items(NamedTuple):
    """A list, and what stood in it."""

    list: list[Any]
    items: tuple[Any, ...]


def _between(before: _Snapshot, after: _Snapshot) -> tuple[Patch, ...]:
    found = []
    for mark, (owner, old) in before.items():
        new = after[mark][1] if mark in after else old
        for name in {**old, **new}:
            one, other = old.get(name, _MISSING), new.get(name, _MISSING)
            # Modules that were imported in the meantime stay.
            if not _is_same(one, other) and not isinstance(other, types.ModuleType):
                found.append(Patch(owner, name, one, other))
    return tuple(found)


def _is_same(one: object, other: object) -> bool:
    if one is other:
        return True
    return (
        isinstance(one, _Items)
        and isinstance(other, _Items)
        and one.list is other.list
        and one.items == other.items
    )


def _put(patch: Patch, value: Any) -> None:  # noqa: ANN401 - anything
    if isinstance(value, _Items):
        value.list[:] = value.items
        value = value.list
    if value is not _MISSING:
        setattr(patch.owner, patch.name, value)
    elif patch.name in vars(patch.owner):
        delattr(patch.owner, patch.name)
