"""Reports that go through every format: one with each rule and each trap, and the empty one."""

from __future__ import annotations

from dataclasses import replace

from replayer.findings import Attribute, DialectSql, DriftClass, FailOn, Finding, Report
from replayer.model import Dialect, MigrationKey, Source
from replayer.rules import RULES, Family, Rule

ROOT = "/srv/söme project"
INSTALLED = "/opt/venv/lib/python3.12/site-packages/taggit/models.py"

TRAPS = (
    "plain",
    "quotes ' and \" and ` and \\",
    "100% of %0A and %s and %(name)s",
    "two\nlines\r\nand a \rreturn",
    "::error file=a.py,line=1::injected",
    "a, b: c; d",
    "Größe 名前 😀",
    "\x1b[31mred\x1b[0m \x00 \x07 \x7f \x9b",
    "<b>&amp;</b> ]]> <!-- -->",
    "**bold** [link](http://example.com) [one](1) {0} {{1}} | # `",
    "right \u202eto left, \u2028 line separator, \ufeff mark",
    "half a pair \udc80",
)
"""What a name, a value or a message of a project may hold; each breaks some format."""

_CLASSES = {
    Family.DRIFT: DriftClass.SCHEMA,
    Family.NOISE: DriftClass.FLICKER,
    Family.DIVERGENCE: DriftClass.DIVERGENCE,
    Family.GRAPH: DriftClass.GRAPH,
}
_OF_RULES = {
    "R110": DriftClass.STATE_ONLY,
    "R204": DriftClass.THIRD_PARTY,
    "R205": DriftClass.THIRD_PARTY,
    "R206": DriftClass.SWAPPABLE,
}


def sample_report(fail_on: FailOn = FailOn.STATE) -> Report:
    """Return a report with a finding of each rule and one of each trap."""
    findings = [_of_rule(index, rule) for index, rule in enumerate(RULES)]
    findings += [_of_trap(index, trap) for index, trap in enumerate(TRAPS)]
    return Report(
        findings=tuple(sorted(findings, key=lambda finding: finding.sort_key)),
        tool_version="1.2.3",
        django_version="5.2.8",
        dialects=(Dialect.SQLITE, Dialect.POSTGRESQL),
        root=ROOT,
        fail_on=fail_on,
        ignored=2,
        in_baseline=1,
        unused_baseline=("R101 polls.Question.title, which is\ngone",),
        unused_ignores=("polls.Größe",),
        notes=("2 apps have no migrations: a, b",),
        undecided=("app 'broken' was left out: 100% of it,\n::is unreadable",),
    )


def empty_report() -> Report:
    """Return the report of a check that found nothing."""
    return Report(tool_version="1.2.3", django_version="5.2.8", root=ROOT)


def undecided_report() -> Report:
    """Return the report of a check that found nothing because it could not look."""
    return replace(empty_report(), undecided=("the migrations form no graph",))


def report_of(*findings: Finding, root: str = ROOT) -> Report:
    """Return a report of some findings."""
    return Report(findings=findings, tool_version="1.2.3", django_version="5.2.8", root=root)


def finding(message: str = "message", **values: object) -> Finding:
    """Return a finding of which only what matters is told."""
    told: dict[str, object] = {
        "rule_id": "R103",
        "drift_class": DriftClass.SCHEMA,
        "severity": _rule("R103").severity,
        "app_label": "polls",
    }
    return Finding(message=message, **{**told, **values})  # type: ignore[arg-type]


def _of_rule(index: int, rule: Rule) -> Finding:
    return Finding(
        rule_id=rule.id,
        drift_class=_OF_RULES.get(rule.id, _CLASSES[rule.family]),
        severity=rule.severity,
        app_label="polls",
        model="Question" if rule.family is not Family.GRAPH else "",
        field="title" if rule.family in {Family.DRIFT, Family.NOISE} else "",
        message=f"the finding of {rule.name}",
        # Every third has no place at all, as what only the database knows.
        source=Source(f"{ROOT}/polls/models.py", 3 + index, 5, 3 + index, 40)
        if index % 3
        else None,
        hint=rule.cure_for(app="polls", migration="0002_more"),
    )


def _of_trap(index: int, trap: str) -> Finding:
    path = f"{ROOT}/traps/{trap.replace('/', '')}/models.py"
    return Finding(
        rule_id="R103",
        drift_class=DriftClass.SCHEMA,
        severity=_rule("R103").severity,
        app_label="traps",
        model=f"Trap{index:02}",
        field=f"field {trap}",
        subject=trap,
        message=f"the message {trap} ends",
        dialects=(Dialect.SQLITE,),
        changes=(Attribute("help_text", repr(trap), None), Attribute("x", None, trap)),
        source=Source(INSTALLED if index == 0 else path, 10, 5, 12, 6),
        migration=MigrationKey("traps", f"0001_{trap}"),
        migration_source=Source(f"{ROOT}/traps/migrations/0001_initial.py", 7, 9, 9, 10),
        operations=(f"migrations.AlterField(\n    model_name='trap',\n    help_text={trap!r},\n)",),
        sql=(
            DialectSql(Dialect.SQLITE, (f"ALTER TABLE t ADD c text DEFAULT '{trap}'", "SELECT 1")),
            DialectSql(Dialect.POSTGRESQL, ()),
        ),
        hint=f"python manage.py makemigrations traps\n{trap}",
        related=(Source("/elsewhere/a b.py", 2), Source(INSTALLED, 4)),
        reason=f"because {trap}",
    )


def _rule(rule_id: str) -> Rule:
    return next(rule for rule in RULES if rule.id == rule_id)
