"""``python -m replayer`` and the console script ``replayer``."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading

from replayer.project.streams import hold_stdout


def main() -> None:
    """Run the tool and end the process with its exit status."""
    document = hold_stdout()
    # Loading a project makes hundreds of thousands of objects that stay: collecting at Python's
    # own rate (700 objects) while they are made costs a tenth of the run. A replay's model classes
    # go in circles, and are collected at half the price while the processor's cache holds them:
    # at 50,000 objects it does not.
    gc.set_threshold(10_000, 100, 20)
    from replayer.cli.main import main as run

    status = run(sys.argv[1:], document)
    _end(status)


def _end(status: int) -> None:
    """End with a status that no exit handler of the project can change.

    Handlers still run, and what they print goes to stderr; a stderr that is closed is no error.
    Then the process ends without taking apart, one by one, the objects that the project has made.
    Only a thread that still works is waited for, as Python does.
    """
    try:
        if all(
            thread is threading.main_thread() or thread.daemon for thread in threading.enumerate()
        ):
            atexit._run_exitfuncs()  # noqa: SLF001 - what Python itself calls; it has no other name
            sys.stderr.flush()
            os._exit(status)
        sys.exit(status)
    finally:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            os._exit(status)


if __name__ == "__main__":
    main()
