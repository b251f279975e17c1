"""What a step is said to have executed: the statements that were not refused or undone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, models, transaction
from django.db.migrations import operations as ops

from replayer.dialects.facts import server_facts
from replayer.model import Dialect
from tests.property.operations import disk_of
from tests.property.replaying import offline, replayed
from tests.unit.history.drawing import set_up_django

if TYPE_CHECKING:
    from collections.abc import Callable

set_up_django()

ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgresql": "django.db.backends.postgresql",
}
dialects = pytest.mark.parametrize("dialect", ENGINES)


class Runs(ops.base.Operation):
    """An operation of somebody's own."""

    reduces_to_sql = False

    def __init__(self, function: Callable[[Any], None]) -> None:
        self.function = function

    def __deepcopy__(self, _memory: object) -> Runs:
        return Runs(self.function)

    def state_forwards(self, _app_label: str, _state: Any) -> None: ...

    def database_forwards(self, _label: str, editor: Any, _before: Any, _after: Any) -> None:
        self.function(editor)


def executed(dialect: str, *operations: Any) -> list[str]:
    """Return what the operations of one app execute."""
    disk = disk_of([("alpha", operation) for operation in operations])
    with offline(ENGINES[dialect], server_facts(Dialect(dialect))) as connection:
        records = replayed(disk, connection).records
    found = []
    for record in records:
        found += [sql for step in record.steps for sql in step.statements]
        found += record.deferred
    return found


@dialects
def test_a_statement_that_was_refused_is_none(dialect: str) -> None:
    def quietly(editor: Any) -> None:
        try:
            with transaction.atomic(editor.connection.alias):
                editor.execute("DROP TABLE never_made")
        except DatabaseError:
            editor.execute("CREATE TABLE made (id integer)")

    assert executed(dialect, Runs(quietly)) == ["CREATE TABLE made (id integer)"]


@dialects
def test_a_statement_that_was_undone_is_none(dialect: str) -> None:
    def half(editor: Any) -> None:
        editor.execute("CREATE TABLE first (id integer)")
        try:
            with transaction.atomic(editor.connection.alias):
                editor.execute("CREATE TABLE second (id integer)")
                editor.execute("CREATE TABLE first (id integer)")
        except DatabaseError:
            editor.execute("CREATE TABLE third (id integer)")

    assert executed(dialect, Runs(half)) == [
        "CREATE TABLE first (id integer)",
        "CREATE TABLE third (id integer)",
    ]


def test_tables_that_follow_a_key_are_remade_in_the_order_of_their_names() -> None:
    names = [f"model{letter}" for letter in "jbhdficage"]
    code: Any = models.CharField(max_length=5, primary_key=True)
    made = [ops.CreateModel("target", [("code", code)])]
    for name in names:
        key: Any = ("target", models.ForeignKey("alpha.target", models.CASCADE))
        made.append(ops.CreateModel(name, [("id", models.AutoField(primary_key=True)), key]))
    longer: Any = models.CharField(max_length=9, primary_key=True)
    change = ops.AlterField("target", "code", longer)
    remade = [
        sql.split('"')[1].removeprefix("new__alpha_")
        for sql in executed("sqlite", *made, change)
        if sql.startswith('CREATE TABLE "new__')
    ]
    assert remade == ["target", *sorted(names)]


@dialects
def test_what_stands_together_is_made_in_order(dialect: str) -> None:
    columns: Any = [(letter, models.IntegerField()) for letter in "abcdefgh"]
    together = {tuple(pair) for pair in ("ab", "bc", "cd", "de", "ef", "fg", "gh")}
    key: Any = [("id", models.AutoField(primary_key=True))]
    made = executed(
        dialect,
        ops.CreateModel("first", [*key, *columns]),
        ops.AlterUniqueTogether("first", together),
        ops.CreateModel("second", [*key, *columns], {"unique_together": together}),
    )
    found = [re.findall(r'\("(\w)", "(\w)"\)', sql) for sql in made]
    assert [pair for pairs in found for pair in pairs] == [*sorted(together), *sorted(together)]
