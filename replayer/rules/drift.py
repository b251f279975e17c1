"""Drift: what ``models.py`` says and the migrations don't, or the other way round."""

# ruff: noqa: E501 - the texts are prose, one paragraph a line.
from __future__ import annotations

from replayer.rules.rule import Rule, Severity

_MAKE = "python manage.py makemigrations {app}"

RULES = (
    Rule(
        id="R101",
        name="model-added",
        severity=Severity.ERROR,
        summary="A model has no CreateModel in the migrations",
        problem="The table will not exist in any database that `migrate` makes: the first query on the model fails.",
        example="class Tag(models.Model):  # in models.py, in no migration\n    name = models.CharField(max_length=50)",
        cure=f"Write the migration: {_MAKE}",
    ),
    Rule(
        id="R102",
        name="model-removed",
        severity=Severity.ERROR,
        summary="The migrations make a model that models.py no longer has",
        problem="Every database keeps a table that no code uses, with foreign keys that still block deletes in other tables.",
        example="migrations.CreateModel('Tag', ...)  # in 0001; no class Tag in models.py",
        cure=f"Write the DeleteModel: {_MAKE}. If the model's module is just not imported, import it in models.py",
    ),
    Rule(
        id="R103",
        name="field-added",
        severity=Severity.ERROR,
        summary="A field of a model is in no migration",
        problem="The column will not exist: every query on the model fails with 'no such column'.",
        example="class Question(models.Model):\n    question_type = models.CharField(max_length=20)  # in no migration",
        cure=f"Write the AddField: {_MAKE}. A field that is not null needs a default for the rows which exist",
    ),
    Rule(
        id="R104",
        name="field-removed",
        severity=Severity.ERROR,
        summary="The migrations make a field that the model no longer has",
        problem="The column stays. If it is NOT NULL without a database default, every insert fails.",
        example="migrations.AddField('question', 'votes', ...)  # in 0002; Question has no votes",
        cure=f"Write the RemoveField: {_MAKE}",
    ),
    Rule(
        id="R105",
        name="field-altered",
        severity=Severity.ERROR,
        summary="A field differs between its model and the migrations",
        problem="The column keeps the old type, length, null or default: what the code may write, the database may refuse or cut.",
        example="title = models.CharField(max_length=200)  # the migrations say max_length=100",
        cure=f"Write the AlterField: {_MAKE}",
    ),
    Rule(
        id="R106",
        name="index-changed",
        severity=Severity.ERROR,
        summary="An index is in the model or in the migrations, not in both",
        problem="Queries that count on the index scan the table; or writes pay for an index that nobody wants.",
        example="class Meta:\n    indexes = [models.Index(fields=['title'], name='question_title')]  # in no migration",
        cure=f"Write the AddIndex, RemoveIndex or RenameIndex: {_MAKE}",
    ),
    Rule(
        id="R107",
        name="constraint-changed",
        severity=Severity.ERROR,
        summary="A constraint is in the model or in the migrations, not in both",
        problem="The database accepts rows that the model rules out, or refuses rows that it allows.",
        example="constraints = [models.CheckConstraint(condition=Q(votes__gte=0), name='votes_positive')]  # in no migration",
        cure=f"Write the AddConstraint, AlterConstraint or RemoveConstraint: {_MAKE}",
    ),
    Rule(
        id="R108",
        name="together-changed",
        severity=Severity.ERROR,
        summary="unique_together or index_together differs between the model and the migrations",
        problem="The database lacks a uniqueness that the code counts on, or enforces one that the code gave up.",
        example="class Meta:\n    unique_together = {('poll', 'voter')}  # in no migration",
        cure=f"Write the AlterUniqueTogether or AlterIndexTogether: {_MAKE}",
    ),
    Rule(
        id="R109",
        name="table-options-changed",
        severity=Severity.ERROR,
        summary="db_table, db_table_comment, managed or order_with_respect_to differs between the model and the migrations",
        problem="The code looks for a table or a column (`_order`) that no database has under that name. "
        "Turning `managed` on makes no table, and turning it off drops none.",
        example="class Meta:\n    db_table = 'poll_question'  # the migrations say polls_question",
        cure=f"Write the AlterModelTable, AlterModelTableComment, AlterModelOptions or AlterOrderWithRespectTo: {_MAKE}",
    ),
    Rule(
        id="R110",
        name="state-only-change",
        severity=Severity.WARNING,
        summary="Something differs between the model and the migrations that makes no DDL",
        problem="No database is wrong. But the next `makemigrations` writes it, in somebody else's change, and "
        "data migrations see the old value.",
        example="title = models.CharField(max_length=200, help_text='Shown first')  # the migrations have no help_text",
        cure=f"Write the migration: {_MAKE}. It changes no schema (on SQLite `migrate` may write the table anew, as it was). To live with it: --fail-on schema",
    ),
    Rule(
        id="R111",
        name="possible-rename",
        severity=Severity.WARNING,
        summary="What was removed and what was added look like one thing under a new name",
        problem="As a removal and an addition it loses the data of the column or table. `makemigrations` asks; "
        "run without a terminal it takes the answer to be no.",
        example="pub_date = ...   # in the migrations\npublished = ...  # in models.py, with the same type",
        cure=f"Run {_MAKE} in a terminal and answer the question; if it is no rename, accept both operations",
    ),
    Rule(
        id="R112",
        name="app-without-migrations",
        severity=Severity.WARNING,
        summary="An app has models and no migrations package",
        problem="Its tables are made by `migrate --run-syncdb` alone, are never altered afterwards, and are not in the history's schema.",
        example="polls/models.py  # and no polls/migrations/__init__.py",
        cure=f"Give it a first migration: {_MAKE}. To print its tables as they are: --include-unmigrated",
    ),
    Rule(
        id="R113",
        name="schemas-differ",
        severity=Severity.ERROR,
        summary="Models and migrations render different schemas, though Django's autodetector sees no change",
        problem="`makemigrations --check` is content, and yet the tables differ: through an option that the autodetector "
        "doesn't compare, such as db_tablespace.",
        example="class Meta:\n    db_tablespace = 'slow_disks'  # in no migration, and makemigrations writes none",
        cure="Write the operation by hand: python manage.py makemigrations {app} --empty",
    ),
)
