"""Write a project's expectation file from the differences that were found.

A final state can't know what the history left. Django itself is the witness: a difference is the
history's when Django's own tables of ``models.py`` (``migrate --run-syncdb`` without migrations)
differ from the migrated ones in the same way. Every other difference is ``UNEXPLAINED``, which
the tests refuse, so a person has to find the reason (or the mistake in the tool).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.differential.expectations import expectation_file
from tests.differential.judge import Difference, Verdict
from tests.differential.projects import Project

UNEXPLAINED = "UNEXPLAINED"


class _Reason(NamedTuple):
    dialects: str
    """A pattern."""
    text: str
    """A pattern; its group is what the entry keeps of the difference, the rest becomes ``*``."""
    reason: str


_REASONS = (
    _Reason(
        "sqlite",
        r"(other: table .+?: column order ).*",
        "SQLite's table remakes wrote the columns in another order than the final state has.",
    ),
    _Reason(
        ".*",
        r"(other: table .+?: column order ).*",
        "Columns stand where the history put them: a renamed field goes to the end of the state's "
        "fields, its column stays; a field that was added later may stand elsewhere in the state.",
    ),
    _Reason(
        "sqlite",
        r"(other: column .+?: type '\w*' -> '\w*')",
        "The column of a key keeps the type that the last remake of its table wrote.",
    ),
    _Reason(
        "mysql",
        r"(other: column .+?: default )\"_utf8mb4.*DEFAULT_GENERATED.*",
        "MySQL keeps the default with which AddField filled the rows of a JSON or text column.",
    ),
    _Reason(
        "postgresql",
        r"(other: index \S*_like: only left ).*",
        "A LIKE index that the history made and did not drop.",
    ),
    _Reason(
        ".*",
        r"(other: .*?: only (?:left|right) ).*",
        "Only the history knows it (RunSQL, RunPython, SeparateDatabaseAndState, a handler): "
        "Django's tables of the models differ in the same way.",
    ),
    _Reason(
        ".*",
        "(other: .*)",
        "The history left it so: Django's tables of the models differ in the same way.",
    ),
)
_NAMES = "Names are what the history made them; a final state has today's."


def write(
    schema: str,
    project: Project,
    found: Mapping[str, Iterable[Difference]],
    witnessed: Mapping[str, Iterable[Difference]],
) -> tuple[str, ...]:
    """Write the file and return the differences that need a reason.

    Parameters
    ----------
    found
        The differences by dialect, for every dialect that was compared.
    witnessed
        By dialect, how Django's tables of the models differ from the migrated ones.
    """
    entries: dict[tuple[str, str], list[str]] = {}
    for dialect, differences in found.items():
        for text, reason in _proposals(
            dialect, differences, {d.text for d in witnessed.get(dialect, ())}
        ):
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


def _proposals(
    dialect: str, differences: Iterable[Difference], witnessed: Collection[str]
) -> Iterator[tuple[str, str]]:
    for difference in differences:
        text = difference.text
        # A state keeps a renamed field at its end, where neither models.py nor a table has it.
        is_order = len(difference.changes) == 1 and difference.changes[0].attribute == (
            "column order"
        )
        if text not in witnessed and not is_order:
            yield text, UNEXPLAINED
        elif difference.verdict is Verdict.NAME_ONLY:
            yield "name-only: *", _NAMES
        else:
            yield _explained(dialect, text)


def _explained(dialect: str, text: str) -> tuple[str, str]:
    for pattern, text_pattern, reason in _REASONS:
        match = re.fullmatch(text_pattern, text, re.DOTALL)
        if match and re.fullmatch(pattern, dialect):
            return (text if match[1] == text else f"{match[1]}*"), reason
    return text, UNEXPLAINED


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
