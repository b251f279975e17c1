"""``python -m replayer`` and the console script ``replayer``."""

from __future__ import annotations

import gc
import os
import sys

from replayer.project.streams import hold_stdout


def main() -> None:
    """Run the tool and end the process with its exit status."""
    document = hold_stdout()
    # Loading a project makes hundreds of thousands of objects that stay: collecting at Python's
    # own rate (700 objects) while they are made costs a tenth of the run.
    gc.set_threshold(50_000, 20, 20)
    from replayer.cli.main import main as run

    status = run(sys.argv[1:], document)
    _end(status)


def _end(status: int) -> None:
    """End with a status that no exit handler of the project can change.

    Handlers still run, and what they print goes to stderr; a stderr that is closed is no error.
    """
    try:
        sys.exit(status)
    finally:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            os._exit(status)


if __name__ == "__main__":
    main()
