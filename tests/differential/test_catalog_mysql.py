"""The catalogue of MySQL and MariaDB against the servers: the same refusals, the same tables.

Each script of ``mysql_scripts/`` is run statement by statement on a server and on the catalogue;
what one refuses the other must refuse, with the same number and words. At the end the catalogue's
dump, loaded on the server, must show the same ``SHOW CREATE TABLE`` as the statements themselves.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from replayer.catalog.mysql.catalog import MysqlCatalog
from replayer.catalog.refusals import CatalogError
from replayer.model import Dialect, ServerFacts
from tests.differential.servers import (
    Server,
    ServerMissingError,
    connect,
    create_database,
    drop_database,
    find_server,
    own_name,
    server_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = sorted((Path(__file__).parent / "mysql_scripts").glob("*.sql"))
DATABASE = own_name("replayer_catalog_mysql")
COPY = own_name("replayer_catalog_mysql_copy")
COUNTER = re.compile(r" AUTO_INCREMENT=\d+")


@pytest.fixture(params=["mysql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    try:
        return find_server(request.param)
    except ServerMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def cursor(server: Server) -> Iterator[Any]:
    for name in (DATABASE, COPY):
        create_database(server, name)
    with connect(server, DATABASE) as connection:
        yield connection.cursor()
    for name in (DATABASE, COPY):
        drop_database(server, name)


@pytest.fixture
def catalog(server: Server) -> MysqlCatalog:
    version = tuple(int(number) for number in server_version(server).split(".")[:3])
    facts = ServerFacts(dialect=Dialect(server.dialect), version=version)
    return MysqlCatalog(facts, DATABASE)


def shown(cursor: Any, database: str) -> dict[str, str]:
    """Return ``SHOW CREATE TABLE`` of every table."""
    cursor.execute(f"USE `{database}`")
    cursor.execute("SHOW FULL TABLES WHERE table_type = 'BASE TABLE'")
    found = {}
    for name, _ in cursor.fetchall():
        cursor.execute(f"SHOW CREATE TABLE `{name}`")
        found[name] = COUNTER.sub("", cursor.fetchone()[1])
    return found


def refusal_of_server(cursor: Any, sql: str) -> tuple[int, str] | None:
    try:
        cursor.execute(sql)
    except cursor.connection.Error as error:
        return (int(error.args[0]), str(error.args[1]))
    return None


def refusal_of_catalog(catalog: MysqlCatalog, sql: str) -> tuple[int | None, str] | None:
    try:
        catalog.execute(sql)
    except CatalogError as error:
        return (error.number, error.message)
    return None


def assert_dump_is_what_the_server_holds(cursor: Any, catalog: MysqlCatalog) -> None:
    cursor.execute(f"USE `{COPY}`")
    cursor.execute("SET foreign_key_checks = 0")
    for statement in catalog.statements():
        if statement.sql.startswith(("CREATE TABLE", "ALTER TABLE")):
            cursor.execute(statement.sql)
    assert shown(cursor, COPY) == shown(cursor, DATABASE)


@pytest.mark.server
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_script_is_refused_and_taken_as_the_server_does(
    script: Path, cursor: Any, catalog: MysqlCatalog
) -> None:
    for sql in script.read_text().split(";\n"):
        if not sql.strip():
            continue
        answers = refusal_of_server(cursor, sql), refusal_of_catalog(catalog, sql)
        if None not in answers and {answer[0] for answer in answers if answer} == {1064}:
            continue  # what a parser quotes of a wrong statement is its own affair
        assert answers[1] == answers[0], sql
    assert_dump_is_what_the_server_holds(cursor, catalog)


@pytest.mark.server
def test_texts_of_a_session_with_three_bytes_are_kept_as_the_server_keeps_them(
    cursor: Any, server: Server, catalog: MysqlCatalog
) -> None:
    script = next(path for path in SCRIPTS if path.stem == "texts_read_again")
    told = MysqlCatalog(catalog.facts, DATABASE, charset="utf8mb3")
    cursor.execute("SET NAMES utf8mb3")
    for sql in script.read_text().split(";\n"):
        cursor.execute(sql)
        told.execute(sql)
    assert_dump_is_what_the_server_holds(cursor, told)
    kept = "".join(shown(cursor, DATABASE).values())
    assert ("_utf8mb3'x'" in kept and "_utf8mb4'x'" in kept) is (server.dialect == "mysql")


TABLES = ("t1", "t2", "t3")
COLUMNS = ("a", "b", "c", "d")
TYPES = ("integer", "integer", "bigint", "varchar(20)", "integer UNSIGNED", "bool", "datetime(6)")
DEFINITIONS = (
    "integer NOT NULL",
    "integer NULL",
    "varchar(20) NOT NULL UNIQUE",
    "integer UNSIGNED NOT NULL CHECK (`{c}` >= 0)",
    "integer NULL UNIQUE",
    "bool NOT NULL",
)
TEMPLATES = (
    "ALTER TABLE {t} ADD COLUMN {c} {type} NULL",
    "ALTER TABLE {t} ADD COLUMN {c} integer UNSIGNED DEFAULT 3 NOT NULL CHECK ({c} >= 0)",
    "ALTER TABLE {t} ADD COLUMN {c} integer NULL UNIQUE",
    (
        "ALTER TABLE {t} ADD COLUMN {c} integer NULL , "
        "ADD CONSTRAINT {n} FOREIGN KEY ({c}) REFERENCES {u}(`id`)"
    ),
    "ALTER TABLE {t} DROP COLUMN {c}",
    "ALTER TABLE {t} MODIFY {c} {type} NULL",
    "ALTER TABLE {t} MODIFY {c} {type} NOT NULL",
    "ALTER TABLE {t} CHANGE {c} {e} {type} NULL",
    "ALTER TABLE {t} RENAME COLUMN {c} TO {e}",
    "ALTER TABLE {t} ADD CONSTRAINT {n} UNIQUE ({c}, {e})",
    "ALTER TABLE {t} ADD UNIQUE ({c})",
    "CREATE INDEX {n} ON {t} ({c})",
    "CREATE INDEX {n} ON {t} ({c} DESC, {e})",
    "CREATE UNIQUE INDEX {n} ON {t} ({c})",
    "DROP INDEX {n} ON {t}",
    "ALTER TABLE {t} DROP INDEX {c}",
    "ALTER TABLE {t} RENAME INDEX {n} TO {m}",
    "ALTER TABLE {t} ADD CONSTRAINT {n} FOREIGN KEY ({c}) REFERENCES {u} (`id`)",
    "ALTER TABLE {t} ADD CONSTRAINT {m} FOREIGN KEY ({e}) REFERENCES {u} (`id`)",
    "ALTER TABLE {t} ADD FOREIGN KEY ({c}) REFERENCES {u} (`id`)",
    "ALTER TABLE {t} DROP FOREIGN KEY {n}",
    "ALTER TABLE {t} ADD CONSTRAINT {n} CHECK ({c} > 1 OR {e} < 3)",
    "ALTER TABLE {t} ADD CHECK ({c} > 2)",
    "ALTER TABLE {t} DROP CONSTRAINT {n}",
    "ALTER TABLE {t} ALTER COLUMN {c} DROP DEFAULT",
    "RENAME TABLE {t} TO {u}",
    "RENAME TABLE {t} TO `moved`",
    "RENAME TABLE `moved` TO {u}",
    "DROP TABLE {t} CASCADE",
)


def random_statements(seed: int) -> list[str]:
    """Return three tables and what may befall them; about half of it is refused."""
    chance = random.Random(seed)
    statements = []
    for table in TABLES:
        columns = [
            f"`{c}` {chance.choice(DEFINITIONS).format(c=c)}"
            for c in COLUMNS
            if chance.random() < 0.8
        ]
        columns.insert(0, "`id` integer AUTO_INCREMENT NOT NULL PRIMARY KEY")
        statements.append(f"CREATE TABLE `{table}` ({', '.join(columns)})")
    for _ in range(18):
        column, other = chance.sample(COLUMNS, 2)
        statements.append(
            chance.choice(TEMPLATES).format(
                t=f"`{chance.choice(TABLES)}`",
                u=f"`{chance.choice(TABLES)}`",
                c=f"`{column}`",
                e=f"`{other}`",
                n=f"`n{chance.randint(1, 5)}`",
                m=f"`m{chance.randint(1, 5)}`",
                type=chance.choice(TYPES),
            )
        )
    return statements


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_statements_leave_what_the_server_holds(
    seed: int, cursor: Any, catalog: MysqlCatalog
) -> None:
    for sql in random_statements(seed):
        answers = refusal_of_server(cursor, sql), refusal_of_catalog(catalog, sql)
        # Where two things are wrong at once the servers' order of looking is not promised.
        assert (answers[1] is None) == (answers[0] is None), (sql, answers)
    assert_dump_is_what_the_server_holds(cursor, catalog)
