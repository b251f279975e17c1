"""Pictures of a small graph."""

from __future__ import annotations

import json

from replayer.graph.build import build_digraph
from replayer.graph.draw import dot, mermaid, payload
from replayer.history.loader import link
from tests.unit.history.drawing import draw


def test_dot() -> None:
    disk = draw("a.1 -> a.2 -> b.1", run_before={"b.0": [("a", "2")]})
    assert dot(build_digraph(link(disk))) == (
        """\
digraph migrations {
  rankdir=LR;
  node [shape=box, fontname=monospace];
  subgraph cluster_0 {
    label="a";
    "a.1" [label="1"];
    "a.2" [label="2"];
  }
  subgraph cluster_1 {
    label="b";
    "b.0" [label="0"];
    "b.1" [label="1"];
  }
  "a.1" -> "a.2";
  "a.2" -> "b.1";
  "b.0" -> "a.2" [style=dashed, label="run_before"];
}
"""
    )


def test_mermaid() -> None:
    assert mermaid(build_digraph(link(draw("a.1 -> a.2 -> b.1")))) == (
        """\
flowchart LR
  subgraph a0["a"]
    n0["1"]
    n1["2"]
  end
  subgraph a1["b"]
    n2["1"]
  end
  n0 --> n1
  n1 --> n2
"""
    )


def test_payload_is_json() -> None:
    told = json.loads(json.dumps(payload(build_digraph(link(draw("a.1 -> b.1"))))))
    assert told == {
        "nodes": [
            {"id": "a.1", "app_label": "a", "name": "1"},
            {"id": "b.1", "app_label": "b", "name": "1"},
        ],
        "edges": [{"dependency": "a.1", "dependent": "b.1", "kind": "declared", "origin": "b.1"}],
    }


def test_odd_names_are_escaped() -> None:
    digraph = build_digraph(link(draw('a.x"y\\z#<')))
    assert '"a.x\\"y\\\\z#<" [label="x\\"y\\\\z#<"];' in dot(digraph)
    assert 'n0["x#quot;y\\z#35;#lt;"]' in mermaid(digraph)
