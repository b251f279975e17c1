"""The database's side of a history: what each step executes, and who is named when one fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import NotSupportedError, migrations, models
from django.db.migrations.operations.base import Operation

from replayer.dialects.facts import server_facts
from replayer.errors import ReplayError
from replayer.model import Dialect, MigrationKey, ModelKey
from replayer.replay.record import Outcome
from tests.property.replaying import offline, replayed
from tests.unit.history.drawing import draw, key, set_up_django

set_up_django()
ENGINE = "django.db.backends.postgresql"


def replay(*operations: list[Any], drawn: str = "a.0001 -> a.0002", **own: Any) -> Any:
    """Replay migrations that hold these operations, the first as ``own`` says otherwise."""
    disk = draw(drawn)
    for migration, held in zip(disk.migrations.values(), operations, strict=False):
        setattr(migration, "operations", held)  # noqa: B010 - a class variable to the stubs
    for name, value in own.items():
        setattr(disk.migrations[key("a.0001")], name, value)
    with offline(ENGINE, server_facts(Dialect.POSTGRESQL)) as connection:
        return replayed(disk, connection)


def model(name: str, **fields: Any) -> Any:
    own = [("id", models.AutoField(primary_key=True)), *fields.items()]
    return migrations.CreateModel(name, own)


def to(target: str) -> Any:
    return models.ForeignKey(target, models.CASCADE)


def tables(history: Any) -> list[str]:
    return sorted(name.name for name in history.catalog.tables)


def test_each_migration_has_its_own_steps_and_what_its_editor_deferred() -> None:
    history = replay([model("Book"), model("Page", book=to("Book"))], [model("Note")])
    first, second = history.records
    assert (first.key, second.key) == (MigrationKey("a", "0001"), MigrationKey("a", "0002"))
    assert [step.key.index for step in first.steps] == [0, 1]
    assert [len(step.statements) for step in first.steps] == [1, 1]
    assert any("FOREIGN KEY" in sql for sql in first.deferred)
    assert [sql.split(" (")[0] for sql in second.steps[0].statements] == ['CREATE TABLE "a_note"']
    assert second.deferred == ()
    assert tables(history) == ["a_book", "a_note", "a_page"]


def test_an_operation_that_touches_no_column_executes_nothing() -> None:
    history = replay([model("Book")], [migrations.AlterModelOptions("Book", {"ordering": ["id"]})])
    (step,) = history.records[1].steps
    assert (step.outcome, step.statements) == (Outcome.PLAIN, ())
    assert history.state.models.peek(ModelKey("a", "book")).options["ordering"] == ["id"]


def test_what_is_separated_runs_on_the_database_alone_each_step_on_the_one_before() -> None:
    separate = migrations.SeparateDatabaseAndState(
        database_operations=[
            model("Hidden"),
            migrations.AddField("Hidden", "size", models.IntegerField(null=True)),
        ],
        state_operations=[model("Shown")],
    )
    history = replay([separate, migrations.RunSQL("CREATE TABLE last (id integer)")])
    steps = history.records[0].steps
    assert [(step.key.index, step.path) for step in steps] == [(0, (0,)), (0, (1,)), (1, ())]
    assert steps[1].statements == ('ALTER TABLE "a_hidden" ADD COLUMN "size" integer NULL',)
    assert tables(history) == ["a_hidden", "last"]
    assert history.state.models.keys_only() == [ModelKey("a", "shown")]


def test_separated_operations_may_be_nested() -> None:
    inner = migrations.SeparateDatabaseAndState(database_operations=[model("Deep")])
    outer = migrations.SeparateDatabaseAndState(database_operations=[model("Flat"), inner])
    history = replay([outer])
    assert [step.path for step in history.records[0].steps] == [(0,), (1, 0)]
    assert tables(history) == ["a_deep", "a_flat"]


def test_a_function_that_fails_is_opaque_and_leaves_nothing_and_the_history_goes_on() -> None:
    def fails(_apps: Any, editor: Any) -> None:
        editor.execute("CREATE TABLE half (id integer)")
        raise LookupError("gone wrong")

    history = replay([migrations.RunPython(fails), model("Book")])
    failed, made = history.records[0].steps
    assert failed.outcome is Outcome.OPAQUE
    assert "gone wrong" in failed.reason
    assert made.outcome is Outcome.PLAIN
    assert tables(history) == ["a_book"]


class Asks(Operation):
    """Makes a table, asks what only a server can tell, and may fail of itself."""

    reversible = True

    def __init__(self, query: str, table: str = "asked") -> None:
        self.query = query
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute(f"CREATE TABLE {self.table} (id integer)")
        with schema_editor.connection.cursor() as cursor:
            try:
                cursor.execute(self.query)
                cursor.fetchall()
            except NotSupportedError as error:
                raise ValueError("nobody told") from error
        raise ValueError("of its own")


def test_an_operation_that_fails_for_what_only_a_server_can_tell_is_opaque() -> None:
    history = replay([Asks("SELECT count(*) FROM pg_stat_activity"), model("Book")])
    failed, made = history.records[0].steps
    assert (failed.outcome, failed.reason) == (Outcome.OPAQUE, "ValueError: nobody told")
    assert made.outcome is Outcome.PLAIN
    assert tables(history) == ["a_book", "asked"]


@pytest.mark.parametrize(
    ("sql", "outcome"),
    [
        ("SELECT count(*) FROM pg_stat_activity", Outcome.RAN),
        ("SELECT refill(id) FROM (SELECT id FROM a_book UNION SELECT 1) AS used", Outcome.RAN),
        ("SELECT create_hypertable('a_book', 'id')", Outcome.OPAQUE),
    ],
)
def test_what_nobody_reads_matters_where_it_may_make_something(sql: str, outcome: Outcome) -> None:
    def asks(_apps: Any, editor: Any) -> None:
        editor.execute(
            "CREATE FUNCTION refill(one int) RETURNS void LANGUAGE sql AS "
            "'INSERT INTO a_book VALUES (one)'"
        )
        editor.execute(sql)

    step = replay([model("Book"), migrations.RunPython(asks)]).records[0].steps[1]
    assert step.outcome is outcome


def test_an_operation_that_fails_of_itself_is_an_error() -> None:
    with pytest.raises(ReplayError, match="ValueError: of its own") as caught:
        replay([model("Book"), Asks("SELECT 1")])
    assert caught.value.operation_index == 1


def test_what_an_operation_was_not_told_is_not_held_against_the_next() -> None:
    with pytest.raises(ReplayError, match="ValueError: of its own") as caught:
        replay([Asks("SELECT count(*) FROM pg_stat_activity")], [Asks("SELECT 1", "other")])
    assert caught.value.migration == MigrationKey("a", "0002")


def test_a_function_sees_the_models_as_they_are_at_its_place() -> None:
    seen = []

    def look(apps: Any, editor: Any) -> None:
        fields = apps.get_model("a", "book")._meta.get_fields()
        seen.append([field.name for field in fields])
        editor.execute("CREATE TABLE looked (id integer)")

    field = migrations.AddField("Book", "title", models.TextField(default=""))
    history = replay([model("Book"), migrations.RunPython(look)], [field])
    assert seen == [["id"]]
    assert history.records[0].steps[1].outcome is Outcome.RAN


def test_what_the_server_would_refuse_names_the_migration_and_the_operation() -> None:
    with pytest.raises(ReplayError, match="cannot be carried out") as caught:
        replay([model("Book")], [model("Note"), migrations.RunSQL("DROP TABLE nothing")])
    assert caught.value.migration == MigrationKey("a", "0002")
    assert caught.value.operation_index == 1
    assert 'table "nothing" does not exist' in str(caught.value)


def test_a_refusal_inside_of_separated_operations_names_the_one_around_them() -> None:
    inner = migrations.RunSQL("DROP TABLE nothing")
    separate = migrations.SeparateDatabaseAndState(database_operations=[inner])
    with pytest.raises(ReplayError) as caught:
        replay([model("Book"), separate])
    assert caught.value.operation_index == 1


def test_a_deferred_statement_is_refused_at_the_end_of_its_migration() -> None:
    held = [
        model("Book"),
        model("Page", book=to("Book")),
        migrations.RunSQL("DROP TABLE a_book"),
    ]
    with pytest.raises(ReplayError, match="at the end of the migration") as caught:
        replay(held)
    assert (caught.value.migration, caught.value.operation_index) == (MigrationKey("a", "0001"), 2)


def test_a_migration_that_overrides_apply_does_it_its_own_way() -> None:
    class Own(migrations.Migration):
        def apply(self, project_state: Any, schema_editor: Any, *_rest: Any) -> Any:
            schema_editor.execute("CREATE TABLE own (id integer)")
            return super().apply(project_state, schema_editor)

    history = replay([model("Book")], __class__=Own)
    (step,) = history.records[0].steps
    assert (step.outcome, step.reason) == (Outcome.RAN, "the migration overrides apply")
    assert tables(history) == ["a_book", "own"]
    assert ModelKey("a", "book") in history.state.models


def test_of_a_script_what_moves_rows_is_left_out_and_what_it_sets_stays() -> None:
    script = """
        -- made by hand
        SET check_function_bodies = false;
        INSERT INTO a_book DEFAULT VALUES;
        CREATE TABLE kept (id int);
        RESET check_function_bodies;
        SELECT 1;
        UPDATE a_book SET id = 2;
    """
    history = replay([model("Book"), migrations.RunSQL(script)])
    step = history.records[0].steps[1]
    assert [sql.splitlines()[-1].strip() for sql in step.statements] == [
        "SET check_function_bodies = false",
        "CREATE TABLE kept (id int)",
        "RESET check_function_bodies",
    ]
    assert step.outcome is Outcome.RAN
    assert tables(history) == ["a_book", "kept"]


def test_a_script_that_only_moves_rows_keeps_nothing_of_what_it_sets() -> None:
    script = "SET work_mem = '1GB'; INSERT INTO a_book DEFAULT VALUES; RESET work_mem"
    history = replay([model("Book"), migrations.RunSQL(script)])
    assert history.records[0].steps[1].statements == ()


def test_the_one_statement_of_a_script_that_cannot_be_read_is_named() -> None:
    script = "CREATE TABLE kept (id int); CREATE TABLE made AS SELECT now() AS at; DELETE FROM kept"
    step = replay([migrations.RunSQL(script)]).records[0].steps[0]
    assert (step.outcome, step.reason) == (
        Outcome.OPAQUE,
        "cannot read: CREATE TABLE made AS SELECT now() AS at",
    )


def test_a_script_of_a_function_is_read_to_its_end() -> None:
    def forwards(_apps: Any, editor: Any) -> None:
        with editor.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO a_book SELECT generate_series(1, 3); "
                "CREATE TABLE kept AS (SELECT id AS own FROM a_book); SELECT count(*) FROM a_book"
            )
            if cursor.fetchone() is not None:
                cursor.execute("DROP TABLE a_book")

    history = replay([model("Book"), migrations.RunPython(forwards)])
    assert history.records[0].steps[1].outcome is Outcome.RAN
    assert tables(history) == ["kept"]


@pytest.mark.parametrize(
    ("sql", "outcome"),
    [
        ("SET search_path TO public, extensions", Outcome.RAN),
        ("SET LOCAL search_path = DEFAULT", Outcome.RAN),
        ("SET search_path = ''", Outcome.RAN),
        ("SET search_path TO audit, public", Outcome.OPAQUE),
        ('SET SESSION search_path="Audit"', Outcome.OPAQUE),
        ("SET SCHEMA 'audit'", Outcome.OPAQUE),
        ("SET statement_timeout TO 5", Outcome.RAN),
    ],
)
def test_where_names_have_another_schema_the_effect_is_not_known(
    sql: str, outcome: Outcome
) -> None:
    assert replay([migrations.RunSQL([sql])]).records[0].steps[0].outcome is outcome
