from __future__ import annotations

import re

from replayer.findings import Attribute, DialectSql, DriftClass, FailOn
from replayer.formats import text
from replayer.model import Dialect, MigrationKey, Source
from replayer.rules import RULES, Severity
from tests.samples import ROOT, empty_report, finding, report_of, sample_report

MARKUP = re.compile("\x1b\\[[0-9;]*m")


def test_a_block_tells_all_that_is_known() -> None:
    one = finding(
        "the field polls.Question.title differs",
        model="Question",
        field="title",
        changes=(Attribute("max_length", "200", "250"), Attribute("null", None, "True")),
        source=Source(f"{ROOT}/polls/models.py", 12, 5),
        migration=MigrationKey("polls", "0003_title"),
        migration_source=Source(f"{ROOT}/polls/migrations/0003_title.py", 14, 9),
        operations=("migrations.AlterField(\n    'question',\n)",),
        sql=(
            DialectSql(Dialect.SQLITE, ("ALTER TABLE a", "SELECT 1")),
            DialectSql(Dialect.MYSQL, ()),
        ),
        related=(Source(f"{ROOT}/polls/other.py", 2),),
        reason="the server says so",
        hint="python manage.py makemigrations polls",
    )
    rule = next(rule for rule in RULES if rule.id == "R103")
    assert text.render(report_of(one)) == (
        f"{one.severity.value}[R103 {rule.name}]: the field polls.Question.title differs\n"
        "  --> polls/models.py:12:5\n"
        "  = class: schema\n"
        "  = max_length: 200 -> 250\n"
        "  = null: (none) -> True\n"
        "  = why: the server says so\n"
        "  = last set by: polls.0003_title (polls/migrations/0003_title.py:14:9)\n"
        "  = makemigrations would write:\n"
        "        migrations.AlterField(\n"
        "            'question',\n"
        "        )\n"
        "  = SQL (sqlite):\n"
        "        ALTER TABLE a;\n"
        "        SELECT 1;\n"
        "  = SQL (mysql): none\n"
        "  = see also: polls/other.py:2:1\n"
        "  = help: python manage.py makemigrations polls\n"
        "\n"
        "Found 1 difference (1 schema); 1 fails the check (--fail-on state).\n"
    )


def test_the_empty_report_says_what_was_compared() -> None:
    assert text.render(empty_report()) == "No drift: models and migrations agree.\n"


def test_a_report_that_fails_nothing_says_so() -> None:
    third_party = finding(drift_class=DriftClass.THIRD_PARTY, severity=Severity.NOTE)
    assert text.render(report_of(third_party)).endswith(
        "Found 1 difference (1 third-party); none fails the check (--fail-on state).\n"
    )
    assert "none fails the check (--fail-on never)" in text.render(sample_report(FailOn.NEVER))


def test_no_name_of_a_project_marks_up_the_terminal() -> None:
    plain = text.render(sample_report())
    assert all(char == "\n" or char.isprintable() for char in plain)
    assert "\\x1b[31mred" in plain
    assert "right \\u202eto left" in plain


def test_colour_adds_markup_and_nothing_else() -> None:
    coloured = text.render(sample_report(), colour=True)
    assert MARKUP.sub("", coloured) == text.render(sample_report())
    assert "\x1b[1;31merror[" in coloured
    # Each is closed on the line where it begins, so that a cut output leaves no colour behind.
    for line in coloured.splitlines():
        assert line.count("\x1b[") == 2 * line.count("\x1b[0m")


def test_each_finding_is_one_block() -> None:
    report = sample_report()
    blocks = text.render(report).split("\n\n")
    assert len(blocks) == len(report.findings) + 2
    headings = re.compile(r"(error|warning|note)\[R\d{3} [a-z-]+\]: ")
    assert all(headings.match(block) for block in blocks[:-2])
    assert "matches nothing any more: R101 polls.Question.title, which is\\ngone" in blocks[-2]
