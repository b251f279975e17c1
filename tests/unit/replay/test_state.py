from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.migrations.state import ModelState

from replayer.model import ModelKey
from replayer.replay.closure import bases, full_closure, referrers, relations, stub_closure
from replayer.replay.models import ModelStates
from replayer.replay.state import References, ReplayState, target_key
from tests.unit.history.drawing import set_up_django

set_up_django()
SHOP, PART, KIND, SALE = (ModelKey("shop", name) for name in ("shop", "part", "kind", "sale"))


def state_of(**fields: dict[str, Any]) -> ReplayState:
    state = ReplayState(ModelStates(), set(), References())
    for name, columns in fields.items():
        own = {key: value for key, value in columns.items() if key != "bases"}
        state.add_model(
            ModelState(
                "shop",
                name,
                [("id", models.AutoField(primary_key=True)), *own.items()],
                bases=columns.get("bases", (models.Model,)),
            )
        )
    return state


def to(target: str, **options: Any) -> Any:
    return models.ForeignKey(target, models.CASCADE, **options)


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("self", SHOP),
        ("Part", PART),
        ("shop.Part", PART),
        ("other.Part", ModelKey("other", "part")),
    ],
)
def test_a_target_is_read_from_where_it_is_named(target: str, key: ModelKey) -> None:
    assert target_key(target, SHOP) == key


def test_references_are_known_as_they_come() -> None:
    state = state_of(Kind={}, Part={"kind": to("shop.Kind")})
    assert state.references.to(KIND) == {PART}
    state.add_field("shop", "kind", "part", to("Part"), preserve_default=True)
    assert state.references.to(PART) == {KIND}
    state.rename_model("shop", "Kind", "Sort")
    assert PART in state.references.to(ModelKey("shop", "sort"))
    assert state.models.peek(PART).fields["kind"].remote_field.model == "shop.Sort"


def test_a_through_model_is_a_target_too() -> None:
    many: Any = models.ManyToManyField("shop.Kind", through="shop.Sale")
    state = state_of(Kind={}, Part={"kinds": many})
    found = [key for _, _, key in relations(PART, state.models.peek(PART))]
    assert found == [KIND, SALE]
    assert state.references.to(SALE) == {PART}


def test_a_clone_changes_alone() -> None:
    state = state_of(Kind={}, Part={"kind": to("shop.Kind")})
    clone = state.clone()
    clone.remove_field("shop", "part", "kind")
    assert "kind" in state.models.peek(PART).fields
    assert "kind" not in clone.models.peek(PART).fields


def test_a_rename_leaves_the_fields_of_the_state_before_alone() -> None:
    state = state_of(Kind={"code": models.IntegerField(unique=True)})
    state.add_model(ModelState("shop", "Part", [("kind", to("shop.Kind", to_field="code"))]))
    after = state.clone()
    after.rename_field("shop", "kind", "code", "number")
    assert state.models.peek(PART).fields["kind"].remote_field.field_name == "code"
    assert after.models.peek(PART).fields["kind"].remote_field.field_name == "number"


def test_bases_come_first_and_what_is_pointed_at_is_a_stub() -> None:
    state = state_of(
        Kind={},
        Part={"kind": to("shop.Kind")},
        Sale={"bases": ("shop.part",), "shop": to("shop.Shop")},
        Shop={"kind": to("shop.Kind")},
    )
    peek = state.models.peek
    assert list(bases(SALE, peek(SALE))) == [PART]
    full = full_closure([SALE], peek)
    assert full == [PART, SALE]
    assert set(stub_closure(full, peek)) == {KIND, SHOP}


def test_a_stub_keeps_the_field_that_a_foreign_key_names() -> None:
    state = state_of(
        Kind={"code": models.IntegerField(), "other": models.IntegerField()},
        Part={"kind": to("shop.Kind", to_field="code")},
    )
    assert stub_closure([PART], state.models.peek) == {KIND: frozenset({"code"})}


def test_keys_that_are_foreign_keys_hand_a_change_on() -> None:
    """``Kind`` <- ``Part`` (its key) <- ``Sale``; ``Shop`` points at ``Sale``'s own key."""
    state = state_of(Kind={})
    state.add_model(
        ModelState(
            "shop",
            "Part",
            [("kind", models.OneToOneField("shop.Kind", models.CASCADE, primary_key=True))],
        )
    )
    for name, target in (("Sale", "shop.Part"), ("Shop", "shop.Sale")):
        state.add_model(
            ModelState(
                "shop",
                name,
                [("id", models.AutoField(primary_key=True)), ("to", to(target))],
            )
        )
    assert referrers(KIND, state.models.peek, state.references) == {KIND, PART, SALE}
