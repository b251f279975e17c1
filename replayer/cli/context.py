"""What every command begins with: the booted project and its history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from replayer.dialects.connections import OfflineEngines
from replayer.model import Dialect
from replayer.project.boot import boot
from replayer.project.drivers import backend_imports
from replayer.project.locate import locate

if TYPE_CHECKING:
    import argparse

    from replayer.project.boot import Project


def boot_project(options: argparse.Namespace, directory: Path | None = None) -> Project:
    """Boot the project that the options name.

    Parameters
    ----------
    options
        With the attributes of ``add_project_options``.
    directory
        Where the command was run; the current directory where it is None.

    Raises
    ------
    ReplayerError
        Whatever kept it from booting.
    """
    location = locate(
        directory=directory or Path.cwd(),
        settings=options.settings,
        python_path=tuple(options.pythonpath or ()),
    )
    return boot(
        location,
        OfflineEngines(backend_imports),
        dialect=Dialect(options.dialect) if options.dialect else None,
        server_version=options.server_version,
        alias=options.database,
    )
