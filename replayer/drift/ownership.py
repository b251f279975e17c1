"""Whose code an app is: the project's, or that of an installed package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

from replayer.sources import is_first_party

if TYPE_CHECKING:
    from collections.abc import Sequence


class Ownership:
    """Tells the project's own apps from those that its user can't mend.

    Parameters
    ----------
    roots
        The directories of the project.
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = tuple(roots)
        self._known: dict[str, bool] = {}

    def is_own(self, app_label: str) -> bool:
        """Return whether an app's code lies in the project; what is no app's is the project's."""
        if app_label not in self._known:
            try:
                path = apps.get_app_config(app_label).path
            except LookupError:
                return True
            self._known[app_label] = any(is_first_party(path, root) for root in self._roots)
        return self._known[app_label]
