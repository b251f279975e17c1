"""What Atlas makes of the files that replayer writes: directives, bodies, paths, odd projects."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.atlas.program import MEMORY, database_url, find_planner, statements_in
from tests.differential import servers
from tests.support import FIXTURES, PROJECTS, run_command

pytestmark = [pytest.mark.atlas, pytest.mark.slow]

DIALECTS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.server),
    pytest.param("mysql", marks=pytest.mark.server),
    pytest.param("mariadb", marks=pytest.mark.server),
]
REFUSED = {"sqlite": ("--omit", "virtual-tables")}
"""What Atlas's SQLite can't make: it has no fts5."""
DELIMITED = {
    "sqlite": "-- atlas:delimiter ",
    "mysql": "\nDELIMITER //\n",
    "mariadb": "\nDELIMITER //\n",
}
"""How bodies with semicolons are set apart; PostgreSQL's stand in dollar quotes."""
_POSITION = re.compile(r"-- atlas:pos (?P<name>\S+)\[type=table\] (?P<path>.+):\d+:\d+-\d+:\d+")


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def dev_url(dialect: str) -> Iterator[str]:
    """Yield an empty database for Atlas."""
    if dialect == "sqlite":
        yield MEMORY
        return
    try:
        server = servers.find_server(dialect)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))
    name = servers.own_name("replayer_atlas_files")
    servers.create_database(server, name)
    yield database_url(server, name)
    servers.drop_database(server, name)


def written(project: Path, directory: Path, dialect: str, *arguments: str) -> Path:
    """Return a file with what replayer prints of a project."""
    path = directory / "schema.sql"
    ran = run_command("--dialect", dialect, "--output", path, *arguments, cwd=project)
    assert ran.status == 0, ran.stderr
    return path


@pytest.mark.parametrize("position", ["none", "model", "migration"])
def test_bodies_with_semicolons_are_read_whole(
    dialect: str, position: str, dev_url: str, tmp_path: Path
) -> None:
    # A body that is cut at its first semicolon is a syntax error on the dev database.
    path = written(
        *(PROJECTS / "run_sql_objects", tmp_path, dialect),
        *("--pos", position, *REFUSED.get(dialect, ())),
    )
    text = path.read_text(encoding="utf-8")
    assert "CREATE TRIGGER" in text
    assert DELIMITED.get(dialect, "") in text
    assert ("-- atlas:pos " in text) == (position != "none")
    ran = find_planner().inspected(path, dev_url)
    assert ran.status == 0, ran.stderr
    tables = [s for s in statements_in(ran.stdout) if s.startswith("CREATE TABLE")]
    assert len(tables) == len(re.findall("^CREATE TABLE", text, re.MULTILINE))


@pytest.mark.parametrize("position", ["model", "migration"])
@pytest.mark.parametrize("name", ["with some spaces", "Zeitschrift für Äpfel", "it's"])
def test_any_path_will_do(name: str, position: str, tmp_path: Path) -> None:
    project = Path(shutil.copytree(PROJECTS / "polls", tmp_path / name))
    path = written(project, project, "sqlite", "--pos", position)
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [match for match in map(_POSITION.fullmatch, lines) if match]
    # Atlas reads directives of ASCII letters only, so replayer writes no others.
    expected = ["polls_question", "polls_choice"] if name.isascii() else []
    assert [match["name"] for match in found] == expected
    assert all(Path(match["path"]).is_file() for match in found)
    ran = find_planner().inspected(path)
    assert ran.status == 0, ran.stderr
    assert ran.stdout.count("CREATE TABLE") == 2


def test_what_a_project_prints_is_not_sql(tmp_path: Path) -> None:
    path = written(PROJECTS / "noisy_settings", tmp_path, "sqlite")
    ran = find_planner().inspected(path)
    assert ran.status == 0, ran.stderr
    made = [line for line in statements_in(ran.stdout) if line.startswith("CREATE TABLE")]
    assert len(made) == path.read_text(encoding="utf-8").count("CREATE TABLE") > 0


@pytest.mark.parametrize("name", ["cycle", "two_leaf_nodes", "empty_schema"])
def test_a_failure_leaves_the_file_that_atlas_plans_from(name: str, tmp_path: Path) -> None:
    path = written(PROJECTS / "polls", tmp_path, "sqlite")
    before = path.read_bytes()
    ran = run_command("--output", path, "--dialect", "sqlite", cwd=FIXTURES / "broken" / name)
    assert ran.status == 2
    assert "replayer: error: " in ran.stderr
    assert path.read_bytes() == before


def test_an_empty_schema_that_is_asked_for_plans_the_drop_of_all(tmp_path: Path) -> None:
    """Why it must be asked for."""
    full = tmp_path / "full.sql"
    written(PROJECTS / "polls", tmp_path, "sqlite").rename(full)
    empty = written(FIXTURES / "broken" / "empty_schema", tmp_path, "sqlite", "--allow-empty")
    planned = find_planner().planned(f"file://{full}", f"file://{empty}", MEMORY)
    assert sorted(planned) == [
        "DROP TABLE `polls_choice`",
        "DROP TABLE `polls_question`",
        "PRAGMA foreign_keys = off",
        "PRAGMA foreign_keys = on",
    ]
