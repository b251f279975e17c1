"""An ``atlas.hcl`` for a project: Atlas's own file, which says where the schema comes from."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from replayer.model import Dialect

if TYPE_CHECKING:
    from replayer.model import ServerFacts


class AtlasBuild(enum.Enum):
    """Which Atlas reads the file; the value is the word that is typed."""

    EXTERNAL = "external"
    """It runs programs: ``data "external_schema"``."""
    FILE = "file"
    """It reads files alone; open builds refuse ``external_schema`` since January 2025."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtlasConfiguration:
    """What stands in the file."""

    facts: ServerFacts
    build: AtlasBuild = AtlasBuild.EXTERNAL
    directory: str = "migrations"
    """Of Atlas's migrations, from where Atlas is run."""
    dev_url: str | None = None
    """None for the default of the dialect."""
    arguments: tuple[str, ...] = ()
    """For the program, beside the dialect."""


SCHEMA_FILE = "schema.sql"


def default_dev_url(facts: ServerFacts) -> str:
    """Return the URL of an empty database of that server's version, started by Docker.

    Notes
    -----
    Bound to one schema, as Django's tables are: ``search_path``, or the database of the path.
    Source: atlasgo.io/concepts/dev-database.
    """
    version = ".".join(map(str, facts.version[:2]))
    return {
        Dialect.SQLITE: "sqlite://dev?mode=memory",
        Dialect.POSTGRESQL: f"docker://postgres/{facts.version[0]}/dev?search_path=public",
        Dialect.MYSQL: f"docker://mysql/{version}/dev",
        Dialect.MARIADB: f"docker://maria/{version}/dev",
        Dialect.MSSQL: "docker://sqlserver/2022-latest/dev?mode=schema",
    }[facts.dialect]


def write_configuration(configuration: AtlasConfiguration) -> str:
    """Return the text of the file.

    Notes
    -----
    ``django_migrations`` is excluded: no migration makes that table, so Atlas would drop it. The
    second pattern is for a URL that is bound to no schema, of which only PostgreSQL has several.
    """
    dialect = configuration.facts.dialect.value
    program = ["python", "-m", "replayer", "--dialect", dialect, *configuration.arguments]
    if configuration.build is AtlasBuild.EXTERNAL:
        lines = "".join(f"    {_quoted(word)},\n" for word in program)
        head = f'data "external_schema" "django" {{\n  program = [\n{lines}  ]\n}}\n\n'
        source = "data.external_schema.django.url"
    else:
        command = " ".join(_shell_quoted(word) for word in [*program, "--output", SCHEMA_FILE])
        head = f"// Before each atlas command: {command}\n"
        source = _quoted(f"file://{SCHEMA_FILE}")
    dev_url = configuration.dev_url or default_dev_url(configuration.facts)
    patterns = ["django_migrations"]
    if configuration.facts.dialect is Dialect.POSTGRESQL:
        patterns.append("*.django_migrations")
    excluded = ", ".join(_quoted(pattern) for pattern in patterns)
    return head + (
        'env "django" {\n'
        f"  src = {source}\n"
        f"  dev = {_quoted(dev_url)}\n"
        "  // Django's own record of what is applied: no migration makes it.\n"
        f"  exclude = [{excluded}]\n"
        "  migration {\n"
        f"    dir = {_quoted('file://' + configuration.directory)}\n"
        "  }\n"
        "  format {\n"
        "    migrate {\n"
        '      diff = "{{ sql . \\"  \\" }}"\n'
        "    }\n"
        "  }\n"
        "}\n"
    )


def _quoted(text: str) -> str:
    """Write an HCL string; ``${`` and ``%{`` begin templates there."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _shell_quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
