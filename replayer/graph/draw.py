"""Draw a digraph of migrations: as DOT for Graphviz, as Mermaid, and as values for JSON."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypedDict

from replayer.history.edges import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

    from replayer.model import MigrationKey

_DOT_STYLES = {
    EdgeKind.DECLARED: "",
    EdgeKind.RUN_BEFORE: ' [style=dashed, label="run_before"]',
    EdgeKind.FIRST: ' [style=dotted, label="__first__"]',
    EdgeKind.LATEST: ' [style=dotted, label="__latest__"]',
    EdgeKind.SWAPPABLE: ' [style=dotted, label="swappable"]',
    EdgeKind.REPLACED: ' [color=gray, label="replaced"]',
}
_MERMAID_ARROWS = {
    EdgeKind.DECLARED: "-->",
    EdgeKind.RUN_BEFORE: "-. run_before .->",
    EdgeKind.FIRST: "-. first .->",
    EdgeKind.LATEST: "-. latest .->",
    EdgeKind.SWAPPABLE: "-. swappable .->",
    EdgeKind.REPLACED: "-- replaced -->",
}


class NodePayload(TypedDict):
    """A migration."""

    id: str
    app_label: str
    name: str


class EdgePayload(TypedDict):
    """A dependency."""

    dependency: str
    dependent: str
    kind: str
    origin: str


class GraphPayload(TypedDict):
    """A digraph; nodes in the order of the plan, edges sorted."""

    nodes: list[NodePayload]
    edges: list[EdgePayload]


def payload(digraph: nx.DiGraph[MigrationKey]) -> GraphPayload:
    """Return the digraph as values that ``json.dumps`` takes."""
    return {
        "nodes": [
            {"id": str(key), "app_label": key.app_label, "name": key.name} for key in digraph
        ],
        "edges": [
            {
                "dependency": str(before),
                "dependent": str(after),
                "kind": kind.value,
                "origin": str(origin),
            }
            for before, after, kind, origin in _edges(digraph)
        ],
    }


def dot(digraph: nx.DiGraph[MigrationKey]) -> str:
    """Return the digraph in Graphviz's language, a cluster for each app."""
    lines = ["digraph migrations {", "  rankdir=LR;", "  node [shape=box, fontname=monospace];"]
    for number, (app_label, keys) in enumerate(_by_app(digraph)):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(app_label)};"]
        lines += [f"    {_quoted(str(key))} [label={_quoted(key.name)}];" for key in keys]
        lines.append("  }")
    lines += [
        f"  {_quoted(str(before))} -> {_quoted(str(after))}{_DOT_STYLES[kind]};"
        for before, after, kind, _ in _edges(digraph)
    ]
    return "\n".join([*lines, "}", ""])


def mermaid(digraph: nx.DiGraph[MigrationKey]) -> str:
    """Return the digraph as a Mermaid flow chart, a subgraph for each app."""
    numbers = {key: f"n{number}" for number, key in enumerate(sorted(digraph))}
    lines = ["flowchart LR"]
    for number, (app_label, keys) in enumerate(_by_app(digraph)):
        lines.append(f'  subgraph a{number}["{_entities(app_label)}"]')
        lines += [f'    {numbers[key]}["{_entities(key.name)}"]' for key in keys]
        lines.append("  end")
    lines += [
        f"  {numbers[before]} {_MERMAID_ARROWS[kind]} {numbers[after]}"
        for before, after, kind, _ in _edges(digraph)
    ]
    return "\n".join([*lines, ""])


def _edges(
    digraph: nx.DiGraph[MigrationKey],
) -> Iterator[tuple[MigrationKey, MigrationKey, EdgeKind, MigrationKey]]:
    for before, after in sorted(digraph.edges):
        data = digraph.edges[before, after]
        yield before, after, data["kind"], data["origin"]


def _by_app(
    digraph: nx.DiGraph[MigrationKey],
) -> Iterator[tuple[str, list[MigrationKey]]]:
    for app_label, keys in itertools.groupby(sorted(digraph), key=lambda key: key.app_label):
        yield app_label, list(keys)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _entities(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;")
