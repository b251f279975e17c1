"""Boot the user's project without harm: no connection, no driver, no log file, no stray stdout."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django

from replayer._compat import OLDEST_DJANGO
from replayer.errors import DatabaseAccessError, ProjectError, ReplayerError
from replayer.project.blame import local_in, place_of, sentence, shown, text_of
from replayer.project.databases import Target, configure_databases
from replayer.project.drivers import install_missing_drivers
from replayer.project.manage_file import SETTINGS_VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

    from replayer.model import Dialect
    from replayer.project.databases import EngineCatalogue
    from replayer.project.locate import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A booted project."""

    location: Location
    target: Target

    @property
    def root(self) -> Path:
        """The directory that the command was run in."""
        return self.location.root


def boot(
    location: Location,
    engines: EngineCatalogue,
    *,
    dialect: Dialect | None = None,
    server_version: str | None = None,
    alias: str = "default",
) -> Project:
    """Import the settings and every app, with offline connections in place before any model.

    Raises
    ------
    ProjectError
        When the settings or an app cannot be imported; it names the file and the line. Also when
        Django is too old.
    DatabaseAccessError
        When an app's code asks its database while it is imported and doesn't bear a refusal.
    UsageError, DialectError
        When the alias, the dialect or the engine is not to be had.

    Notes
    -----
    ``LOGGING_CONFIG`` is switched off: a project's handlers may open files.
    """
    _refuse_old_django()
    _prepare_path(location)
    install_missing_drivers()
    settings = _import_settings(location)
    try:
        target = configure_databases(
            settings, engines, dialect=dialect, server_version=server_version, alias=alias
        )
        settings.LOGGING_CONFIG = None
    except ReplayerError:
        raise
    except (Exception, SystemExit) as error:
        raise _settings_error(location, error) from error
    _set_up_apps(location)
    return Project(location=location, target=target)


def _refuse_old_django() -> None:
    if django.VERSION[:2] < OLDEST_DJANGO:
        oldest = ".".join(str(part) for part in OLDEST_DJANGO)
        message = f"Django {django.get_version()} is older than {oldest}, the oldest that is known"
        raise ProjectError(
            message, hint=f"type pip install 'Django>={oldest}' to move to a newer one"
        )


def _prepare_path(location: Location) -> None:
    os.environ[SETTINGS_VARIABLE] = location.settings_module
    root = str(location.root)
    entries = [os.path.abspath(entry) for entry in location.python_path]  # noqa: PTH100 - not resolved
    sys.path[:] = [*entries, root, *(path for path in sys.path if path not in {root, "", *entries})]
    sys.path += [path for path in location.path_end if path not in sys.path]
    importlib.invalidate_caches()


def _import_settings(location: Location) -> Any:  # noqa: ANN401 - django.conf.settings
    from django.conf import settings

    try:
        _ = settings.INSTALLED_APPS
    except (Exception, SystemExit) as error:
        raise _settings_error(location, error) from error
    finally:
        # A settings module may change the directory; the paths that we were given are absolute.
        if not os.path.isdir(os.curdir):  # noqa: PTH112 - the current directory may be gone
            os.chdir(location.root)
    return settings


def _settings_error(location: Location, error: BaseException) -> ProjectError:
    module = location.settings_module
    if isinstance(error, SystemExit):
        place = place_of(error, location.root)
        message = f"the settings module {module!r} calls sys.exit({error.code!r})"
        return ProjectError(f"{message} ({shown(place, location.root)})" if place else message)
    missing = isinstance(error, ModuleNotFoundError) and error.name is not None
    if missing and (module == error.name or module.startswith(f"{error.name}.")):  # type: ignore[attr-defined]  # mypy does not see that `missing` narrows
        message = f"there is no settings module {module!r} (named by {location.origin})"
        return ProjectError(message, hint="type --settings, or add its directory by --pythonpath")
    if _is_refusal(error):
        return _access_error(error, location, "the settings are imported")
    message = f"the settings module {module!r} cannot be imported: {sentence(error, location.root)}"
    return ProjectError(message, hint=_hint(error))


def _set_up_apps(location: Location) -> None:
    import django

    try:
        with warnings.catch_warnings():
            django.setup()
    except (Exception, SystemExit) as error:
        if _is_refusal(error):
            raise _access_error(error, location, "it is imported") from error
        name = _app_at_fault(error)
        subject = f"the app {str(name)!r}" if name else "the project"
        if isinstance(error, SystemExit):
            message = f"{subject} calls sys.exit({error.code!r}) while it is imported"
            place = place_of(error, location.root)
            raise ProjectError(
                f"{message} ({shown(place, location.root)})" if place else message
            ) from error
        message = f"{subject} cannot be imported: {sentence(error, location.root)}"
        raise ProjectError(message, hint=_hint(error)) from error


def _app_at_fault(error: BaseException) -> object | None:
    """Return the app that ``Apps.populate`` was at, or None.

    Notes
    -----
    It makes the configurations entry by entry, then imports models and calls ``ready`` for each
    configuration (django/apps/registry.py, phases 1 to 3); in phase 1 its variable still holds the
    configuration before.
    """
    from django.apps import apps

    if not apps.apps_ready:
        entry = local_in(error, "populate", "entry")
        return getattr(entry, "name", entry)
    return getattr(local_in(error, "populate", "app_config"), "name", None)


def _is_refusal(error: BaseException | None) -> bool:
    met: set[int] = set()
    # A chain may go round: redis raises one and the same error again for each attempt.
    while error is not None and id(error) not in met:
        if type(error).__name__ == "OperationalError" and "replayer opens no" in text_of(error):
            return True
        met.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def _access_error(error: BaseException, location: Location, when: str) -> DatabaseAccessError:
    place = place_of(error, location.root)
    where = shown(place, location.root) if place else "the project"
    message = f"{where} asks the database while {when}, and replayer opens no connection"
    return DatabaseAccessError(
        message, hint="catch django.db.OperationalError there, or ask when the app is used"
    )


def _hint(error: BaseException) -> str | None:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"is {error.name!r} installed in this environment, or missing from --pythonpath?"
    return None
