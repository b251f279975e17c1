"""What was removed and what was added, where they look like one thing under a new name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.migrations import operations as ops

from replayer.drift.drafts import Draft
from replayer.findings import Attribute
from replayer.model import ModelKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from replayer.drift.classify import Judged
    from replayer.drift.detect import Detected
    from replayer.drift.places import Setters
    from replayer.drift.subjects import Subjects


def renames(
    detected: Detected, judged: Sequence[Judged], subjects: Subjects, setters: Setters
) -> Iterator[Draft]:
    """Yield a draft for each rename that ``makemigrations`` would ask about."""
    for model in detected.model_renames:
        new = ModelKey(model.app_label, model.new.lower())
        yield Draft(
            rule_id="R111",
            key=new,
            subject=f"{model.old} -> {model.new}",
            message=f"the model {model.app_label}.{model.new} looks like {model.old} under "
            "a new name",
            changes=[Attribute("name", model.old, model.new)],
            source=subjects.model_source(new),
            setter=setters.find(ModelKey(model.app_label, model.old.lower())),
        )
    added = {
        (one.key, one.found.operation.name)
        for one in judged
        if isinstance(one.found.operation, ops.AddField)
    }
    for field in detected.field_renames:
        for key, name in sorted(added):
            if key.model_name != field.model or name != field.new:
                continue
            yield Draft(
                rule_id="R111",
                key=key,
                field=field.new,
                subject=f"{field.old} -> {field.new}",
                message=f"the field {subjects.label(key)}.{field.new} looks like {field.old} under "
                "a new name",
                changes=[Attribute("name", field.old, field.new)],
                source=subjects.field_source(key, field.new),
                setter=setters.find(key, field=field.old),
            )
