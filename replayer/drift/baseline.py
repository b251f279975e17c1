"""A file of findings that are known: they are left out until they change their nature or go."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from replayer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from replayer.findings import Finding

VERSION = 1


class Entry(NamedTuple):
    """One known finding; only its fingerprint counts, the rest is for people."""

    fingerprint: str
    rule: str
    label: str
    message: str

    def __str__(self) -> str:
        """Say which it is."""
        return f"{self.rule} {self.label}: {self.message} ({self.fingerprint[:12]})"


def baseline_text(findings: Sequence[Finding]) -> str:
    """Return the file's content: sorted, one entry a line, so that a merge shows what changed."""
    entries = sorted(
        (finding.label, finding.rule_id, finding.fingerprint, finding.message)
        for finding in findings
    )
    lines = [
        "    "
        + json.dumps(
            {"fingerprint": mark, "rule": rule, "label": label, "message": message},
            ensure_ascii=False,
        )
        for label, rule, mark, message in entries
    ]
    inner = "\n" + ",\n".join(lines) + "\n  " if lines else ""
    return f'{{\n  "version": {VERSION},\n  "findings": [{inner}]\n}}\n'


def read_baseline(path: Path) -> tuple[Entry, ...]:
    """Read a baseline.

    Raises
    ------
    UsageError
        When the file cannot be read, or is no baseline of a version known here.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"the baseline {str(path)!r} cannot be read: {error.strerror}"
        raise UsageError(message, hint=f"make it: --write-baseline {path}") from error
    except ValueError as error:
        message = f"the baseline {str(path)!r} is not JSON: {error}"
        raise UsageError(message) from error
    try:
        if document["version"] != VERSION:
            message = f"the baseline {str(path)!r} has version {document['version']!r}"
            raise UsageError(message, hint=f"this replayer reads version {VERSION}")
        return tuple(
            Entry(
                str(entry["fingerprint"]),
                str(entry.get("rule", "")),
                str(entry.get("label", "")),
                str(entry.get("message", "")),
            )
            for entry in document["findings"]
        )
    except (KeyError, TypeError, AttributeError) as error:
        message = f"the baseline {str(path)!r} is no baseline: it has no version and findings"
        raise UsageError(message, hint=f"make it: --write-baseline {path}") from error


def apply_baseline(
    findings: Sequence[Finding], entries: Sequence[Entry]
) -> tuple[tuple[Finding, ...], tuple[Entry, ...]]:
    """Return the findings that are new, and the entries that match nothing any more.

    Notes
    -----
    An entry excuses one finding: a second of the same fingerprint is new.
    """
    left = Counter(entry.fingerprint for entry in entries)
    fresh = []
    for finding in findings:
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
        else:
            fresh.append(finding)
    stale = []
    for entry in entries:
        if left[entry.fingerprint] > 0:
            left[entry.fingerprint] -= 1
            stale.append(entry)
    return tuple(fresh), tuple(stale)
