"""The functions are examined, never run: each would fail if it were."""

# ruff: noqa: T201, UP031, UP032, C417, B009 - the functions are specimens of what people write.
from __future__ import annotations

import contextlib
import functools
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections, transaction

from replayer.replay.examination.examine import examine
from replayer.replay.examination.verdict import Reach

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SQL = "ALTER TABLE polls ADD x int"
STATEMENTS = ["UPDATE polls SET x = 1", "CREATE INDEX a ON b (c)"]


def orm(apps: Any, schema_editor: Any) -> None:
    Poll = apps.get_model("polls", "Poll")
    alias = schema_editor.connection.alias
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=alias):
            for poll in Poll.objects.using(alias).raw("SELECT * FROM polls"):
                poll.title = str(poll.title).strip()
                poll.save(using=alias)
    except Poll.DoesNotExist as error:
        raise ValueError(f"{error}") from error
    Poll.objects.bulk_create([Poll(x=n) for n in range(3) if n or alias])
    print(schema_editor)


def features(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.features.has_json_object_function:
        apps.get_model("a", "B").objects.extra(where=["1=1"]).delete()


def data_cursor(apps: Any, schema_editor: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id -- DROP TABLE x\n FROM a WHERE b = 'DROP TABLE y'")
        for row in cursor.fetchall():
            cursor.execute("UPDATE a SET b = %s", [row[0]])


def data_of_unknown_table(apps: Any, schema_editor: Any) -> None:
    schema_editor.connection.cursor().execute(f"UPDATE {apps.table} SET a = 1")


def no_operation(apps: Any, schema_editor: Any) -> None:
    pass


def permissions(apps: Any, schema_editor: Any) -> None:
    from django.contrib.auth.management import create_permissions
    from django.core.management.sql import emit_post_migrate_signal

    create_permissions(apps.get_app_config("polls"), apps=apps, verbosity=0)
    emit_post_migrate_signal(0, interactive=False, db=schema_editor.connection.alias)


def loads_data(apps: Any, schema_editor: Any) -> None:
    from django.core.management import call_command

    call_command("loaddata", "polls.json")


@pytest.mark.parametrize(
    "function", [orm, features, data_cursor, no_operation, permissions, loads_data]
)
def test_functions_that_move_data_do_not_reach_the_schema(function: Any) -> None:
    reach = examine(function)
    assert not reach.reaches_schema, reach.reason
    assert reach.certain, reach.reason


def test_sql_whose_verb_is_known_is_judged_by_it_and_not_certain() -> None:
    reach = examine(data_of_unknown_table)
    assert (reach.reaches_schema, reach.certain) == (False, False)


def executes(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("CREATE INDEX a ON b (c)")


def executes_a_constant_of_the_module(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(SQL)


def executes_a_list(apps: Any, schema_editor: Any) -> None:
    cursor = connections[schema_editor.connection.alias].cursor()
    for statement in STATEMENTS:
        cursor.execute(statement)


def executes_formatted(apps: Any, schema_editor: Any) -> None:
    for table in apps.tables:
        connection.cursor().execute("ALTER TABLE {} ADD x int".format(table))


def executes_concatenated(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP" + " TABLE %s" % apps.table)


def uses_attribute(apps: Any, schema_editor: Any) -> None:
    editor = schema_editor
    editor.deferred_sql.append("x")


def helper(model: Any, editor: Any) -> None:
    editor.alter_field(model, None, None)


def passes_on(apps: Any, schema_editor: Any) -> None:
    helper(apps.get_model("a", "B"), editor=schema_editor)


def nested(apps: Any, schema_editor: Any) -> None:
    def inner() -> None:
        schema_editor.add_index(None, None)

    for _ in range(2):
        inner()


def by_lambda(apps: Any, schema_editor: Any) -> None:
    list(map(lambda name: schema_editor.execute("DROP TABLE " + name), ["a"]))


class Worker:
    def __init__(self, editor: Any) -> None:
        self.editor = editor

    def work(self) -> None:
        self.editor.create_model(None)

    def __call__(self, apps: Any, schema_editor: Any) -> None:
        schema_editor.delete_model(None)


def by_method(apps: Any, schema_editor: Any) -> None:
    Worker(schema_editor).work()


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def closed(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def commands(apps: Any, schema_editor: Any) -> None:
    from django.core.management import call_command

    call_command("make_triggers")


def introspects(apps: Any, schema_editor: Any) -> None:
    if "polls" in connection.introspection.table_names():
        return


def executor(apps: Any, schema_editor: Any) -> None:
    from django.db.migrations.executor import MigrationExecutor

    MigrationExecutor(schema_editor.connection).migrate([])


def opens_editor(apps: Any, schema_editor: Any) -> None:
    with connection.schema_editor() as editor:
        editor.remove_index(apps.model, apps.index)


def by_getattr(apps: Any, schema_editor: Any) -> None:
    getattr(schema_editor, "remove_constraint")(None, None)


def executes_what_a_helper_yields(apps: Any, schema_editor: Any) -> None:
    with cursor_of(schema_editor) as cursor:
        for name, statement in {"first": "SELECT 1", "second": SQL}.items():
            print(name)
            cursor.execute(statement)


@contextlib.contextmanager
def cursor_of(editor: Any) -> Any:
    with editor.connection.cursor() as cursor:
        yield cursor


def executes_what_it_adds_up(apps: Any, schema_editor: Any) -> None:
    statements: Any = ("SELECT 1",)
    if apps:
        statements += (SQL,)
    for statement in [*statements]:
        schema_editor.execute(statement)


def spreads(apps: Any, schema_editor: Any) -> None:
    args: Any = (apps,)
    args += (schema_editor,)
    helper(*args)


def asks_a_dataclass(apps: Any, schema_editor: Any) -> None:
    Holder(schema_editor).run()


@dataclass
class Holder:
    editor: Any

    def run(self) -> None:
        self.editor.execute(SQL)


def in_handler(apps: Any, schema_editor: Any) -> None:
    try:
        apps.get_model("a", "B")
    except LookupError:
        schema_editor.execute("DROP TABLE a")
    finally:
        apps.clear_cache()


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (executes, "uses schema_editor.execute with DDL"),
        (executes_a_constant_of_the_module, "uses cursor.execute with DDL"),
        (executes_a_list, "uses cursor.execute with DDL"),
        (executes_formatted, "uses cursor.execute with DDL"),
        (executes_concatenated, "uses schema_editor.execute with DDL"),
        (uses_attribute, "uses schema_editor.deferred_sql"),
        (passes_on, "uses schema_editor.alter_field"),
        (nested, "uses schema_editor.add_index"),
        (by_lambda, "uses schema_editor.execute with DDL"),
        (by_method, "uses schema_editor.create_model"),
        (Worker(None), "uses schema_editor.delete_model"),
        (wrapped(executes), "uses schema_editor.execute with DDL"),
        (closed(executes), "uses schema_editor.execute with DDL"),
        (functools.partial(lambda sql, _, editor: editor.execute(sql), SQL), "with DDL"),
        (commands, "calls the management command make_triggers"),
        (introspects, "uses introspection"),
        (executor, "uses MigrationExecutor"),
        (opens_editor, "opens a schema editor"),
        (by_getattr, "uses schema_editor.remove_constraint"),
        (executes_what_a_helper_yields, "uses cursor.execute with DDL"),
        (executes_what_it_adds_up, "uses schema_editor.execute with DDL"),
        (spreads, "uses schema_editor.alter_field"),
        (in_handler, "uses schema_editor.execute with DDL"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_functions_that_reach_the_schema(function: Any, reason: str) -> None:
    reach = examine(function)
    assert reach.reaches_schema
    assert reach.certain
    assert reason in reach.reason


def test_sql_that_is_built_while_it_runs_reaches_but_is_not_certain() -> None:
    def unknown(apps: Any, schema_editor: Any) -> None:
        schema_editor.execute(apps.sql())

    assert examine(unknown) == Reach(
        reaches_schema=True,
        reason="uses schema_editor.execute with SQL that is built while it runs",
        certain=False,
    )


def test_an_editor_that_is_handed_to_unknown_code_reaches_but_is_not_certain() -> None:
    def unknown(apps: Any, schema_editor: Any) -> None:
        apps.do(schema_editor)

    reach = examine(unknown)
    assert (reach.reaches_schema, reach.certain) == (True, False)


def test_an_editor_that_a_generated_method_keeps_reaches_but_is_not_certain() -> None:
    reach = examine(asks_a_dataclass)
    assert (reach.reaches_schema, reach.certain) == (True, False)


def test_one_caller_whose_sql_is_not_known_is_enough() -> None:
    def helper_of_both(cursor: Any, sql: Any) -> None:
        cursor.execute(sql)

    def calls_twice(apps: Any, schema_editor: Any) -> None:
        cursor = schema_editor.connection.cursor()
        helper_of_both(cursor, "UPDATE a SET b = 1")
        helper_of_both(cursor, apps.sql())

    reach = examine(calls_twice)
    assert (reach.reaches_schema, reach.certain) == (True, False)


def test_what_has_no_source_is_run() -> None:
    names: dict[str, Any] = {}
    exec("def made(apps, schema_editor): pass", names)
    assert examine(names["made"]) == Reach(
        reaches_schema=True, reason="has no source that could be read", certain=False
    )


def test_what_has_no_code_is_run() -> None:
    reach = examine(compile)
    assert (reach.reaches_schema, reach.certain) == (True, False)


def test_nothing_of_the_users_is_run() -> None:
    class Trap:
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(name)

        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = None  # type: ignore[assignment]

    trap: Any = Trap()

    def touches(apps: Any, schema_editor: Any) -> None:
        trap.thing.other()
        apps.get_model(trap)

    assert not examine(touches).reaches_schema


def test_a_helper_in_a_module_that_is_not_imported_is_read_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "examined_app"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "helpers.py").write_text(
        "open('/no/such/file')\ndef make(editor): editor.execute('CREATE TABLE x (y int)')\n"
        "def move(apps): apps.get_model('a', 'B').objects.all().delete()\n"
    )
    (package / "code.py").write_text(
        "def makes(apps, schema_editor):\n"
        "    from examined_app.helpers import make\n    make(schema_editor)\n"
        "def moves(apps, schema_editor):\n    from .helpers import move\n    move(apps)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import importlib

    module = importlib.import_module("examined_app.code")
    try:
        assert examine(module.makes).reason == "uses schema_editor.execute with DDL"
        assert examine(module.moves) == Reach(
            reaches_schema=False, reason="only moves data", certain=True
        )
        assert "examined_app.helpers" not in sys.modules
    finally:
        for name in ("examined_app.code", "examined_app"):
            del sys.modules[name]


def test_recursion_ends() -> None:
    def again(apps: Any, schema_editor: Any) -> None:
        again(apps, schema_editor)
        schema_editor.quote_name("x")

    assert not examine(again).reaches_schema
