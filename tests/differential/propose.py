"""Write a project's expectation file from the differences that were found.

A known kind of difference gets its reason from a table; every other gets ``UNEXPLAINED``, which
the tests refuse, so a person has to find the reason (or the mistake in the tool).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.differential.expectations import expectation_file
from tests.differential.judge import Difference, Verdict
from tests.differential.projects import Project

UNEXPLAINED = "UNEXPLAINED"


class _Rule(NamedTuple):
    dialects: str
    """A pattern."""
    text: str
    """A pattern; its groups are what the entry keeps of the difference, the rest becomes ``*``."""
    reason: str


_STATE_RULES = (
    _Rule(
        "sqlite",
        r"(other: table .+?: column order ).*",
        "SQLite's table remakes wrote the columns in another order than the final state has.",
    ),
    _Rule(
        ".*",
        r"(other: table .+?: column order ).*",
        "Columns stand where the history put them: a renamed field goes to the end of the state's "
        "fields, its column stays; a field that was added later may stand elsewhere in the state.",
    ),
    _Rule(
        "sqlite",
        r"(other: column .+?: type '\w*int\w*' -> '\w*int\w*')",
        "The column of a key keeps the type that the last remake of its table wrote.",
    ),
    _Rule(
        "mysql",
        r"(other: column .+?: default )\"_utf8mb4.*DEFAULT_GENERATED.*",
        "MySQL keeps the default with which AddField filled the rows of a JSON or text column.",
    ),
    _Rule(
        ".*",
        r"(other: (?:view|materialized view|trigger|function|procedure|rule|policy|type|extension"
        r"|schema|event|statistics|collation|text search \w+|sequence) .*: only left ).*",
        "Made by RunSQL, RunPython or a handler; no state knows it.",
    ),
)


def write(
    schema: str, project: Project, found: Mapping[str, Iterable[Difference]]
) -> tuple[str, ...]:
    """Write the file and return the differences that need a reason.

    Parameters
    ----------
    found
        The differences by dialect, for every dialect that was compared.
    """
    entries: dict[tuple[str, str], list[str]] = {}
    for dialect, differences in found.items():
        for text, reason in _proposals(dialect, differences):
            dialects = entries.setdefault((text, reason), [])
            if dialect not in dialects:
                dialects.append(dialect)
    path = expectation_file(schema, project)
    if not entries:
        path.unlink(missing_ok=True)
        return ()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "\n".join(
            "[[difference]]\n"
            f"dialect = {json.dumps(dialects)}\n"
            f"difference = {_toml(text)}\n"
            f"reason = {_toml(reason)}\n"
            for (text, reason), dialects in sorted(entries.items())
        ),
        encoding="utf-8",
    )
    return tuple(text for text, reason in entries if reason == UNEXPLAINED)


def _proposals(dialect: str, differences: Iterable[Difference]) -> Iterator[tuple[str, str]]:
    for difference in differences:
        if difference.verdict is Verdict.NAME_ONLY:
            yield (
                "name-only: *",
                "Names are what the history made them; a final state has today's.",
            )
            continue
        for rule in _STATE_RULES:
            match = re.fullmatch(rule.text, difference.text, re.DOTALL)
            if match and re.fullmatch(rule.dialects, dialect):
                kept = match[1]
                yield kept if kept == difference.text else f"{kept}*", rule.reason
                break
        else:
            yield difference.text, UNEXPLAINED


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
