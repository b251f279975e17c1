"""The order of tables: a table after those it refers to, otherwise as the history made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def in_loading_order(models: Iterable[Any]) -> tuple[Any, ...]:
    """Return the models so that a foreign key's target stands before it where that can be.

    Parameters
    ----------
    models
        Model classes, in an order that does not depend on a hash seed; it decides between models
        that don't depend on each other, and where a cycle is cut.
    """
    listed = list(models)
    keys = {_key(model): model for model in listed}
    done: dict[tuple[str, str], Any] = {}
    for model in listed:
        stack = [(model, iter(_targets(model)))]
        open_keys = {_key(model)}
        if _key(model) in done:
            continue
        while stack:
            current, targets = stack[-1]
            for target in targets:
                if target in keys and target not in done and target not in open_keys:
                    open_keys.add(target)
                    stack.append((keys[target], iter(_targets(keys[target]))))
                    break
            else:
                done[_key(current)] = current
                stack.pop()
    return tuple(done.values())


def _key(model: Any) -> tuple[str, str]:  # noqa: ANN401 - a model class
    return (model._meta.app_label, model._meta.model_name)  # noqa: SLF001 - public by name


def _targets(model: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - a model class
    meta = model._meta  # noqa: SLF001 - Django's public name
    fields = [*meta.local_fields, *meta.local_many_to_many]
    return [
        _key(field.remote_field.model._meta.concrete_model)  # noqa: SLF001 - Django's public name
        for field in fields
        if field.remote_field is not None and hasattr(field.remote_field.model, "_meta")
    ]
