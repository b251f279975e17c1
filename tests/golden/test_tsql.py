"""SQL Server can't be had here: what is printed for it is at least T-SQL to another reader."""

from __future__ import annotations

import importlib.util
import re

import pytest
import sqlglot
from sqlglot import exp

from tests.differential.projects import discover
from tests.forks import run_forked

PROJECTS = {project.name: project for project in discover()}
REFUSED = {
    # GeoDjango's: it has no backend for SQL Server.
    "geometry_fields": "places.Country",
    "geometry_postgis": "places.Photo",
    # PostgreSQL's own fields and constraints.
    "postgres_operations": "archive.Loan",
    "postgres_zoo": "places.Booking",
}


def plainer(statement: str) -> str:
    """Leave out what SQL Server takes and sqlglot doesn't: a file group, a second constraint."""
    return re.sub(r" ON \[pg_default\]", "", statement).replace("UNIQUE CONSTRAINT", "CONSTRAINT")


pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("mssql") is None, reason="mssql-django is not installed"
)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.public] if project.is_public else [])
        for name, project in PROJECTS.items()
        if name not in REFUSED and name != "contrib_postgres"
    ],
)
def test_another_reader_takes_it(name: str) -> None:
    project = PROJECTS[name]
    if reason := project.skip_reason():
        pytest.skip(reason)
    ran = run_forked("--dialect", "mssql", cwd=project.path)
    assert ran.status == 0, ran.stderr
    statements = [line for line in ran.stdout.split(";\n") if line.strip()]
    for statement in statements:
        if "sp_addextendedproperty" in statement:
            assert statement.startswith("IF NOT EXISTS (")
            continue  # how mssql-django writes a comment; sqlglot knows no IF with EXECUTE in it
        (parsed,) = sqlglot.parse(plainer(statement), dialect="tsql")
        assert isinstance(parsed, (exp.Create, exp.Alter)), statement
        assert "%s" not in statement
    tables = [s for s in statements if s.startswith("CREATE TABLE")]
    names = [re.match(r"CREATE TABLE (\[[^]]*\](?:\.\[[^]]*\])*)", s) for s in tables]
    assert all(names)
    assert len({match[1] for match in names if match}) == len(tables)


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_express_is_one_sentence(name: str) -> None:
    project = PROJECTS[name]
    if reason := project.skip_reason():
        pytest.skip(reason)
    ran = run_forked("--dialect", "mssql", cwd=project.path)
    assert (ran.stdout, ran.status) == ("", 2)
    assert "the dialect mssql cannot express" in ran.stderr
    assert REFUSED[name] in ran.stderr
    assert "Traceback" not in ran.stderr
