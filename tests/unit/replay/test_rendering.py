"""What a group of rendered models is kept for, and what makes it be rendered anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.migrations.state import ModelState

from replayer.model import ModelKey
from replayer.replay.models import ModelStates
from replayer.replay.rendering import LazyApps, Renderer, WholeApps
from replayer.replay.state import References, ReplayState
from tests.unit.history.drawing import set_up_django

set_up_django()
KIND, PART, SALE = (ModelKey("shop", name) for name in ("kind", "part", "sale"))
ONLY_PART, ONLY_SALE = frozenset((PART,)), frozenset((SALE,))


def to(target: str, **options: Any) -> Any:
    return models.ForeignKey(target, models.CASCADE, **options)


def shop() -> ReplayState:
    """Part and Sale point at Kind, which points at nothing."""
    state = ReplayState(ModelStates(), set(), References())
    kind: list[tuple[str, Any]] = [
        ("code", models.CharField(max_length=9, primary_key=True)),
        ("title", models.CharField(max_length=9)),
    ]
    state.add_model(ModelState("shop", "Kind", kind))
    for name in ("Part", "Sale"):
        own: list[tuple[str, Any]] = [
            ("id", models.AutoField(primary_key=True)),
            ("kind", to("shop.Kind")),
        ]
        state.add_model(ModelState("shop", name, own))
    return state


def test_what_is_pointed_at_stands_there_with_its_key_alone() -> None:
    renderer = Renderer(set())
    group = renderer.group(shop().models, ONLY_PART)
    part = group.registry.get_model("shop", "part")
    kind = part._meta.get_field("kind").remote_field.model
    assert [field.name for field in part._meta.local_fields] == ["id", "kind"]
    assert [field.name for field in kind._meta.local_fields] == ["code"]
    assert group.full == {PART}
    assert renderer.rendered == 2


def test_a_stub_is_rendered_once_for_all_who_point_at_it() -> None:
    renderer = Renderer(set())
    state = shop()
    registries = [renderer.group(state.models, roots).registry for roots in (ONLY_PART, ONLY_SALE)]
    assert renderer.rendered == 3
    assert registries[0].get_model("shop", "kind") is registries[1].get_model("shop", "kind")


def test_a_group_is_kept_while_its_models_are_the_same() -> None:
    renderer = Renderer(set())
    state = shop()
    group = renderer.group(state.models, ONLY_PART)
    after = state.clone()
    after.add_field("shop", "sale", "amount", models.IntegerField(), preserve_default=True)
    assert renderer.group(after.models, ONLY_PART) is group
    after.add_field("shop", "part", "amount", models.IntegerField(), preserve_default=True)
    again = renderer.group(after.models, ONLY_PART)
    assert again is not group
    assert again.registry.get_model("shop", "part")._meta.get_field("amount")
    assert renderer.rendered == 3, "the stub of Kind still serves"


def _add(state: ReplayState) -> None:
    state.add_field("shop", "kind", "note", models.TextField(), preserve_default=True)


def _alter(state: ReplayState) -> None:
    field: Any = models.CharField(max_length=99)
    state.alter_field("shop", "kind", "title", field, preserve_default=True)


def _remove(state: ReplayState) -> None:
    state.remove_field("shop", "kind", "title")


def _tell(state: ReplayState) -> None:
    state.alter_model_options("shop", "kind", {"verbose_name": "sort", "ordering": ["title"]})


@pytest.mark.parametrize("change", [_add, _alter, _remove, _tell])
def test_a_stub_is_not_rendered_anew_when_what_is_no_key_changes(change: Any) -> None:
    renderer = Renderer(set())
    state = shop()
    group = renderer.group(state.models, ONLY_PART)
    after = state.clone()
    change(after)
    assert after.models.peek(KIND) is not state.models.peek(KIND)
    assert renderer.group(after.models, ONLY_PART) is group
    assert renderer.rendered == 2


def _alter_key(state: ReplayState) -> None:
    field: Any = models.CharField(max_length=99, primary_key=True)
    state.alter_field("shop", "kind", "code", field, preserve_default=True)


def _add_key(state: ReplayState) -> None:
    field: Any = models.IntegerField(unique=True)
    state.add_field("shop", "kind", "number", field, preserve_default=True)


def _move(state: ReplayState) -> None:
    state.alter_model_options("shop", "kind", {"db_table": "kinds"}, ["db_table"])


@pytest.mark.parametrize("change", [_alter_key, _add_key, _move])
def test_a_stub_is_rendered_anew_when_its_key_or_its_table_changes(change: Any) -> None:
    renderer = Renderer(set())
    state = shop()
    group = renderer.group(state.models, ONLY_PART)
    after = state.clone()
    change(after)
    again = renderer.group(after.models, ONLY_PART)
    assert again is not group
    assert again.registry.get_model("shop", "kind") is not group.registry.get_model("shop", "kind")
    assert renderer.rendered == 4


def test_a_foreign_key_has_the_type_of_the_key_as_it_is_now() -> None:
    renderer = Renderer(set())
    state = shop()

    def length(asked: ReplayState) -> object:
        part = renderer.group(asked.models, ONLY_PART).registry.get_model("shop", "part")
        return part._meta.get_field("kind").target_field.max_length

    after = state.clone()
    _alter_key(after)
    assert (length(state), length(after), length(state)) == (9, 99, 9)


def test_a_registry_keeps_its_models_for_as_long_as_its_state() -> None:
    renderer = Renderer(set())
    state = shop()
    apps = LazyApps(state.models, renderer)
    part = apps.get_model("shop.Part")
    assert apps.get_model("shop", "part") is part
    assert renderer.rendered == 2


def test_who_may_look_at_anything_gets_every_model_once_something_is_asked_for() -> None:
    renderer = Renderer(set())
    apps = WholeApps(LazyApps(shop().models, renderer))
    assert renderer.rendered == 0
    kind = apps.get_model("shop", "part")._meta.get_field("kind").remote_field.model
    assert [field.name for field in kind._meta.local_fields] == ["code", "title"]
    assert renderer.rendered == 3


def test_an_eager_renderer_renders_every_model_for_the_first_question() -> None:
    renderer = Renderer(set(), is_eager=True)
    kind = LazyApps(shop().models, renderer).get_model("shop", "kind")
    assert kind._meta.get_field("title")
    assert renderer.rendered == 3
