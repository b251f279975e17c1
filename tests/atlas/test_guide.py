"""The guide of Atlas for Django, end to end, with replayer in the provider's place."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.atlas.program import (
    EXTERNAL,
    MEMORY,
    OPEN,
    Atlas,
    database_url,
    find_atlas,
    find_planner,
    statements_in,
)
from tests.differential import servers
from tests.support import PROJECTS, Ran, run_command, run_python

pytestmark = [pytest.mark.atlas, pytest.mark.slow]

PYTHON = Path(sys.executable).parent
DIALECTS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.server),
    pytest.param("mysql", marks=pytest.mark.server),
    pytest.param("mariadb", marks=pytest.mark.server),
]
NEW_FIELD = "    question_type = models.CharField(max_length=20, null=True)\n"


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def dev_url(dialect: str) -> Iterator[str | None]:
    """Yield an empty database for Atlas; None for the default, which is in memory."""
    if dialect == "sqlite":
        yield None
        return
    try:
        server = servers.find_server(dialect)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))
    name = servers.own_name("replayer_atlas_guide")
    servers.create_database(server, name)
    yield database_url(server, name)
    servers.drop_database(server, name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / "polls", tmp_path / "polls"))


def add_field(project: Path) -> None:
    models = project / "polls" / "models.py"
    lines = models.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(index for index, line in enumerate(lines) if "question_text" in line)
    models.write_text("".join([*lines[: place + 1], NEW_FIELD, *lines[place + 1 :]]), "utf-8")


def make_migrations(project: Path) -> None:
    ran = run_python("manage.py", "makemigrations", "polls", cwd=project)
    assert ran.status == 0, ran.stderr


def configure(project: Path, dialect: str, dev_url: str | None, *arguments: str) -> None:
    more = ("--dev-url", dev_url) if dev_url else ()
    ran = run_command("init", "--dialect", dialect, *more, "--write", *arguments, cwd=project)
    assert ran.status == 0, ran.stderr


def diff(atlas: Atlas, project: Path, name: str) -> tuple[Ran, tuple[str, ...]]:
    """Run ``atlas migrate diff`` and return the statements of the migration that it wrote."""
    ran = atlas.run("migrate", "diff", name, "--env", "django", cwd=project, python=PYTHON)
    return ran, _written(project, name)


def diff_file(
    atlas: Atlas, project: Path, name: str, dialect: str, dev_url: str | None
) -> tuple[Ran, Ran, tuple[str, ...]]:
    """Write ``schema.sql`` and run ``atlas migrate diff`` on it, without a configuration.

    Returns
    -------
    tuple of (Ran, Ran, tuple of str)
        What replayer said, what Atlas said, the statements of the migration that it wrote.
    """
    told = run_command("--dialect", dialect, "--output", "schema.sql", cwd=project)
    assert told.status == 0, told.stderr
    ran = atlas.run(
        *("migrate", "diff", name, "--dir", "file://migrations", "--to", "file://schema.sql"),
        *("--dev-url", dev_url or MEMORY),
        cwd=project,
    )
    return told, ran, _written(project, name)


def _written(project: Path, name: str) -> tuple[str, ...]:
    written = list((project / "migrations").glob(f"*_{name}.sql"))
    assert len(written) <= 1
    return statements_in(written[0].read_text(encoding="utf-8")) if written else ()


def test_the_guide_with_a_program(project: Path, dialect: str, dev_url: str | None) -> None:
    atlas = find_atlas(EXTERNAL)
    configure(project, dialect, dev_url)

    ran, first = diff(atlas, project, "first")
    assert ran.status == 0, ran.stderr
    made = [statement for statement in first if statement.startswith("CREATE TABLE")]
    assert len(made) == 2
    assert "polls_question" in made[0]
    assert "polls_choice" in made[1]

    ran, again = diff(atlas, project, "again")
    assert ran.status == 0, ran.stderr
    assert "no changes" in ran.stdout
    assert again == ()

    add_field(project)
    ran, trap = diff(atlas, project, "trap")
    assert "no changes" in ran.stdout, "the models alone must not change the plan"
    assert trap == ()

    make_migrations(project)
    ran, added = diff(atlas, project, "added")
    assert ran.status == 0, ran.stderr
    assert len(added) == 1
    assert "ADD COLUMN" in added[0]
    assert "question_type" in added[0]
    assert added[0].count("ADD") == 1


def test_what_the_models_alone_say_is_told_by_replayer(project: Path) -> None:
    # Atlas shows what its program says on stderr only when that fails, so CI asks `check` too.
    assert "the models have left" not in run_command("--dialect", "sqlite", cwd=project).stderr
    add_field(project)
    ran = run_command("--dialect", "sqlite", cwd=project)
    assert ran.status == 0
    assert "question_type" not in ran.stdout
    assert "the models have left the migrations behind: 1 change in polls" in ran.stderr
    ran = run_command("check", cwd=project)
    assert ran.status == 1
    assert "question_type" in ran.stdout


def test_the_guide_with_a_file(project: Path, dialect: str, dev_url: str | None) -> None:
    atlas = find_planner()

    _, ran, first = diff_file(atlas, project, "first", dialect, dev_url)
    assert ran.status == 0, ran.stderr
    made = [statement for statement in first if statement.startswith("CREATE TABLE")]
    assert len(made) == 2
    assert "polls_question" in made[0]
    assert "polls_choice" in made[1]

    told, ran, again = diff_file(atlas, project, "again", dialect, dev_url)
    assert "the models have left" not in told.stderr
    assert ran.status == 0, ran.stderr
    assert "no changes" in ran.stdout
    assert again == ()

    add_field(project)
    told, ran, trap = diff_file(atlas, project, "trap", dialect, dev_url)
    assert "the models have left the migrations behind: 1 change in polls" in told.stderr
    assert "no changes" in ran.stdout, "the models alone must not change the plan"
    assert trap == ()

    make_migrations(project)
    told, ran, added = diff_file(atlas, project, "added", dialect, dev_url)
    assert "the models have left" not in told.stderr
    assert ran.status == 0, ran.stderr
    assert len(added) == 1
    assert "ADD COLUMN" in added[0]
    assert "question_type" in added[0]
    assert added[0].count("ADD") == 1


def test_the_guide_with_a_configured_file(project: Path, dialect: str, dev_url: str | None) -> None:
    atlas = find_atlas(OPEN)
    configure(project, dialect, dev_url, "--build", "file")
    command = ("--dialect", dialect, "--output", "schema.sql")

    assert run_command(*command, cwd=project).status == 0
    ran, first = diff(atlas, project, "first")
    assert ran.status == 0, ran.stderr
    assert sum(statement.startswith("CREATE TABLE") for statement in first) == 2

    add_field(project)
    make_migrations(project)
    assert run_command(*command, cwd=project).status == 0
    ran, added = diff(atlas, project, "added")
    assert ran.status == 0, ran.stderr
    assert len(added) == 1
    assert "ADD COLUMN" in added[0]


def test_the_guide_through_manage_py(project: Path) -> None:
    atlas = find_atlas(EXTERNAL)
    settings = project / "mysite" / "settings.py"
    settings.write_text(
        settings.read_text(encoding="utf-8") + '\nINSTALLED_APPS = [*INSTALLED_APPS, "replayer"]\n',
        encoding="utf-8",
    )
    configure(project, "sqlite", None)
    path = project / "atlas.hcl"
    text = path.read_text(encoding="utf-8")
    assert '"-m",\n    "replayer",' in text
    path.write_text(
        text.replace('"-m",\n    "replayer",', '"manage.py",\n    "replayer",'), "utf-8"
    )
    ran, first = diff(atlas, project, "first")
    assert ran.status == 0, ran.stderr
    assert sum(statement.startswith("CREATE TABLE") for statement in first) == 2
