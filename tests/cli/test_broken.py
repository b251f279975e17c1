"""Projects that cannot be replayed: each ends in one sentence that names the fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.differential.projects import read_toml
from tests.forks import run_forked
from tests.support import FIXTURES

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = FIXTURES / "broken"

FAULTS: dict[str, tuple[str, ...]] = {
    "alter_unknown_field": ("shop.0002_price: operation 0", "price"),
    "app_fails_to_import": ("'faulty'", "ZeroDivisionError", "faulty/models.py:3"),
    "app_is_missing": ("the app 'warehuose' cannot be imported",),
    "cycle": (
        "circle: alpha.0002_a_g needs gamma.0001_initial",
        "alpha/migrations/0002_a_g.py:",
        "[run_before]",
    ),
    "duplicate_create_model": ("shop.0002_product_again: operation 0", "already exists"),
    "empty_schema": ("the schema is empty", "--allow-empty"),
    "exceptions_in_a_circle": ("'faulty'", "ConnectionError: no answer", "faulty/models.py:5"),
    "exception_whose_str_raises": ("'shop'", "ShopError", "shop/models.py:10"),
    "exception_whose_str_raises_in_an_operation": (
        "shop.0002_strange: operation 0 (Strange)",
        "StrangeError",
    ),
    "migration_fails_to_import": (
        "shop.0002_product_price cannot be imported: ImportError",
        "a_validator_that_was_removed",
        "shop/migrations/0002_product_price.py:3",
    ),
    "migration_syntax_error": (
        "shop.0002_product_price cannot be imported: SyntaxError",
        "shop/migrations/0002_product_price.py:9",
    ),
    "migration_without_class": ("shop.0002_product_price has no Migration class",),
    "missing_dependency": (
        "orders.0001_initial depends on shop.0007_currency",
        "orders.0002_order_note depends on billing.0001_initial",
        "'billing' is not installed",
    ),
    "only_unmigrated_apps": ("the schema is empty",),
    "query_on_import_uncaught": ("shop/models.py:9 asks the database",),
    "relation_to_no_model": ("shop.0002_product_depot: operation 0", "'storage.depot'"),
    "remove_unknown_index": ("shop.0002_tidy: operation 0", "shop_product_never_made"),
    "settings_call_sys_exit": ("'config.settings' calls sys.exit(0)", "config/settings.py:"),
    "settings_fail_to_import": ("'a_package_that_nobody_installed'", "config/settings.py:24"),
    "settings_lack_a_variable": (
        "KeyError: 'SHOP_DATABASE_PASSWORD_OF_NOBODY'",
        "config/settings.py:26",
    ),
    "several_faults_at_once": (
        "alpha.0001_gone",
        "beta.0001_initial needs gamma.0001_initial",
        "delta.0003_broken cannot be imported: NameError",
        "app 'delta' has 2 leaf nodes: 0002_left, 0002_right (unless 0003_broken is their merge)",
    ),
    "squash_that_replaces_itself": ("shop.0001_squashed_0002_product_price lists itself",),
    "stale_pyc": ("shop.0002_gone", "0002_gone.pyc"),
    "state_forwards_fails": ("shop.0003_tidy: operation 1 (Remove field colour", "'colour'"),
    "two_leaf_nodes": (
        "app 'shop' has 2 leaf nodes",
        "0002_product_price",
        "0002_product_weight",
        "makemigrations --merge",
    ),
    "unsupported_field_on_dialect": (
        "shop.0002_product_period: operation 0",
        "year intervals need PostgreSQL",
    ),
}
"""For each project the words that its errors must hold."""

LOADING = sorted(
    path.parent.name
    for path in BROKEN.glob("*/replayer-fixture.toml")
    if read_toml(path).get("loads") and path.parent.name not in FAULTS
)


def errors_in(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith("replayer: error: ")]


def test_every_broken_project_is_tried() -> None:
    assert {*FAULTS, *LOADING} == {path.parent.name for path in BROKEN.glob("*/manage.py")}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_clear_sentence(name: str) -> None:
    stdout, stderr, status = run_forked("--dialect", "sqlite", cwd=BROKEN / name)
    assert stdout == ""
    assert status == 2
    assert "Traceback" not in stderr
    assert "this is a bug" not in stderr
    errors = errors_in(stderr)
    for word in FAULTS[name]:
        assert word in "\n".join(errors)
    # Several faults are a heading and a line each; one is one line, and nothing else is said.
    faults = [line for line in errors if line.startswith("replayer: error:   ")]
    assert len(errors) == len(faults) + 1
    if faults:
        assert re.search(rf"have {len(faults)} faults$", errors[0])


@pytest.mark.parametrize("name", FAULTS)
def test_the_traceback_is_there_for_who_asks(name: str) -> None:
    stdout, stderr, status = run_forked("--dialect", "sqlite", "--traceback", cwd=BROKEN / name)
    assert (stdout, status) == ("", 2)
    assert "Traceback (most recent call last):" in stderr
    assert errors_in(stderr)


@pytest.mark.parametrize("name", LOADING)
def test_what_only_looks_broken_is_printed(name: str) -> None:
    stdout, stderr, status = run_forked("--dialect", "sqlite", cwd=BROKEN / name)
    assert status == 0, stderr
    assert "CREATE TABLE" in stdout
    assert "Traceback" not in stderr
    assert errors_in(stderr) == []


def test_an_empty_schema_is_printed_when_it_is_meant() -> None:
    stdout, stderr, status = run_forked(
        "--dialect", "sqlite", "--allow-empty", cwd=BROKEN / "empty_schema"
    )
    assert "CREATE" not in stdout
    assert errors_in(stderr) == []
    assert status == 0


def test_apps_without_migrations_are_named_and_printed_on_request() -> None:
    project = BROKEN / "no_apps_without_migrations"
    without = run_forked("--dialect", "sqlite", cwd=project)
    assert "without migrations, not printed: notes" in without.stderr
    assert "notes_" not in without.stdout
    with_them = run_forked("--dialect", "sqlite", "--include-unmigrated", cwd=project)
    assert with_them.status == 0
    assert 'CREATE TABLE "notes_' in with_them.stdout
    assert set(without.stdout.splitlines()) < set(with_them.stdout.splitlines())
    assert "not printed" not in with_them.stderr


def test_a_project_of_apps_without_migrations_alone_can_be_printed() -> None:
    ran = run_forked(
        "--dialect", "sqlite", "--include-unmigrated", cwd=BROKEN / "only_unmigrated_apps"
    )
    assert ran.status == 0
    assert 'CREATE TABLE "notes_' in ran.stdout


@pytest.mark.parametrize("schema", ["state", "models"])
def test_a_refused_field_is_an_error_of_the_final_schema_too(schema: str) -> None:
    ran = run_forked(
        "--dialect", "mysql", "--schema", schema, cwd=BROKEN / "unsupported_field_on_dialect"
    )
    assert (ran.stdout, ran.status) == ("", 2)
    assert "year intervals need PostgreSQL" in ran.stderr
    assert "shop.Product" in ran.stderr or "shop.product" in ran.stderr


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
@pytest.mark.parametrize("schema", ["history", "state", "models"])
def test_a_type_of_postgresql_alone_is_an_error_elsewhere(schema: str, dialect: str) -> None:
    project = FIXTURES / "projects" / "postgres_zoo"
    ran = run_forked("--dialect", dialect, "--schema", schema, cwd=project)
    assert (ran.stdout, ran.status) == ("", 2)
    (error,) = errors_in(ran.stderr)
    assert re.search(r"it has no type '|Create model .* cannot be carried out", error)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--schema", "state"), "the final state of the migrations cannot be rendered: The field"),
        (("--schema", "models"), "the field 'depot' of 'shop.Product' points at 'storage.Depot'"),
    ],
)
def test_a_relation_to_no_model_is_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    project = BROKEN / "relation_to_no_model"
    ran = run_forked("--dialect", "sqlite", *arguments, cwd=project)
    assert (ran.stdout, ran.status) == ("", 2)
    (error,) = errors_in(ran.stderr)
    assert words in error


def test_an_operation_that_fails_on_the_state_names_its_place_in_every_schema() -> None:
    ran = run_forked(
        "--dialect", "sqlite", "--schema", "state", cwd=BROKEN / "state_forwards_fails"
    )
    assert (ran.stdout, ran.status) == ("", 2)
    assert "shop.0003_tidy: operation 1 (Remove field colour" in ran.stderr


def copied(project: str, directory: Path) -> Path:
    import shutil

    return shutil.copytree(
        BROKEN / project, directory / project, ignore=shutil.ignore_patterns("__pycache__")
    )


def test_a_syntax_error_in_manage_py_is_no_traceback(tmp_path: Path) -> None:
    project = copied("two_leaf_nodes", tmp_path)
    (project / "manage.py").write_text("def main(:\n", encoding="utf-8")
    ran = run_forked("--dialect", "sqlite", cwd=project)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "manage.py cannot be read" in ran.stderr
    assert "Traceback" not in ran.stderr
