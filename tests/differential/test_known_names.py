"""The names of a real database, read there by the printed query, are borne by what is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.differential import harness, judge, projects, servers
from tests.support import run_command

_RENAME_ALL = """
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN
    SELECT c.conrelid::regclass AS owner, c.conname AS name,
      'k' || row_number() OVER (ORDER BY c.conname, c.oid) AS other
    FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE n.nspname = 'public' AND c.contype IN ('p', 'u', 'f', 'c', 'x')
  LOOP
    EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', item.owner, item.name, item.other);
  END LOOP;
  FOR item IN
    SELECT c.relname AS name, c.relkind AS kind,
      'i' || row_number() OVER (ORDER BY c.relname) AS other
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND (c.relkind = 'S' OR c.relkind = 'i'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype <> 'f'))
  LOOP
    EXECUTE format('ALTER %s %I RENAME TO %I',
      CASE item.kind WHEN 'S' THEN 'SEQUENCE' ELSE 'INDEX' END, item.name, item.other);
  END LOOP;
END $$;
"""
_SWAP = """
ALTER INDEX i1 RENAME TO swapped;
ALTER INDEX i2 RENAME TO i1;
ALTER INDEX swapped RENAME TO i2;
"""
_MYSQL_NAMES = """
SELECT DISTINCT s.TABLE_NAME, s.INDEX_NAME FROM information_schema.STATISTICS s
WHERE s.TABLE_SCHEMA = DATABASE() AND s.INDEX_NAME <> 'PRIMARY'
  AND s.INDEX_NAME NOT IN (SELECT k.CONSTRAINT_NAME FROM information_schema.KEY_COLUMN_USAGE k
    WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL)
ORDER BY 1, 2
"""
_MYSQL_KEYS = """
SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME,
  k.REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE k
WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY 1, 2
"""


def _rename_all(server: servers.Server, database: str) -> None:
    """Give every constraint, index and sequence another name."""
    if server.dialect == "postgresql":
        harness.load(_RENAME_ALL, server, database)
        return
    with servers.connect(server, database) as connection:
        cursor = connection.cursor()
        cursor.execute(_MYSQL_NAMES)
        names = cursor.fetchall()
        cursor.execute(_MYSQL_KEYS)
        keys = cursor.fetchall()
        for number, (table, name) in enumerate(names):
            cursor.execute(f"ALTER TABLE `{table}` RENAME INDEX `{name}` TO `i{number}`")
        for number, (table, name, column, target, other) in enumerate(keys):
            cursor.execute(f"ALTER TABLE `{table}` DROP FOREIGN KEY `{name}`")
            cursor.execute(
                f"ALTER TABLE `{table}` ADD CONSTRAINT `k{number}` FOREIGN KEY (`{column}`) "
                f"REFERENCES `{target}` (`{other}`)"
            )
        cursor.close()


def _names(server: servers.Server, database: str, path: Path) -> Path:
    """Run the printed query and write what it returns, as the server's client would."""
    ran = run_command("names-query", "--dialect", server.dialect)
    assert ran.status == 0, ran.stderr
    lines = []
    with servers.connect(server, database) as connection:
        cursor = connection.cursor()
        for statement in ran.stdout.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
                lines += [value for (value,) in cursor.fetchall()]
        cursor.close()
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def _check(project_name: str, dialect: str, directory: Path, *statements: str) -> None:
    project = next(found for found in projects.discover() if found.name == project_name)
    try:
        server = servers.find_server(dialect, directory)
    except servers.ServerMissingError as error:
        pytest.skip(str(error))
    version = servers.server_version(server)
    database = servers.own_name(f"replayer_known_names_{project_name[:30]}")
    servers.create_database(server, database)
    try:
        plain = harness.replayer_output(project, dialect, version=version)
        harness.load(plain, server, database)
        _rename_all(server, database)
        for statement in statements:
            harness.load(statement, server, database)
        names = _names(server, database, directory / "names.json")
        real = judge.read(server, database)
    finally:
        servers.drop_database(server, database)
    assert judge.compare(real, harness.snapshot_of_sql(project, server, plain))
    sql = harness.replayer_output(project, dialect, f"--known-names={names}", version=version)
    differences = judge.compare(real, harness.snapshot_of_sql(project, server, sql))
    assert [difference.text for difference in differences] == []


@pytest.mark.server
@pytest.mark.parametrize("dialect", ["postgresql", "mariadb", "mysql"])
@pytest.mark.parametrize("project", ["renamed_models", "renamed_many_to_many"])
def test_the_output_bears_the_names_of_a_database_renamed_by_hand(
    project: str, dialect: str, tmp_path: Path
) -> None:
    _check(project, dialect, tmp_path)


@pytest.mark.server
def test_two_indexes_may_have_changed_names_with_each_other(tmp_path: Path) -> None:
    _check("renamed_models", "postgresql", tmp_path, _SWAP)


@pytest.mark.server
def test_serial_columns_and_keys_of_another_size_are_taken_from_the_database(
    tmp_path: Path,
) -> None:
    _check(
        "polls",
        "postgresql",
        tmp_path,
        """
        ALTER TABLE polls_question ALTER COLUMN id DROP IDENTITY;
        CREATE SEQUENCE polls_question_id_seq AS integer OWNED BY polls_question.id;
        ALTER TABLE polls_question ALTER COLUMN id SET DEFAULT nextval('polls_question_id_seq');
        ALTER TABLE polls_choice ALTER COLUMN question_id TYPE integer;
        ALTER TABLE polls_question ALTER COLUMN id TYPE integer;
        """,
    )
