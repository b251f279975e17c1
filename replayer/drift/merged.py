"""One finding of what several dialects have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from replayer.findings import Finding
    from replayer.model import Dialect


def merged(findings: Iterable[Finding], dialects: Sequence[Dialect]) -> list[Finding]:
    """Return the findings, those that differ in nothing but their dialects as one."""
    found: dict[Finding, set[Dialect]] = {}
    for finding in findings:
        found.setdefault(replace(finding, dialects=()), set()).update(finding.dialects)
    return [
        replace(finding, dialects=tuple(one for one in dialects if one in known))
        for finding, known in found.items()
    ]
