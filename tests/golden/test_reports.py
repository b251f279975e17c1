"""The report of each project that has drift, divergence or a fault, as it is printed."""

from __future__ import annotations

import os
from typing import NamedTuple

import django
import pytest

from replayer.rules import RULES
from tests.golden.goldens import BASE_SERIES, DIRECTORY, SERIES, WRITE_VARIABLE
from tests.support import FIXTURES, run_command

BOTH = "--dialect=postgresql,sqlite"
ALL = "--dialect=postgresql,mysql,mariadb,sqlite"
FAIL, PASS = 1, 0


class Case(NamedTuple):
    """How a project is checked, and the status that it ends with."""

    status: int
    options: tuple[str, ...] = (BOTH,)
    is_broken: bool = False


CASES = {
    "alter_unknown_field": Case(FAIL, is_broken=True),
    "cycle": Case(FAIL, is_broken=True),
    "drift_field_changed": Case(FAIL),
    "drift_help_text_only": Case(FAIL),
    "drift_index_gained": Case(FAIL),
    "drift_index_lost": Case(FAIL, (BOTH, "--sql")),
    "drift_models_and_renames": Case(FAIL),
    "drift_swapped": Case(PASS, ("--dialect=sqlite",)),
    "drift_unseen_by_django": Case(FAIL, (BOTH, "--sql")),
    "duplicate_create_model": Case(FAIL, is_broken=True),
    "flicker": Case(PASS),
    "migration_syntax_error": Case(FAIL, is_broken=True),
    "missing_dependency": Case(FAIL, is_broken=True),
    "no_apps_without_migrations": Case(PASS, is_broken=True),
    "opaque_run_python": Case(PASS),
    "polls": Case(PASS),
    "post_migrate_handler": Case(PASS),
    "remove_unknown_index": Case(FAIL, is_broken=True),
    "run_sql_objects": Case(PASS, (ALL,)),
    "run_sql_postgresql": Case(FAIL, ("--dialect=postgresql",)),
    "separate_database_and_state": Case(FAIL, (ALL,)),
    "sql_names_gone": Case(PASS, ("--dialect=postgresql",)),
    "squash_replaced_in_part": Case(PASS),
    "squash_that_replaces_itself": Case(FAIL, is_broken=True),
    "state_forwards_fails": Case(FAIL, is_broken=True),
    "text_indexes_refused_by_mysql": Case(FAIL, ("--dialect=mysql,mariadb", "--divergence")),
    "third_party_drift": Case(PASS),
    "two_leaf_nodes": Case(FAIL, is_broken=True),
    "undeclared_dependency": Case(FAIL),
}


@pytest.mark.slow
@pytest.mark.skipif(SERIES != BASE_SERIES, reason=f"texts of Django {django.VERSION[:2]} differ")
@pytest.mark.parametrize("project", CASES)
def test_the_report_of_a_project_is_the_golden_one(project: str) -> None:
    case = CASES[project]
    ran = run_command(
        "check",
        *case.options,
        cwd=FIXTURES / ("broken" if case.is_broken else "projects") / project,
        env={"PYTHONHASHSEED": "1"},
    )
    path = DIRECTORY / project / "check.txt"
    if os.environ.get(WRITE_VARIABLE):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ran.stdout, encoding="utf-8")
    assert ran.status == case.status, ran.stderr
    assert ran.stdout == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_project_has_a_finding_of_the_rule(rule: str) -> None:
    reports = [DIRECTORY / project / "check.txt" for project in CASES]
    assert any(f"[{rule} " in path.read_text(encoding="utf-8") for path in reports)


@pytest.mark.slow
def test_the_report_of_flicker_is_the_same_under_every_hash_seed() -> None:
    said = {
        run_command(
            "check",
            "--dialect=sqlite",
            cwd=FIXTURES / "projects" / "flicker",
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
