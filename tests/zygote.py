"""A process that has imported the tool once and forks for each run: a tenth of a start's price.

It reads one JSON object a line, runs the tool in a child, and answers with its status. What the
child says goes to the files that the request names. Settings, apps and drivers are imported by the
children alone, so that no run sees another's.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import sys
from typing import Any, NoReturn

PRELOADED = (
    "django.contrib.auth.hashers",
    "django.contrib.contenttypes.management",
    "django.core.management",
    "django.db.migrations.autodetector",
    "django.db.migrations.executor",
    "django.db.backends.base.base",
    "networkx",
    "sqlglot",
    "sqlglot.dialects.mysql",
    "sqlglot.dialects.postgres",
    "sqlglot.dialects.sqlite",
    "sqlglot.dialects.tsql",
)
SKIPPED = ("replayer.__main__", "replayer.management")


def preload() -> None:
    """Import what every run imports and no project can change."""
    for name in PRELOADED:
        _try_import(name)
    import replayer

    for found in pkgutil.walk_packages(replayer.__path__, "replayer."):
        if not found.name.startswith(SKIPPED):
            _try_import(found.name)
    from django.conf import settings

    assert not settings.configured


def _try_import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - what can't be had without settings is had later
        if os.environ.get("ZYGOTE_DEBUG"):
            sys.stderr.write(f"{name}: {error!r}\n")


def run(request: dict[str, Any]) -> NoReturn:
    """Become the tool: its streams, its directory, its arguments."""
    for number, name in ((0, os.devnull), (1, request["stdout"]), (2, request["stderr"])):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        descriptor = os.open(name, flags, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(request["cwd"])
    for name, value in request["env"].items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    sys.argv = ["replayer", *request["arguments"]]
    from replayer.__main__ import main

    status: object = 70
    try:
        if request["script"]:
            runpy.run_path(request["script"], run_name="__main__")
        else:
            main()
    except SystemExit as stop:
        status = stop.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 70)


def serve() -> None:
    """Answer requests until stdin ends."""
    preload()
    gc.collect()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            run(request)
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


if __name__ == "__main__":
    serve()
