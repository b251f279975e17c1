"""What Atlas shows when replayer fails, and projects that are odd."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.atlas.program import MEMORY, Atlas, database_url, find_atlas, statements_in
from tests.differential import servers
from tests.support import FIXTURES, PROJECTS, Ran, run_command

pytestmark = [pytest.mark.atlas, pytest.mark.slow]

PYTHON = Path(sys.executable).parent
CONFIGURATION = """\
data "external_schema" "django" {{
  program = [{program}]
}}

env "django" {{
  src = data.external_schema.django.url
  dev = "{dev}"
}}
"""


def copied(
    source: Path, target: Path, *arguments: str, dialect: str = "sqlite", dev: str = MEMORY
) -> Path:
    """Copy a project and configure Atlas for it."""
    project = Path(shutil.copytree(source, target))
    words = ["python", "-m", "replayer", "--dialect", dialect, *arguments]
    program = ", ".join(f'"{word}"' for word in words)
    text = CONFIGURATION.format(program=program, dev=dev)
    (project / "atlas.hcl").write_text(text, encoding="utf-8")
    return project


def inspect(atlas: Atlas, project: Path) -> Ran:
    return atlas.run(
        *("schema", "inspect", "--env", "django", "--url", "env://src"),
        *("--format", "{{ sql . }}"),
        cwd=project,
        python=PYTHON,
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cycle", "depend"),
        ("two_leaf_nodes", "makemigrations --merge"),
        ("migration_syntax_error", "0002_product_price"),
        ("empty_schema", "the schema is empty"),
        ("settings_fail_to_import", "settings"),
    ],
)
def test_a_failure_is_shown_as_one_sentence(name: str, sentence: str, tmp_path: Path) -> None:
    project = copied(FIXTURES / "broken" / name, tmp_path / name)
    ran = inspect(find_atlas(), project)
    told = ran.stderr + ran.stdout
    assert ran.status == 1
    assert "replayer: error: " in told
    assert sentence in told
    assert "Traceback" not in told
    assert "CREATE TABLE" not in told


def test_what_a_project_prints_is_not_sql(tmp_path: Path) -> None:
    project = copied(PROJECTS / "noisy_settings", tmp_path / "noisy")
    ran = inspect(find_atlas(), project)
    assert ran.status == 0, ran.stderr
    alone = run_command("--dialect", "sqlite", cwd=project)
    made = [line for line in statements_in(ran.stdout) if line.startswith("CREATE TABLE")]
    assert len(made) == alone.stdout.count("CREATE TABLE") > 0


@pytest.mark.parametrize("position", ["model", "migration"])
@pytest.mark.parametrize("name", ["with some spaces", "Zeitschrift für Äpfel", "it's"])
def test_any_path_will_do(name: str, position: str, tmp_path: Path) -> None:
    project = copied(PROJECTS / "polls", tmp_path / name, "--pos", position)
    ran = inspect(find_atlas(), project)
    assert ran.status == 0, ran.stderr
    assert ran.stdout.count("CREATE TABLE") == 2


def test_bodies_with_semicolons_are_read_whole(tmp_path: Path) -> None:
    # The open builds' SQLite has no fts5.
    omitted = ("--omit", "virtual-tables")
    project = copied(PROJECTS / "run_sql_objects", tmp_path / "shop", *omitted)
    text = run_command("--dialect", "sqlite", *omitted, cwd=project).stdout
    assert text.startswith("-- atlas:delimiter ")
    assert "CREATE TRIGGER" in text
    ran = inspect(find_atlas(), project)
    assert ran.status == 0, ran.stderr


def test_what_a_build_refuses_can_be_left_out(tmp_path: Path) -> None:
    project = copied(PROJECTS / "run_sql_objects", tmp_path / "shop")
    atlas = find_atlas()
    assert "no such module: fts5" in inspect(atlas, project).stderr
    shutil.rmtree(project)
    left_out = ("--omit", "virtual-tables", "views", "triggers")
    project = copied(PROJECTS / "run_sql_objects", tmp_path / "shop", *left_out)
    assert inspect(atlas, project).status == 0


@pytest.mark.server
@pytest.mark.parametrize("name", ["run_sql_objects", "schema_qualified_tables"])
def test_a_dev_database_bound_to_no_schema_takes_all_of_postgresql_again_and_again(
    name: str, tmp_path: Path
) -> None:
    # Bound to one (search_path), the open builds leave functions, extensions and other schemas
    # behind, and the second run finds them there.
    server = _server("postgresql")
    database = servers.own_name(f"replayer_atlas_unbound_{name}")
    servers.create_database(server, database)
    try:
        url = database_url(server, database)
        unbound = url.replace("&search_path=public", "")
        project = copied(PROJECTS / name, tmp_path / name, dialect="postgresql", dev=unbound)
        atlas = find_atlas()
        assert inspect(atlas, project).status == 0
        assert inspect(atlas, project).status == 0
        shutil.rmtree(project)
        project = copied(PROJECTS / name, tmp_path / name, dialect="postgresql", dev=url)
        assert inspect(atlas, project).status == 0
        assert "already exists" in inspect(atlas, project).stderr
    finally:
        servers.drop_database(server, database)


@pytest.mark.server
@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_bodies_are_read_whole_on_a_server(dialect: str, tmp_path: Path) -> None:
    server = _server(dialect)
    database = servers.own_name(f"replayer_atlas_bodies_{dialect}")
    servers.create_database(server, database)
    try:
        url = database_url(server, database)
        project = copied(PROJECTS / "run_sql_objects", tmp_path / "shop", dialect=dialect, dev=url)
        text = run_command("--dialect", dialect, cwd=project).stdout
        assert "\nDELIMITER //\nCREATE TRIGGER" in text
        atlas = find_atlas()
        ran = inspect(atlas, project)
        assert ran.status == 0, ran.stderr

        # The open builds leave views behind on the dev database; triggers go with their tables.
        assert "already exists" in inspect(atlas, project).stderr
        servers.create_database(server, database)
        shutil.rmtree(project)
        project = copied(
            *(PROJECTS / "run_sql_objects", tmp_path / "shop", "--omit", "views"),
            dialect=dialect,
            dev=url,
        )
        for _ in range(2):
            ran = inspect(atlas, project)
            assert ran.status == 0, ran.stderr
    finally:
        servers.drop_database(server, database)


def _server(dialect: str) -> servers.Server:
    try:
        return servers.find_server(dialect)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))
