"""Sentences that tell what is wrong with a graph."""

from __future__ import annotations

from replayer.history.faults import conflict_sentences
from replayer.model import MigrationKey


def test_a_migration_that_could_not_be_read_may_merge_the_leaf_nodes_of_its_app() -> None:
    conflicts = {
        label: (MigrationKey(label, "0002_a"), MigrationKey(label, "0002_b"))
        for label in ("shop", "crm")
    }
    failed = [MigrationKey("shop", "0003_c"), MigrationKey("shop", ""), MigrationKey("x", "0003_d")]
    assert conflict_sentences(conflicts, failed) == [
        "app 'shop' has 2 leaf nodes: 0002_a, 0002_b (unless 0003_c is their merge)",
        "app 'crm' has 2 leaf nodes: 0002_a, 0002_b",
    ]
