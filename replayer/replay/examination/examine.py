"""Whether a ``RunPython`` function can change the schema, told from its source.

A function that only moves data is skipped by the replay; one that reaches the schema is run against
the offline connection. The rules err towards "reaches": running a function too many costs an opaque
operation at worst, skipping one leaves a wrong schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.replay.examination.atoms import Thing, Value, one
from replayer.replay.examination.calls import Rules
from replayer.replay.examination.connections import APPS, EDITOR
from replayer.replay.examination.reader import TooMuchError
from replayer.replay.examination.verdict import FoundError, Reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def examine(function: object) -> Reach:
    """Tell whether ``function(apps, schema_editor)`` can reach the schema.

    Parameters
    ----------
    function
        The ``code`` or ``reverse_code`` of a ``RunPython``: any callable.

    Notes
    -----
    Nothing of the user's is run: source is read, names are resolved through ``__globals__`` and
    closures, attributes as they are stored. Helpers are followed into the modules of the project
    and of the app, not into those of Django, of the standard library or of other packages.
    """
    return _examined(function, (one(APPS), one(EDITOR)), {})


def examine_handler(function: object) -> Reach:
    """Tell whether a handler of ``pre_migrate`` or ``post_migrate`` can reach the schema.

    Parameters
    ----------
    function
        The receiver: any callable that takes the signal's keyword arguments.
    """
    return _examined(function, (), {"apps": one(APPS)})


def _examined(function: object, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Reach:
    rules = Rules()
    try:
        rules.settle(Thing(function), args, kwargs)
    except FoundError as found:
        return Reach(reaches_schema=True, reason=found.reason, certain=True)
    except TooMuchError:
        return Reach(reaches_schema=True, reason="is too large to be examined", certain=False)
    except RecursionError:
        return Reach(reaches_schema=True, reason="is too deep to be examined", certain=False)
    return rules.conclusions.reach()
