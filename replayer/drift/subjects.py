"""What drift is about: models and fields by their names, their classes and their places."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.model import ModelKey, Source
    from replayer.sources import Sources


class Subjects:
    """Finds the name, the class and the place of a model, a field or an option.

    Parameters
    ----------
    models
        The model classes as they are now.
    """

    def __init__(self, models: Mapping[ModelKey, Any], sources: Sources) -> None:
        self.models = models
        self._sources = sources
        self._names: dict[ModelKey, str] = {}

    def note_name(self, key: ModelKey, name: str) -> None:
        """Remember how a state spells a model's name."""
        self._names[key] = name

    def name(self, key: ModelKey) -> str:
        """Return a model's name, spelled as its state or its class does."""
        if key in self._names:
            return self._names[key]
        model = self.models.get(key)
        return str(model._meta.object_name) if model is not None else key.model_name  # noqa: SLF001

    def label(self, key: ModelKey) -> str:
        """Return ``app.Model``."""
        return f"{key.app_label}.{self.name(key)}"

    def field(self, key: ModelKey, name: str) -> Any:  # noqa: ANN401 - a field or None
        """Return a field of the model class, or None where it has none of that name."""
        model = self.models.get(key)
        if model is None:
            return None
        meta = model._meta  # noqa: SLF001 - Django's public name
        for found in (*meta.local_fields, *meta.local_many_to_many):
            if found.name == name:
                return found
        return None

    def model_source(self, key: ModelKey) -> Source | None:
        """Return where a model's class is written."""
        model = self.models.get(key)
        return self._sources.model_source(model) if model is not None else None

    def field_source(self, key: ModelKey, name: str) -> Source | None:
        """Return where a field is written, or its model where it has no place of its own."""
        model = self.models.get(key)
        if model is None:
            return None
        return self._sources.field_source(model, name) or self._sources.model_source(model)

    def meta_source(self, key: ModelKey, option: str | None, item: str | None) -> Source | None:
        """Return where an option is written, or an item of it; else ``Meta``, else the model."""
        model = self.models.get(key)
        if model is None:
            return None
        found = self._sources.meta_source(model, option, item)
        return found or self._sources.meta_source(model) or self._sources.model_source(model)

    def expression(self, key: ModelKey, field: str, argument: str) -> ast.AST | None:
        """Return the expression of a field's argument, read again at its place."""
        model = self.models.get(key)
        place = self._sources.field_source(model, field) if model is not None else None
        if place is None or place.end_line is None:
            return None
        try:
            with open(place.path, encoding="utf-8") as file:  # noqa: PTH123 - a path as imported
                lines = file.read().splitlines()[place.line - 1 : place.end_line]
            tree = ast.parse("\n".join(lines).strip())
        except (OSError, SyntaxError, ValueError):
            return None
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == argument:
                return node.value
        return None
