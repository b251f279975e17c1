"""Laws of the analysed graph, against networkx's slower answers."""

from __future__ import annotations

import networkx as nx
from hypothesis import given

from replayer.graph.analyse import critical_path, generations, redundant_edges, sinks
from replayer.graph.ancestors import index_ancestors
from replayer.graph.build import build_digraph
from replayer.graph.draw import dot, mermaid, payload
from replayer.history.loader import link
from replayer.model import MigrationKey
from tests.property.strategies import acyclic_graphs
from tests.property.test_history_laws import disk_of

Parents = dict[MigrationKey, tuple[MigrationKey, ...]]


@given(acyclic_graphs())
def test_redundant_edges_are_those_that_a_transitive_reduction_leaves_out(
    parents: Parents,
) -> None:
    digraph = build_digraph(link(disk_of(parents)))
    left = nx.transitive_reduction(digraph).edges
    assert set(redundant_edges(digraph, index_ancestors(digraph))) == set(digraph.edges) - set(left)


@given(acyclic_graphs())
def test_the_index_knows_all_ancestors(parents: Parents) -> None:
    digraph = build_digraph(link(disk_of(parents)))
    index = index_ancestors(digraph)
    for key in digraph:
        before = {other for other in digraph if index.is_before(other, key)}
        assert before == nx.ancestors(digraph, key)


@given(acyclic_graphs())
def test_the_critical_path_is_a_longest_chain_and_counts_the_generations(parents: Parents) -> None:
    digraph = build_digraph(link(disk_of(parents)))
    path = critical_path(digraph)
    assert len(path) == len(nx.dag_longest_path(digraph)) == len(list(generations(digraph)))
    assert nx.is_path(digraph, path) or len(path) < 2
    assert not path or path[-1] in sinks(digraph)


@given(acyclic_graphs())
def test_pictures_do_not_follow_the_order_in_which_migrations_were_read(parents: Parents) -> None:
    backwards = dict(reversed(list(parents.items())))
    one, other = (build_digraph(link(disk_of(read))) for read in (parents, backwards))
    assert (dot(one), mermaid(one), payload(one)) == (dot(other), mermaid(other), payload(other))
    assert critical_path(one) == critical_path(other)
