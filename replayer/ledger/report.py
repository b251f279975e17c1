"""The ledger as a text for people and as JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypedDict

from replayer.ledger.entry import Entry, Verdict, counted
from replayer.project.blame import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

SCHEMA_VERSION = 1


class EntryPayload(TypedDict):
    """An entry in JSON."""

    app: str
    migration: str
    index: int
    kind: str
    description: str
    outcome: str
    verdict: str
    state_got: list[str]
    database_got: list[str]
    differences: list[str]
    tables: list[str]
    reason: str
    path: str | None
    line: int | None


def as_json(entries: Sequence[Entry]) -> str:
    """Return the ledger as a JSON document with the counts of its verdicts."""
    counts = counted(tuple(entries))
    document = {
        "schema_version": SCHEMA_VERSION,
        "counts": {verdict.value: counts[verdict] for verdict in Verdict},
        "entries": [_payload(entry) for entry in entries],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_text(entries: Sequence[Entry]) -> str:
    """Return one block for each entry and the counts at the end."""
    counts = counted(tuple(entries))
    noun = "operation that isn't" if len(entries) == 1 else "operations that aren't"
    listed = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict)
    blocks = [_block(entry) for entry in entries]
    return "\n".join([*blocks, f"{len(entries)} {noun} plain: {listed}\n"])


def _block(entry: Entry) -> str:
    where = f"  ({shown(entry.source)})" if entry.source is not None else ""
    lines = [f"{entry.key} {entry.kind}: {entry.verdict.value}{where}"]
    if entry.description != entry.kind:
        lines.append(f"  {entry.description}")
    outcome = f"  {entry.outcome.value}"
    lines.append(f"{outcome}: {entry.reason}" if entry.reason else outcome)
    lines += _told("state got", entry.state_got)
    lines += _told("database got", entry.database_got)
    if entry.differences and entry.differences != entry.database_got:
        lines += _told("database differs from the state's account", entry.differences)
    if entry.tables:
        lines.append(f"  tables: {', '.join(entry.tables)}")
    return "\n".join(lines) + "\n"


def _told(head: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return [f"  {head}: nothing"]
    return [f"  {head}:", *(f"    {line}" for line in lines)]


def _payload(entry: Entry) -> EntryPayload:
    return EntryPayload(
        app=entry.key.migration.app_label,
        migration=entry.key.migration.name,
        index=entry.key.index,
        kind=entry.kind,
        description=entry.description,
        outcome=entry.outcome.value,
        verdict=entry.verdict.value,
        state_got=list(entry.state_got),
        database_got=list(entry.database_got),
        differences=list(entry.differences),
        tables=list(entry.tables),
        reason=entry.reason,
        path=shown(entry.source).rpartition(":")[0] if entry.source is not None else None,
        line=entry.source.line if entry.source is not None else None,
    )
