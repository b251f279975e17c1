"""Answers the autodetector's questions without a person: no to renames, which are written down."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.migrations.questioner import MigrationQuestioner
from django.db.models import NOT_PROVIDED


class FieldRename(NamedTuple):
    """A removed and an added field that look alike."""

    model: str
    """Lower case; the autodetector does not say of which app."""
    old: str
    new: str


class ModelRename(NamedTuple):
    """A removed and an added model that look alike."""

    app_label: str
    old: str
    new: str


class SilentQuestioner(MigrationQuestioner):
    """Never asks, and remembers what it would have asked about renames.

    Notes
    -----
    ``NonInteractiveMigrationQuestioner`` ends the process at a field that is not null and has no
    default. Here such a field is added without one: what is missing is known, not what to fill in.
    Source: django/db/migrations/questioner.py (4.2 to 6.1).
    """

    def __init__(self) -> None:
        super().__init__(specified_apps=set(), dry_run=True)
        self.fields: list[FieldRename] = []
        self.models: list[ModelRename] = []

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:  # noqa: ANN401
        """Give no default."""
        del field_name, model_name
        return NOT_PROVIDED

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:  # noqa: ANN401
        """Give no default."""
        del field_name, model_name
        return NOT_PROVIDED

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:  # noqa: ANN401
        """Give no default."""
        del field_name, model_name
        return NOT_PROVIDED

    def ask_rename(
        self,
        model_name: str,
        old_name: str,
        new_name: str,
        field_instance: Any,  # noqa: ANN401 - any field
    ) -> bool:
        """Say no, and remember it."""
        del field_instance
        self.fields.append(FieldRename(model_name.lower(), old_name, new_name))
        return False

    def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:  # noqa: ANN401
        """Say no, and remember it."""
        label = new_model_state.app_label
        self.models.append(ModelRename(label, old_model_state.name, new_model_state.name))
        return False
