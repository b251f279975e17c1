"""Migrate a project for real, load what replayer prints with the real client, and compare.

Everything happens in subprocesses, as a user would do it. What ``migrate`` leaves is read once
for a project and server, and kept in ``.cache/differential`` for as long as nothing changed that
it depends on: the project's files, the installed packages, the server, the judge.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.differential import judge
from tests.differential.projects import ROOT, Project
from tests.differential.servers import (
    Server,
    create_database,
    drop_database,
    execute,
    server_version,
)

__all__ = [
    "HarnessError",
    "LoadError",
    "compare_output",
    "create_database",
    "drop_database",
    "load",
    "migrate",
    "migrated",
    "replayer_output",
    "snapshot_of_sql",
]

_ENGINES = {
    "sqlite": "django.db.backends.sqlite3",
    "postgresql": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
    "mariadb": "django.db.backends.mysql",
}
_WRAPPER = """\
from {settings} import *
import {settings} as _theirs

DATABASES = {{
    **getattr(_theirs, "DATABASES", {{}}),
    "default": {{
        **{{
            key: value
            for key, value in getattr(_theirs, "DATABASES", {{}}).get("default", {{}}).items()
            if key not in {{"ENGINE", "NAME", "HOST", "PORT", "USER", "PASSWORD", "OPTIONS"}}
        }},
        **{database!r},
    }},
}}
"""
_WITHOUT_MIGRATIONS = """\


class _NoMigrations(dict):
    def __contains__(self, app_label):
        return True

    def __getitem__(self, app_label):
        return None

    def get(self, app_label, default=None):
        return None


MIGRATION_MODULES = _NoMigrations()
"""
_PATIENCE = 900
_HERE = Path(__file__).parent
_OWN_CODE = b"".join(
    path.read_bytes()
    for path in sorted([*_HERE.glob("judge/*.py"), _HERE / "servers.py"])
    if path.name != "compare.py"
)
"""Read when it is imported, so that an edit during a run can't be taken for what ran."""
_CACHE = ROOT / ".cache" / "differential"


class HarnessError(RuntimeError):
    """A step failed; the message holds the end of what it printed."""


class LoadError(HarnessError):
    """The server's client refused a document."""


def _environment(*path: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }


def _run(
    what: str,
    command: list[str],
    *,
    cwd: Path,
    environment: dict[str, str],
    document: str | None = None,
) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        input=document,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        told = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        msg = f"{what} failed with status {done.returncode}:\n{told}"
        raise HarnessError(msg)
    return done.stdout


def _database_settings(project: Project, server: Server, database: str) -> dict[str, object]:
    engine = project.engines.get(server.dialect, _ENGINES[server.dialect])
    if server.dialect == "sqlite":
        return {"ENGINE": engine, "NAME": str(server.path(database))}
    return {
        "ENGINE": engine,
        "NAME": database,
        "HOST": server.host,
        "PORT": server.port,
        "USER": server.user,
        "PASSWORD": server.password,
    }


def migrate(
    project: Project, server: Server, database: str, *, without_migrations: bool = False
) -> None:
    """Run ``manage.py migrate`` of a project against a server.

    Parameters
    ----------
    without_migrations
        Make the tables of ``models.py`` as if no app had migrations (``--run-syncdb``).

    Raises
    ------
    HarnessError
        If it fails.
    """
    with tempfile.TemporaryDirectory(prefix="replayer-") as directory:
        wrapper = Path(directory) / "_differential_settings.py"
        wrapper.write_text(
            _WRAPPER.format(
                settings=project.settings_module,
                database=_database_settings(project, server, database),
            )
            + (_WITHOUT_MIGRATIONS if without_migrations else ""),
            encoding="utf-8",
        )
        _run(
            f"migrate of {project.name} on {server.dialect}",
            [
                sys.executable,
                "manage.py",
                "migrate",
                "--no-input",
                "--verbosity=0",
                "--settings=_differential_settings",
                *(["--run-syncdb"] if without_migrations else []),
            ],
            cwd=project.path,
            environment=_environment(Path(directory), project.path),
        )


def load(sql: str, server: Server, database: str) -> None:
    """Feed a whole document to the server's real client, which stops at the first error.

    Raises
    ------
    LoadError
        If a statement is refused.
    """
    if server.dialect == "sqlite":
        import sqlite3

        connection = sqlite3.connect(server.path(database))
        try:
            # A file that lives for seconds need not reach the disk after every statement.
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(sql)
        except sqlite3.Error as error:
            msg = f"sqlite refused the output: {error}"
            raise LoadError(msg) from error
        finally:
            connection.close()
        return
    environment = dict(os.environ)
    if server.dialect == "postgresql":
        environment["PGPASSWORD"] = server.password
        environment["PGOPTIONS"] = "-c client_min_messages=warning"
        command = ["psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-h", server.host]
        command += ["-p", str(server.port), "-U", server.user, "-d", database, "-f", "-"]
    else:
        environment["MYSQL_PWD"] = server.password
        client = shutil.which("mariadb") or shutil.which("mysql") or "mysql"
        command = [client, "--no-defaults", "--protocol=TCP", "--default-character-set=utf8mb4"]
        command += ["-h", server.host, "-P", str(server.port), "-u", server.user, database]
    try:
        _run(
            f"loading the output on {server.dialect}",
            command,
            cwd=Path(tempfile.gettempdir()),
            environment=environment,
            document=sql,
        )
    except HarnessError as error:
        raise LoadError(str(error)) from error


