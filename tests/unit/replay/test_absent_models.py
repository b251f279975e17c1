"""A model that isn't there yet: what was rendered without it is rendered again with it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations.state import ModelState

from replayer.model import ModelKey
from replayer.replay.models import ModelStates
from replayer.replay.rendering import Renderer
from tests.unit.history.drawing import set_up_django

set_up_django()

POLL, VOTE, VOTER = (ModelKey("one", name) for name in ("poll", "vote", "voter"))


def state(name: str, **relations: str) -> Any:
    key: Any = models.BigAutoField(primary_key=True)
    pointing: dict[str, Any] = {
        field_name: models.OneToOneField(target, models.CASCADE)
        for field_name, target in relations.items()
    }
    return ModelState("one", name, [("id", key), *pointing.items()])


def target_of(renderer: Renderer, found: ModelStates, *path: str) -> Any:
    model = renderer.group(found, frozenset((POLL,))).registry.get_model("one", "poll")
    for name in path:
        model = model._meta.get_field(name).remote_field.model
    return model


def test_a_target_that_comes_later_is_found() -> None:
    renderer, poll, vote = Renderer(set()), state("Poll", vote="one.vote"), state("Vote")
    assert target_of(renderer, ModelStates({POLL: poll}), "vote") == "one.vote"
    found = ModelStates({POLL: poll, VOTE: vote})
    assert target_of(renderer, found, "vote")._meta.label == "one.Vote"


def test_a_target_of_a_target_that_comes_later_is_found() -> None:
    renderer = Renderer(set())
    known = {POLL: state("Poll", vote="one.vote"), VOTE: state("Vote", voter="one.voter")}
    assert target_of(renderer, ModelStates(known), "vote", "voter") == "one.voter"
    found = ModelStates({**known, VOTER: state("Voter")})
    assert target_of(renderer, found, "vote", "voter")._meta.label == "one.Voter"


def test_what_was_rendered_serves_while_nothing_changed() -> None:
    renderer = Renderer(set())
    known = {POLL: state("Poll", vote="one.vote")}
    first = renderer.group(ModelStates(known), frozenset((POLL,)))
    assert renderer.group(ModelStates(known), frozenset((POLL,))) is first
