"""Expectations: nothing unexpected passes, and nothing unneeded stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.differential import expectations, projects, propose
from tests.differential.judge import Fact, Snapshot, compare
from tests.differential.judge.compare import Difference
from tests.support import run_command


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> projects.Project:
    monkeypatch.setattr(expectations, "FIXTURES", tmp_path)
    return projects.Project(
        name="shop", path=tmp_path, settings_module="s", dialects=("sqlite", "postgresql")
    )


def _differences(*columns: str) -> tuple[Difference, ...]:
    """Return what is told where only the left side has some columns."""
    table = Fact("column", "t", "id", "type", "integer", "integer")
    more = [table._replace(name=name) for name in columns]
    left, right = (Snapshot.of("sqlite", facts) for facts in ([table, *more], [table]))
    return compare(left, right)


def _write(project: projects.Project, text: str) -> None:
    path = expectations.expectation_file("state", project)
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def test_a_difference_that_is_not_listed_is_unexpected(project: projects.Project) -> None:
    found = expectations.review("state", project, "sqlite", _differences("a"))

    assert found.unexpected == ("other: column t.a: only left (type 'integer')",)
    assert found.unneeded == ()


def test_a_listed_difference_is_accepted_on_its_dialect_alone(project: projects.Project) -> None:
    _write(
        project,
        '[[difference]]\ndialect = "sqlite"\ndifference = "other: column t.a: *"\nreason = "r"\n',
    )

    assert not str(expectations.review("state", project, "sqlite", _differences("a")))
    assert expectations.review("state", project, "postgresql", _differences("a")).unexpected
    assert expectations.review("state", project, "sqlite", _differences("a", "b")).unexpected


def test_an_entry_that_no_longer_occurs_is_told(project: projects.Project) -> None:
    _write(project, '[[difference]]\ndifference = "other: column t.a: *"\nreason = "r"\n')

    for dialect in project.dialects:
        found = expectations.review("state", project, dialect, ())
        assert found.unneeded == ("other: column t.a: *",)


def test_an_entry_for_another_django_is_left_out(project: projects.Project) -> None:
    _write(
        project,
        '[[difference]]\ndifference = "x"\nmax_django = [1, 11]\nreason = "r"\n'
        '[[difference]]\ndifference = "y"\nmin_django = [99, 0]\nreason = "r"\n',
    )

    assert not str(expectations.review("state", project, "sqlite", ()))


def test_only_a_star_is_a_pattern(project: projects.Project) -> None:
    entry = expectations.Expectation(dialects=("sqlite",), difference="a.b (*)", reason="r")

    assert entry.matches("a.b (x [y]\nz)")
    assert not entry.matches("axb (x)")


def test_an_unexplained_entry_is_refused(project: projects.Project) -> None:
    needs = propose.write("state", project, {"sqlite": _differences("a"), "postgresql": ()}, {})

    assert needs == ("other: column t.a: only left (type 'integer')",)
    with pytest.raises(AssertionError, match="a reason is missing"):
        expectations.review("state", project, "sqlite", ())


def test_a_proposed_file_expects_just_what_was_found(project: projects.Project) -> None:
    order = Fact("table", "", 'odd "name"\\', "column order", "a\nb", "")
    left = Snapshot.of("sqlite", [order])
    right = Snapshot.of("sqlite", [order._replace(value="b\na")])
    differences = compare(left, right)

    found = {"sqlite": differences, "postgresql": ()}
    assert propose.write("state", project, found, witnessed=found) == ()

    assert not str(expectations.review("state", project, "sqlite", differences))
    assert expectations.review("state", project, "sqlite", ()).unneeded
    assert not str(expectations.review("state", project, "postgresql", ()))


def test_a_file_goes_when_nothing_differs_any_more(project: projects.Project) -> None:
    propose.write("state", project, {"sqlite": _differences("a")}, {})
    propose.write("state", project, {"sqlite": ()}, {})

    assert not expectations.expectation_file("state", project).exists()


def test_every_expectation_file_belongs_to_a_project() -> None:
    names = {project.name for project in projects.discover()}

    for schema in ("state", "history", "verbatim"):
        files = (projects.FIXTURES / "expected" / schema).glob("*.toml")
        assert {path.stem for path in files} <= names


@pytest.mark.slow
@pytest.mark.parametrize("schema", ["history", "verbatim"])
def test_the_history_differs_in_what_the_ledger_calls_opaque_alone(schema: str) -> None:
    for project in projects.discover():
        path = expectations.expectation_file(schema, project)
        if not path.exists() or project.skip_reason():
            continue
        for dialect in project.dialects:
            entries = [
                entry
                for entry in expectations.read_expectations(path, project.dialects)
                if dialect in entry.dialects
            ]
            if not entries:
                continue
            ran = run_command(
                *("ledger", "--dialect", dialect, "--format", "json"), cwd=project.path
            )
            opaque = [e for e in json.loads(ran.stdout)["entries"] if e["outcome"] == "opaque"]
            tables = {table for entry in opaque for table in entry["tables"]}
            for entry in entries:
                assert any(f" {table}." in entry.difference for table in tables), entry
