"""Findings of the handlers of ``pre_migrate`` and ``post_migrate`` that make schema objects."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from django.apps import apps

from replayer.findings import DriftClass, Finding
from replayer.model import Source
from replayer.replay.handlers import schema_handlers
from replayer.rules import RULES_BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from replayer.replay.handlers import Handler


def handler_findings() -> Iterator[Finding]:
    """Yield a finding for each handler whose code reaches the schema."""
    rule = RULES_BY_ID["R307"]
    for handler in schema_handlers():
        module = handler.name.rpartition(".")[0]
        config = apps.get_containing_app_config(module)
        label = config.label if config is not None else ""
        yield Finding(
            rule_id=rule.id,
            drift_class=DriftClass.DIVERGENCE,
            severity=rule.severity,
            app_label=label,
            subject=str(handler),
            message=f"the {handler} makes schema objects that stand in no migration: "
            f"it {handler.reason}",
            source=_place(handler),
            hint=rule.cure_for(app=label or "APP"),
        )


def _place(handler: Handler) -> Source | None:
    code = getattr(inspect.unwrap(handler.function), "__code__", None)
    return Source(code.co_filename, code.co_firstlineno) if code is not None else None
