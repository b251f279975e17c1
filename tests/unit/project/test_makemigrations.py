"""What a command put in place of Django's code: there for a while, and then no more."""

from __future__ import annotations

import pytest
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations import AlterModelOptions

from replayer.project.makemigrations import Makemigrations, Patch, _between, _Items, _snapshot


class Owner:
    held = 1


def made(*patches: Patch) -> Makemigrations:
    return Makemigrations(autodetector=MigrationAutodetector, patches=patches)


def test_a_patch_holds_for_a_while_and_is_taken_back_when_what_it_was_for_fails() -> None:
    seen = []

    def fail() -> None:
        with made(Patch(Owner, "held", 1, 2)).in_place():
            seen.append(Owner.held)
            raise ValueError("in between")

    with pytest.raises(ValueError, match="in between"):
        fail()
    assert (seen, Owner.held) == ([2], 1)


def test_of_two_patches_of_one_name_the_first_old_value_comes_back() -> None:
    with made(Patch(Owner, "held", 1, 2), Patch(Owner, "held", 2, 3)).in_place():
        assert Owner.held == 3
    assert Owner.held == 1


def test_a_list_that_was_changed_in_place_is_the_same_list_again() -> None:
    keys = AlterModelOptions.ALTER_OPTION_KEYS
    were = tuple(keys)
    before = _snapshot()
    keys.remove("ordering")
    patches = _between(before, _snapshot())
    assert [(patch.owner, patch.name) for patch in patches] == [
        (AlterModelOptions, "ALTER_OPTION_KEYS")
    ]
    with made(*patches).in_place():
        assert "ordering" not in keys
    assert AlterModelOptions.ALTER_OPTION_KEYS is keys
    assert tuple(keys) == were
    assert isinstance(patches[0].old, _Items)


def test_a_method_put_on_a_field_is_seen_and_goes_again() -> None:
    before = _snapshot()
    models.CharField.deconstruct = models.Field.deconstruct  # type: ignore[method-assign]
    patches = _between(before, _snapshot())
    assert {(patch.owner, patch.name) for patch in patches} == {(models.CharField, "deconstruct")}
    with made(*patches).in_place():
        pass
    assert models.CharField.deconstruct is not models.Field.deconstruct
    assert not _between(before, _snapshot())


def test_what_nobody_touched_is_no_patch() -> None:
    assert _between(_snapshot(), _snapshot()) == ()
