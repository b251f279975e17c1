from __future__ import annotations

import pytest

from replayer.ddl.configuration import AtlasBuild, AtlasConfiguration, write_configuration
from replayer.model import Dialect, ServerFacts


def facts(dialect: Dialect, *version: int) -> ServerFacts:
    return ServerFacts(dialect=dialect, version=version)


def test_a_program_or_a_file() -> None:
    server = facts(Dialect.POSTGRESQL, 16, 2)
    program = write_configuration(AtlasConfiguration(facts=server))
    file = write_configuration(AtlasConfiguration(facts=server, build=AtlasBuild.FILE))
    assert "external_schema" in program
    assert '"--dialect",\n    "postgresql",' in program
    assert "external_schema" not in file
    assert 'src = "file://schema.sql"' in file
    assert "python -m replayer --dialect postgresql --output schema.sql" in file


@pytest.mark.parametrize(
    ("server", "url"),
    [
        (facts(Dialect.SQLITE, 3, 40, 1), "sqlite://dev?mode=memory"),
        (facts(Dialect.POSTGRESQL, 16, 2), "docker://postgres/16/dev?search_path=public"),
        (facts(Dialect.MYSQL, 8, 4, 0), "docker://mysql/8.4/dev"),
        (facts(Dialect.MARIADB, 10, 11, 6), "docker://maria/10.11/dev"),
        (facts(Dialect.MSSQL, 16), "docker://sqlserver/2022-latest/dev?mode=schema"),
    ],
)
def test_the_dev_database_is_of_the_server_s_version(server: ServerFacts, url: str) -> None:
    assert f'dev = "{url}"' in write_configuration(AtlasConfiguration(facts=server))


def test_django_s_own_table_is_excluded() -> None:
    text = write_configuration(AtlasConfiguration(facts=facts(Dialect.SQLITE, 3)))
    assert 'exclude = ["django_migrations"]' in text
    text = write_configuration(AtlasConfiguration(facts=facts(Dialect.POSTGRESQL, 16)))
    assert 'exclude = ["django_migrations", "*.django_migrations"]' in text


def test_what_is_typed_is_written_so_that_hcl_reads_it() -> None:
    text = write_configuration(
        AtlasConfiguration(
            facts=facts(Dialect.SQLITE, 3),
            directory='a "b" ${c}',
            dev_url="sqlite://%{d}",
            arguments=("--settings", "my.settings"),
        )
    )
    assert r'dir = "file://a \"b\" $${c}"' in text
    assert 'dev = "sqlite://%%{d}"' in text
    assert '"--settings",\n    "my.settings",' in text
