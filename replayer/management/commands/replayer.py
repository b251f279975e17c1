"""``manage.py replayer``: the same tool, in a process of its own.

``manage.py`` has set Django up by the time a command runs, with the project's own database behind
its models. A fresh interpreter gets the settings module and the path of this one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    import argparse


class Command(BaseCommand):
    """Hands its arguments to ``python -m replayer``."""

    help = "Replay the migrations offline: print their schema as DDL, report their drift."
    requires_system_checks = []  # type: ignore[mutable-override]  # noqa: RUF012 - as Django's own
    requires_migrations_checks = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Run the tool with the arguments as they were typed.

        Notes
        -----
        What settings printed while ``manage.py`` imported them, and Python still holds back for
        stdout, goes to stderr: stdout is the document.
        """
        document = os.dup(1)
        os.dup2(2, 1)
        sys.stdout.flush()
        sys.exit(self._run(argv[2:], document))

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take every argument as it is, for ``call_command``."""
        parser.add_argument("arguments", nargs="*")

    def handle(self, *args: object, **options: object) -> None:
        """Run the tool from ``call_command("replayer", "sql", "--dialect=sqlite")``."""
        del options
        status = self._run([str(argument) for argument in args], 1)
        if status:
            sys.exit(status)

    @staticmethod
    def _run(arguments: list[str], document: int) -> int:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", ""),
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),  # noqa: PTH109
        }
        command = [sys.executable, "-m", "replayer", *arguments]
        return subprocess.run(  # noqa: S603 - our own module, in this interpreter
            command, env=environment, stdout=document, check=False
        ).returncode