def replayer_output(project: Project, dialect: str, *arguments: str, version: str = "") -> str:
    """Return what ``python -m replayer`` prints for a project, run in its directory.

    Parameters
    ----------
    version
        The server's, for ``--server-version``; empty: the default.

    Raises
    ------
    HarnessError
        If it exits with another status than 0.
    """
    command = [sys.executable, "-m", "replayer", "--dialect", dialect]
    if version:
        command += ["--server-version", version]
    return _run(
        f"replayer of {project.name} for {dialect}",
        [*command, *arguments],
        cwd=project.path,
        environment=_environment(ROOT),
    )


def _database_name(project: Project, use: str) -> str:
    digest = hashlib.sha256(f"{project.name} {os.getpid()}".encode()).hexdigest()[:8]
    return f"replayer_{use}_{project.name[:24]}_{digest}"


def migrated(
    project: Project, server: Server, *, without_migrations: bool = False
) -> judge.Snapshot:
    """Return what ``migrate`` leaves of a project on a server.

    Raises
    ------
    HarnessError
        If ``migrate`` fails.
    """
    use = f"{project.name}-{server.dialect}-{'models' if without_migrations else 'history'}"
    kept = _CACHE / f"{use}-{_fingerprint(project, server)}.pickle"
    if kept.exists():
        found = pickle.loads(kept.read_bytes())
        if isinstance(found, HarnessError):
            raise found
        assert isinstance(found, judge.Snapshot)
        return found
    needed = tuple(_made_by_operations(migrated(project, server))) if without_migrations else ()
    database = _database_name(project, "models" if without_migrations else "migrated")
    create_database(server, database)
    result: judge.Snapshot | HarnessError
    try:
        execute(server, database, *needed)
        migrate(project, server, database, without_migrations=without_migrations)
        result = judge.read(server, database)
    except HarnessError as error:
        result = error
    finally:
        drop_database(server, database)
    _CACHE.mkdir(parents=True, exist_ok=True)
    for old in _CACHE.glob(f"{use}-*.pickle"):
        old.unlink(missing_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    partial.write_bytes(pickle.dumps(result))
    partial.replace(kept)
    if isinstance(result, HarnessError):
        raise result
    return result


def _made_by_operations(snapshot: judge.Snapshot) -> Iterator[str]:
    """Yield what tables may need and only operations make: extensions and collations."""
    if snapshot.dialect != "postgresql":
        return
    collations: dict[str, dict[str, str]] = {}
    for fact in snapshot.facts:
        if fact.kind == "extension" and fact.attribute == "version":
            yield f'CREATE EXTENSION IF NOT EXISTS "{fact.name}"'
        elif fact.kind == "collation":
            collations.setdefault(fact.name, {})[fact.attribute] = fact.value
    for name, facts in collations.items():
        provider = {"i": "icu", "c": "libc"}[facts["provider"]]
        locale = facts.get("locale") or facts["collate"]
        yield (
            f"CREATE COLLATION {name} (provider = {provider}, locale = '{locale}', "
            f"deterministic = {facts['deterministic']})"
        )


def _fingerprint(project: Project, server: Server) -> str:
    found = hashlib.sha256()
    packages = sorted(f"{d.name}=={d.version}" for d in importlib.metadata.distributions())
    for part in (project.digest(), server_version(server), sys.version, *packages):
        found.update(part.encode() + b"\0")
    found.update(_OWN_CODE)
    return found.hexdigest()[:24]


def snapshot_of_sql(project: Project, server: Server, sql: str) -> judge.Snapshot:
    """Load a document into an empty database and return what that holds.

    Raises
    ------
    HarnessError
        If the client refuses it.
    """
    database = _database_name(project, "loaded")
    create_database(server, database)
    try:
        load(sql, server, database)
        return judge.read(server, database)
    finally:
        drop_database(server, database)


def compare_output(
    project: Project, server: Server, *arguments: str
) -> tuple[judge.Difference, ...]:
    """Compare what ``migrate`` leaves (left) with what replayer prints (right).

    Raises
    ------
    HarnessError
        If one of them fails.
    """
    left = migrated(project, server)
    sql = replayer_output(project, server.dialect, *arguments, version=server_version(server))
    return judge.compare(left, snapshot_of_sql(project, server, sql))
