"""One line on drift, for those who only wanted the schema."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from replayer.drift.detect import detect
from replayer.drift.ownership import Ownership
from replayer.project.blame import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replayer.history.loader import History
    from replayer.replay.state import ReplayState


def drift_line(history: History, state: ReplayState, roots: Sequence[str]) -> str | None:
    """Return one line on the models having left the migrations behind, or None where they have not.

    Parameters
    ----------
    state
        The final state of the whole history.
    roots
        The directories of the project; what apps outside them differ in is not the user's to mend.

    Notes
    -----
    Cheap enough for every run: models are compared with the state, nothing is rendered. Whatever
    keeps them from being compared is told in the line: the schema was asked for, and it stands.
    """
    try:
        detected = detect(history, state)
    except Exception as error:  # noqa: BLE001 - a deconstruct of the user's may raise anything
        return f"whether the models agree with the migrations can't be told: {text_of(error)}"
    ownership = Ownership(roots)
    counts = Counter(
        found.app_label for found in detected.operations if ownership.is_own(found.app_label)
    )
    if not counts:
        return None
    parts = ", ".join(
        f"{count} {'change' if count == 1 else 'changes'} in {label}"
        for label, count in sorted(counts.items())
    )
    return f"the models have left the migrations behind: {parts} (replayer check)"
