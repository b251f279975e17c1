"""Divergence: the state that the migrations end in, and the schema that they leave."""

# ruff: noqa: E501 - the texts are prose, one paragraph a line.
from __future__ import annotations

from replayer.rules.rule import Rule, Severity

RULES = (
    Rule(
        id="R301",
        name="schema-divergence",
        severity=Severity.ERROR,
        summary="The migrations leave another schema than their state says",
        problem="No model change will ever bring it out: the autodetector compares the state, and the state looks right. "
        "Later operations compute names and types from the state and fail on the real table.",
        example="migrations.RunSQL('ALTER TABLE polls_question ALTER COLUMN title TYPE text')  # the state says varchar(200)",
        cure="Tell the state (state_operations=[...]) or bring the table to it with a migration: "
        "python manage.py makemigrations {app} --empty",
    ),
    Rule(
        id="R302",
        name="separate-halves-disagree",
        severity=Severity.ERROR,
        summary="The two halves of a SeparateDatabaseAndState leave different schemas",
        problem="From this operation on the state and the database are two things: a column that only one of them has, a "
        "table that only one of them renamed.",
        example="SeparateDatabaseAndState(\n    state_operations=[AddField('question', 'slug', ...)],  # SlugField: makes an index\n"
        "    database_operations=[RunSQL('ALTER TABLE ... ADD slug varchar(50)')],  # makes none\n)",
        cure="Make database_operations do all that the state says. Compare with: python -m replayer sql --verbatim --at {app}.{migration}",
    ),
    Rule(
        id="R303",
        name="unknown-object",
        severity=Severity.WARNING,
        summary="The history makes an object that no state knows",
        problem="An index, trigger, view or function from RunSQL or RunPython: Django neither sees nor renames nor drops it, "
        "and a squash or a table rebuild on SQLite can lose it.",
        example="migrations.RunSQL('CREATE INDEX question_lower ON polls_question (lower(title))')",
        cure="Where Django has an operation for it, use that (AddIndex with an expression) as state_operations; else keep it in "
        "the baseline",
    ),
    Rule(
        id="R304",
        name="stale-sql-name",
        severity=Severity.WARNING,
        summary="SQL of the history names a table or column that later went away",
        problem="It ran then and can't run now: a trigger or function of it fails when it fires, and its reverse_sql fails.",
        example="RunSQL('CREATE TRIGGER ... ON polls_question ...')  # in 0003; 0007 renames the model",
        cure="Drop or make anew the object in a migration after the rename: python manage.py makemigrations {app} --empty",
    ),
    Rule(
        id="R305",
        name="opaque-operation",
        severity=Severity.WARNING,
        summary="An operation's effect on the schema cannot be known",
        problem="SQL that can't be parsed, or Python that failed or was not run: the printed schema may lack what it does.",
        example="RunPython(make_triggers)  # reads a file that is not here",
        cure="See why: python -m replayer ledger. Move what it does to the schema into operations (AddIndex, RunSQL), and leave it the rows",
    ),
    Rule(
        id="R306",
        name="historic-name",
        severity=Severity.NOTE,
        summary="A name in the schema is explained by the history alone",
        problem="A rename, or an older Django, left a name that the state would compute otherwise. Tools that pair by name "
        "plan a drop and an add when they are fed the final state.",
        example="RenameModel('Poll', 'Question')  # the index is still polls_poll_title_..._idx",
        cure="Nothing to do: the schema that is printed by default has it. To have the computed name: RenameIndex",
    ),
    Rule(
        id="R307",
        name="signal-handler",
        severity=Severity.NOTE,
        summary="A pre_migrate or post_migrate handler makes schema objects",
        problem="They stand in no migration, so the printed schema lacks them.",
        example="post_migrate.connect(create_search_function)",
        cure="Run the handlers too: python -m replayer --signals. Better: move them into a migration",
    ),
    Rule(
        id="R308",
        name="refused-step",
        severity=Severity.ERROR,
        summary="A real server would refuse an operation of the history",
        problem="`migrate` on an empty database stops there: a name that is taken, a column that is not there, a feature that "
        "the server lacks, an error of the operation's own.",
        example="AddIndex(name='a')  # while an index a, left by a rename, still stands",
        cure="Mend {migration} of {app}, or what stands in its way in a migration before it; then try: python manage.py migrate on an empty database",
    ),
)
