"""What is found and then applied is found no more; what is said to be state-only makes no DDL."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.migration import Migration
from django.db.migrations.state import ModelState, ProjectState, StateApps
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from replayer.ddl.render import render_models
from replayer.dialects.connections import OfflineEngines
from replayer.drift.classify import Judge
from replayer.drift.columns import without_column_order
from replayer.drift.detect import detect
from replayer.drift.questioner import SilentQuestioner
from replayer.drift.written import operation_text
from replayer.errors import DialectError
from replayer.model import Dialect, ModelKey
from replayer.project.drivers import backend_imports
from replayer.replay.models import ModelStates
from replayer.replay.state import References, ReplayState
from tests.unit.history.drawing import set_up_django

if TYPE_CHECKING:
    from collections.abc import Mapping

set_up_django()

MODELS = ("Poll", "Vote", "Voter")
LABELS = ("one", "two")
DIALECTS = tuple(dialect for dialect in Dialect)
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def positive(value: object) -> None:
    """Stand for a validator."""


def fields() -> st.SearchStrategy[models.Field[Any, Any]]:
    flags = st.fixed_dictionaries(
        {},
        optional={
            "null": st.booleans(),
            "blank": st.booleans(),
            "help_text": st.sampled_from(["", "shown first", "100 %"]),
            "verbose_name": st.sampled_from(["a name"]),
            "db_index": st.booleans(),
            "unique": st.booleans(),
            "editable": st.booleans(),
            "validators": st.just([positive]),
            "db_column": st.sampled_from(["other_column"]),
        },
    )
    kinds = st.sampled_from(
        [
            models.IntegerField,
            models.BigIntegerField,
            models.PositiveIntegerField,
            models.BooleanField,
            models.DateField,
            models.UUIDField,
            models.FloatField,
        ]
    )
    plain = st.builds(lambda kind, options: kind(**options), kinds, flags)
    text: st.SearchStrategy[Any] = st.builds(
        lambda size, options: models.CharField(max_length=size, **options),
        st.sampled_from([20, 200]),
        flags,
    )
    choices: st.SearchStrategy[Any] = st.builds(
        lambda words: models.CharField(max_length=20, choices=[(word, word) for word in words]),
        st.lists(st.sampled_from("abc"), unique=True, min_size=1),
    )
    return plain | text | choices


@st.composite
def model_states(draw: st.DrawFn, label: str, name: str, known: list[str]) -> ModelState:
    names = draw(st.lists(st.sampled_from(["title", "votes", "born", "code"]), unique=True))
    found: list[tuple[str, Any]] = [("id", models.BigAutoField(primary_key=True, serialize=False))]
    columns = {"other_column"}
    for field_name in names:
        field = draw(fields())
        if field.db_column is not None and field.db_column not in columns:
            field.db_column = None
        columns.discard(str(field.db_column))
        found.append((field_name, field))
    for relation in draw(st.lists(st.sampled_from(["poll", "voters"]), unique=True)):
        target = draw(st.sampled_from(known))
        if relation == "poll":
            key: Any = models.ForeignKey(
                target,
                draw(st.sampled_from([models.CASCADE, models.PROTECT])),
                related_name="+",
                null=draw(st.booleans()),
            )
            found.append((relation, key))
        else:
            found.append((relation, models.ManyToManyField(target, related_name="+")))
    options: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "verbose_name": st.sampled_from(["thing", "object"]),
                "ordering": st.just(["id"]),
                "db_table": st.sampled_from([f"{label}_{name}_table".lower()]),
            },
        )
    )
    if len(names) > 1 and draw(st.booleans()):
        options["unique_together"] = {tuple(sorted(names[:2]))}
    is_indexed: bool = draw(st.booleans())
    if names and is_indexed:
        options["indexes"] = [models.Index(fields=[names[0]], name=f"{label}_{name}_i".lower())]
    return ModelState(label, name, found, options=options)


@st.composite
def states(draw: st.DrawFn) -> dict[ModelKey, ModelState]:
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(LABELS), st.sampled_from(MODELS)), unique=True, max_size=4
        )
    )
    known = [f"{label}.{name.lower()}" for label, name in keys]
    return {
        ModelKey(label, name.lower()): draw(model_states(label, name, known))
        for label, name in keys
    }


def history() -> Any:
    graph = MigrationGraph()
    for label in LABELS:
        graph.add_node((label, "0001_initial"), Migration("0001_initial", label))
    return SimpleNamespace(graph=graph, loader=SimpleNamespace(unmigrated_apps=set()))


def replayed(found: Mapping[ModelKey, ModelState]) -> ReplayState:
    state = ReplayState(ModelStates(), set(), References())
    for key in sorted(found):
        state.add_model(found[key].clone())
    return state


def classes(found: Mapping[ModelKey, ModelState]) -> dict[ModelKey, Any]:
    nothing: Any = set()
    registry = StateApps(nothing, {key: state.clone() for key, state in found.items()})
    return {key: registry.get_model(*key) for key in found}


def connection(dialect: Dialect) -> Any:
    if dialect is Dialect.MSSQL:
        pytest.importorskip("mssql")
    engines = OfflineEngines(backend_imports)
    engine = engines.default_engine(dialect)
    wrapper = engines.offline(engine, engines.facts(dialect, None))
    empty = {"ENGINE": engine, "NAME": "", "OPTIONS": {}, "USER": "", "PASSWORD": "", "HOST": ""}
    return wrapper({**empty, "PORT": "", "TIME_ZONE": None, "CONN_MAX_AGE": 0}, "default")


def rendered(models: Any, connection: Any) -> frozenset[str]:
    return frozenset(
        without_column_order(statement.sql)
        for statement in render_models(models, connection).statements
    )


@QUICK
@given(before=states(), after=states())
def test_nothing_is_found_after_what_was_found_is_applied(
    before: dict[ModelKey, ModelState], after: dict[ModelKey, ModelState]
) -> None:
    state, live = replayed(before), classes(after)
    for found in detect(history(), state, live).operations:
        found.operation.state_forwards(found.app_label, state)
    assert detect(history(), state, live).is_empty


@QUICK
@given(found=states())
def test_models_are_equal_to_their_own_state(found: dict[ModelKey, ModelState]) -> None:
    detected = detect(history(), replayed(found), classes(found))
    assert (detected.operations, detected.differing) == ((), ())


@QUICK
@given(before=states(), after=states())
def test_django_finds_the_same_among_all_models(
    before: dict[ModelKey, ModelState], after: dict[ModelKey, ModelState]
) -> None:
    live = classes(after)
    detector = MigrationAutodetector(
        ProjectState({key: state.clone() for key, state in before.items()}),
        ProjectState({key: ModelState.from_model(model) for key, model in live.items()}),
        SilentQuestioner(),
    )
    theirs = [
        (label, operation_text(operation))
        for label, migrations in detector.changes(graph=history().graph).items()
        for migration in migrations
        for operation in migration.operations
    ]
    ours = [
        (found.app_label, operation_text(found.operation))
        for found in detect(history(), replayed(before), live).operations
    ]
    assert sorted(ours) == sorted(theirs)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_state_only_leaves_the_whole_schema_as_it_is(dialect: Dialect) -> None:
    wrapper = connection(dialect)

    @settings(QUICK, max_examples=4, phases=[Phase.generate])
    @given(before=states(), after=states())
    def law(before: dict[ModelKey, ModelState], after: dict[ModelKey, ModelState]) -> None:
        state, live = replayed(before), classes(after)
        judge = Judge({dialect: wrapper}, rendered, live, set())
        detected = detect(history(), state, live)
        judged, last = judge.judge(detected, state)
        assert judge.unseen(detected, last) == ()
        now = state.clone()
        for one in judged:
            # A clone may be changed; what it was made of is then its base.
            was, now = now, now.clone()
            one.found.operation.state_forwards(one.found.app_label, now)
            sides = []
            for side in (was, now):
                known = {key: side.models.peek(key) for key in side.models.keys_only()}
                nothing: Any = set()
                try:
                    registry = StateApps(
                        nothing, {key: model.clone() for key, model in known.items()}
                    )
                    sides.append(rendered([registry.get_model(*key) for key in known], wrapper))
                except (DialectError, ValueError):
                    # Django's order has a state between that no database can hold.
                    break
            else:
                if not one.dialects:
                    assert sides[0] == sides[1], one.found.operation
                else:
                    assert sides[0] != sides[1], one.found.operation

    law()


def test_the_laws_hold_without_installed_models() -> None:
    """The other tests hand their models over; none of an installed app is among them."""
    assert not {config.label for config in apps.get_app_configs()} & set(LABELS)
