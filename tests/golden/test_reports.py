"""The report of each project that has drift, divergence or a fault, as it is printed."""

from __future__ import annotations

import os

import django
import pytest

from tests.golden.goldens import BASE_SERIES, DIRECTORY, SERIES, WRITE_VARIABLE
from tests.support import FIXTURES, run_command

DRIFT = (
    "drift_field_changed",
    "drift_help_text_only",
    "drift_index_gained",
    "drift_index_lost",
    "drift_models_and_renames",
    "flicker",
    "third_party_drift",
)
DIVERGENCE = ("run_sql_objects", "separate_database_and_state", "undeclared_dependency")
FAULTS = (
    "alter_unknown_field",
    "cycle",
    "duplicate_create_model",
    "migration_syntax_error",
    "missing_dependency",
    "no_apps_without_migrations",
    "remove_unknown_index",
    "squash_that_replaces_itself",
    "state_forwards_fails",
    "two_leaf_nodes",
)
FAIL = {*DRIFT, *FAULTS, "separate_database_and_state", "undeclared_dependency"} - {
    "flicker",
    "third_party_drift",
    "no_apps_without_migrations",
}


@pytest.mark.slow
@pytest.mark.skipif(SERIES != BASE_SERIES, reason=f"texts of Django {django.VERSION[:2]} differ")
@pytest.mark.parametrize("project", [*DRIFT, *DIVERGENCE, *FAULTS])
def test_the_report_of_a_project_is_the_golden_one(project: str) -> None:
    kind = "broken" if project in FAULTS else "projects"
    more = ["--divergence"] if project in DIVERGENCE else []
    ran = run_command(
        "check",
        "--dialect=postgresql,sqlite",
        *more,
        cwd=FIXTURES / kind / project,
        env={"PYTHONHASHSEED": "1"},
    )
    path = DIRECTORY / project / "check.txt"
    if os.environ.get(WRITE_VARIABLE):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ran.stdout, encoding="utf-8")
    assert ran.status == (1 if project in FAIL else 0), ran.stderr
    assert ran.stdout == path.read_text(encoding="utf-8")


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
