"""The harness itself: it must not let a failure pass for an answer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.differential import harness, judge, projects, servers

_DATABASE = servers.own_name("replayer_harness")
_DIALECTS = [
    pytest.param(dialect, marks=[] if dialect == "sqlite" else [pytest.mark.server])
    for dialect in servers.DIALECTS
]


def _server(dialect: str, directory: Path) -> servers.Server:
    try:
        return servers.find_server(dialect, directory)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("dialect", _DIALECTS)
def test_a_refused_statement_is_an_error(dialect: str, tmp_path: Path) -> None:
    server = _server(dialect, tmp_path)
    harness.create_database(server, _DATABASE)
    try:
        with pytest.raises(harness.LoadError):
            harness.load(
                "CREATE TABLE a (id integer);\nCREATE TABLE a (id integer);\n"
                "CREATE TABLE b (id integer);",
                server,
                _DATABASE,
            )
        tables = {f.name for f in judge.read(server, _DATABASE).facts if f.kind == "table"}
        assert tables == {"a"}
    finally:
        harness.drop_database(server, _DATABASE)


@pytest.mark.parametrize("dialect", _DIALECTS)
def test_a_document_is_loaded_whole(dialect: str, tmp_path: Path) -> None:
    server = _server(dialect, tmp_path)
    harness.create_database(server, _DATABASE)
    try:
        harness.load(
            "-- ä\nCREATE TABLE a (id integer);\nCREATE TABLE é (id integer);\n", server, _DATABASE
        )
        facts = judge.read(server, _DATABASE).facts
        assert {f.name.strip('"') for f in facts if f.kind == "table"} == {"a", "é"}
    finally:
        harness.drop_database(server, _DATABASE)


@pytest.mark.slow
def test_a_project_is_migrated_to_the_database_that_was_named(tmp_path: Path) -> None:
    project = next(p for p in projects.discover() if p.name == "polls")
    server = servers.find_server("sqlite", tmp_path)
    harness.create_database(server, _DATABASE)

    harness.migrate(project, server, _DATABASE)

    connection = sqlite3.connect(server.path(_DATABASE))
    rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    connection.close()
    assert ("polls", "0001_initial") in rows


@pytest.mark.slow
def test_a_migration_that_fails_is_an_error(tmp_path: Path) -> None:
    project = next(p for p in projects.discover() if p.name == "polls")
    server = servers.Server(dialect="sqlite", directory=tmp_path / "missing")

    with pytest.raises(harness.HarnessError, match="migrate of polls on sqlite failed"):
        harness.migrate(project, server, _DATABASE)


def test_the_projects_are_found() -> None:
    found = projects.discover()

    assert {"polls", "contrib", "wagtail", "allauth"} <= {project.name for project in found}
    assert len({project.name for project in found}) == len(found), "names are unique"
    assert all(project.dialects for project in found)
    assert sum(project.is_public for project in found) >= 10


def test_the_digest_of_a_project_changes_with_its_files(tmp_path: Path) -> None:
    project = projects.Project(name="p", path=tmp_path, settings_module="s", dialects=("sqlite",))
    before = project.digest()

    (tmp_path / "models.py").write_text("", encoding="utf-8")

    assert project.digest() != before
