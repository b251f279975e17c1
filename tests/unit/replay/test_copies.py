from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations.state import ModelState, StateApps

from replayer.replay.copies import Spent, in_order, renderable
from tests.unit.history.drawing import set_up_django

set_up_django()


def _state(name: str, *fields: tuple[str, Any]) -> ModelState:
    return ModelState("app", name, list(fields))


def _rendered(states: dict[str, Any]) -> Any:
    nothing: Any = set()
    by_key: Any = {("app", name): state for name, state in states.items()}
    return StateApps(nothing, by_key)


def test_a_copy_leaves_the_field_of_the_state_as_it_was() -> None:
    field: Any = models.CharField(max_length=5)
    state = _state("One", ("id", models.AutoField(primary_key=True)), ("name", field))
    model = _rendered({"one": renderable(state)}).get_model("app", "one")
    assert model._meta.get_field("name") is not field
    assert not hasattr(field, "model")


def test_a_spent_field_goes_into_the_model_in_its_place_among_the_columns() -> None:
    late: Any = models.CharField(max_length=5)
    early: Any = models.AutoField(primary_key=True)
    target = _state("Two", ("id", models.AutoField(primary_key=True)))
    relation: Any = models.ForeignKey("app.Two", models.CASCADE)
    state = _state("One", ("id", early), ("two", relation), ("name", late))
    spent = Spent([state, target])
    apps = _rendered({"one": spent.renderable(state), "two": spent.renderable(target)})
    meta = apps.get_model("app", "one")._meta
    # The name's field was made before the others.
    assert [field.name for field in meta.local_fields] == ["id", "two", "name"]
    assert meta.get_field("name") is late
    assert meta.get_field("two").remote_field.model is apps.get_model("app", "two")
    assert meta.get_field("two").column == "two_id"


def test_a_field_that_stands_in_two_models_is_copied_for_each() -> None:
    shared: Any = models.AutoField(primary_key=True)
    states = {name: _state(name.title(), ("id", shared)) for name in ("one", "two")}
    spent = Spent(states.values())
    apps = _rendered({name: spent.renderable(state) for name, state in states.items()})
    found = [apps.get_model("app", name)._meta.pk for name in states]
    assert found[0] is not found[1]
    assert [field.model._meta.model_name for field in found] == ["one", "two"]
    assert not hasattr(shared, "model")


def test_sets_of_options_are_gone_through_in_order_and_stay_sets() -> None:
    pairs = {tuple(pair) for pair in ("ab", "bc", "cd", "de", "ef", "fg", "gh", "hi")}
    state: Any = ModelState("alpha", "thing", [], options={"unique_together": pairs})
    ordered = in_order(state).options["unique_together"]
    assert list(ordered) == sorted(pairs)
    assert ordered - {("a", "b")} == pairs - {("a", "b")}  # a RunPython may reckon with them
    assert list(state.options["unique_together"]) == list(pairs)


def test_a_copy_forgets_the_name_that_its_field_was_bound_to() -> None:
    """Django's autodetector binds fields of the final state; before a rename they had another."""
    field: Any = models.CharField("what it is called", max_length=5)
    other: Any = models.IntegerField()
    for bound, later in ((field, "later"), (other, "later_too")):
        bound.set_attributes_from_name(later)
    state = _state(
        "One", ("id", models.AutoField(primary_key=True)), ("name", field), ("size", other)
    )
    meta = _rendered({"one": renderable(state)}).get_model("app", "one")._meta
    found = [(item.name, item.column, item.verbose_name) for item in meta.local_fields[1:]]
    assert found == [("name", "name", "what it is called"), ("size", "size", "size")]
    assert (field.name, other.name) == ("later", "later_too")
