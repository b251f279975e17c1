"""Import the migration modules of every installed app, and remember every one that fails.

Django's own reader stops at the first failure, and lets whatever a module raised fly. Here all
modules are tried, and each failure is a sentence with a file and a line.
"""

from __future__ import annotations

import pkgutil
import sys
from dataclasses import dataclass, field
from importlib import import_module, reload
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MIGRATIONS_MODULE_NAME

from replayer.model import MigrationKey
from replayer.project import blame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from django.apps import AppConfig
    from django.db.migrations.migration import Migration


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What the migration packages hold, whether or not it could be imported."""

    migrations: Mapping[MigrationKey, Migration]
    paths: Mapping[MigrationKey, str]
    """The file of each migration, failed ones too where they have one."""
    migrated_apps: frozenset[str]
    unmigrated_apps: frozenset[str]
    """Apps without a migration package, and those for which ``MIGRATION_MODULES`` says None."""
    failed: frozenset[MigrationKey]
    """Modules that cannot be used; a name of "" stands for the whole package of an app."""
    faults: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Reader:
    migrations: dict[MigrationKey, Migration] = field(default_factory=dict)
    paths: dict[MigrationKey, str] = field(default_factory=dict)
    migrated: set[str] = field(default_factory=set)
    unmigrated: set[str] = field(default_factory=set)
    failed: set[MigrationKey] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read_app(self, app_config: AppConfig) -> None:
        label = app_config.label
        explicit = label in settings.MIGRATION_MODULES
        module_name: str | None = (
            settings.MIGRATION_MODULES[label]
            if explicit
            else f"{app_config.name}.{MIGRATIONS_MODULE_NAME}"
        )
        if module_name is None:
            self.unmigrated.add(label)
            return
        try:
            package = _import_package(module_name)
        except ModuleNotFoundError as error:
            # As Django does: another module that a migration package wants is a fault of its own.
            if not explicit and MIGRATIONS_MODULE_NAME in (error.name or "").split("."):
                self.unmigrated.add(label)
            else:
                self._fail_package(label, module_name, error)
            return
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the user's code
            self._fail_package(label, module_name, error)
            return
        if _is_namespace(package):
            self.unmigrated.add(label)
            if _has_python_files(package):
                self.warnings.append(
                    f"app {label!r} has a {MIGRATIONS_MODULE_NAME} directory without __init__.py, "
                    "so Django does not see its migrations"
                )
            return
        if not hasattr(package, "__path__"):
            self.unmigrated.add(label)
            return
        self.migrated.add(label)
        names = [
            name
            for _, name, is_package in pkgutil.iter_modules(package.__path__)
            if not is_package and name[0] not in "_~"
        ]
        # Sorted, where Django's order is that of a set before 6.0.
        for name in sorted(set(names)):
            self._read_migration(MigrationKey(label, name), f"{module_name}.{name}")

    def _read_migration(self, key: MigrationKey, module_name: str) -> None:
        try:
            module = import_module(module_name)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the user's code
            if isinstance(error, ImportError) and "bad magic number" in blame.text_of(error):
                place = f" ({shown(error.path)})" if error.path else ""
                self._fail(key, f"{key} is a .pyc file of another Python without its source{place}")
            else:
                self._fail(key, f"{key} cannot be imported: {_told(error)}")
            return
        path = getattr(module, "__file__", None)
        if path is not None:
            self.paths[key] = path
            if path.endswith(".pyc"):
                self.warnings.append(
                    f"{key} has no source: it is the compiled file {shown(path)}, "
                    "perhaps left over from a migration that was deleted"
                )
        place = f" ({shown(path)})" if path else ""
        migration_class: Any = getattr(module, "Migration", None)
        if migration_class is None:
            self._fail(key, f"{key} has no Migration class{place}")
            return
        try:
            migration = migration_class(key.name, key.app_label)
            _ = (migration.dependencies, migration.run_before, migration.replaces)
            _ = (migration.operations, migration.app_label)
        except Exception as error:  # noqa: BLE001 - it is the user's class
            self._fail(
                key,
                f"the Migration class of {key} is not one: {blame.text_of(error)}{place}",
            )
            return
        self.migrations[key] = migration

    def _fail(self, key: MigrationKey, sentence: str) -> None:
        self.failed.add(key)
        self.faults.append(sentence)

    def _fail_package(self, label: str, module_name: str, error: BaseException) -> None:
        self.migrated.add(label)
        self._fail(
            MigrationKey(label, ""),
            f"the migrations of app {label!r} ({module_name}) cannot be imported: {_told(error)}",
        )


def read_disk() -> Disk:
    """Import all migrations of the installed apps.

    Notes
    -----
    The rules for what is a migration are Django's: a package, not a namespace package; modules
    whose names do not begin with ``_`` or ``~``; a class ``Migration``.

    References
    ----------
    ``django/db/migrations/loader.py``, ``MigrationLoader.load_disk`` (4.2 to 6.1).
    """
    reader = _Reader()
    for app_config in apps.get_app_configs():
        reader.read_app(app_config)
    return Disk(
        migrations=reader.migrations,
        paths=reader.paths,
        migrated_apps=frozenset(reader.migrated),
        unmigrated_apps=frozenset(reader.unmigrated),
        failed=frozenset(reader.failed),
        faults=tuple(reader.faults),
        warnings=tuple(reader.warnings),
    )


def shown(path: str) -> str:
    """Return the path as a person in the current directory would type it."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return path


def _told(error: BaseException) -> str:
    place = blame.place_of(error)
    where = f" ({shown(place.path)}:{place.line})" if place else ""
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}{where}"
    return f"{blame.text_of(error)}{where}"


def _import_package(module_name: str) -> ModuleType:
    was_loaded = module_name in sys.modules
    module = import_module(module_name)
    if was_loaded and hasattr(module, "__path__") and not _is_namespace(module):
        # As Django does, so that a package which computes its __path__ is asked again.
        return reload(module)
    return module


def _is_namespace(module: ModuleType) -> bool:
    return (
        hasattr(module, "__path__")
        and getattr(module, "__file__", None) is None
        and not isinstance(module.__path__, list)
    )


def _has_python_files(module: ModuleType) -> bool:
    return any(next(Path(path).glob("*.py"), None) is not None for path in module.__path__)
