"""The floor: what any tool must pay, ``django.setup()`` and the import of every migration."""

from __future__ import annotations

import os
import sys

import django


def main() -> None:
    """Boot the project of the current directory, load its migrations, and stop."""
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - pathlib is not needed by the floor
    django.setup()

    from django.db.migrations.loader import MigrationLoader

    MigrationLoader(None)


if __name__ == "__main__":
    main()
