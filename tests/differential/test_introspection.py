"""Django's own introspection, asked of a migrated server and of the catalogue: the same answers."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.differential import harness, projects, servers

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECTS = ("allauth", "contrib", "taggit", "constraints_zoo", "mysql_implicit_fk_indexes",
            "like_indexes", "renamed_models", "db_defaults", "comments", "field_zoo")  # fmt: skip


def _ask(project: projects.Project, what: str, arguments: list[str], *path: Path) -> dict[str, Any]:
    settings = ["DJANGO_SETTINGS_MODULE"] if path else []
    environment = harness._environment(*path, project.path, projects.ROOT)
    environment |= dict.fromkeys(settings, "_differential_settings")
    printed = harness._run(
        f"introspection of {what}",
        [sys.executable, "-m", "tests.differential.introspected", *arguments],
        cwd=project.path,
        environment=environment,
    )
    answers: dict[str, Any] = json.loads(printed)
    return answers


def _differences(real: Any, offline: Any, path: str = "") -> Iterator[str]:
    """Yield a line for each leaf that differs."""
    if isinstance(real, dict) and isinstance(offline, dict):
        for key in sorted({*real, *offline}):
            yield from _differences(real.get(key, "-"), offline.get(key, "-"), f"{path}/{key}")
    elif isinstance(real, list) and isinstance(offline, list) and len(real) == len(offline):
        for place, (one, other) in enumerate(zip(real, offline, strict=True)):
            name = one.get("name", place) if isinstance(one, dict) else place
            yield from _differences(one, other, f"{path}/{name}")
    elif real != offline:
        yield f"{path}: the server {real!r}, the catalogue {offline!r}"


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mariadb"])
@pytest.mark.parametrize("name", PROJECTS)
def test_the_catalogue_answers_as_the_server(name: str, dialect: str, tmp_path: Path) -> None:
    project = next(item for item in projects.discover() if item.name == name)
    if project.skip_reason():
        pytest.skip(project.skip_reason())
    if dialect not in project.dialects:
        pytest.skip(f"{name} is not for {dialect}")
    try:
        server = servers.find_server(dialect)
    except servers.ServerMissingError as missing:
        pytest.skip(str(missing))
    database = harness._database_name(project, "introspected")
    servers.create_database(server, database)
    try:
        harness.migrate(project, server, database)
        with tempfile.TemporaryDirectory(prefix="replayer-") as directory:
            settings = harness._WRAPPER.format(
                settings=project.settings_module,
                database=harness._database_settings(project, server, database),
            )
            Path(directory, "_differential_settings.py").write_text(settings, encoding="utf-8")
            real = _ask(project, "the server", ["real"], Path(directory))
    finally:
        servers.drop_database(server, database)
    offline = _ask(project, "the catalogue", [dialect, servers.server_version(server)])
    differences = list(_differences(real, offline))
    assert not differences, "\n".join(differences)
