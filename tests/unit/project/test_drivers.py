from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from replayer.project.drivers import StandInFinder, StandInModule, backend_imports


@pytest.fixture
def finder() -> Any:
    found = StandInFinder(("nodriver",))
    sys.meta_path.append(found)
    yield found
    sys.meta_path.remove(found)
    for name in [name for name in sys.modules if name.startswith("nodriver")]:
        del sys.modules[name]


def test_a_stand_in_can_be_imported_and_subclassed(finder: StandInFinder) -> None:
    module: Any = importlib.import_module("nodriver")
    assert isinstance(module, StandInModule)

    error: Any = module.OperationalError
    mine = type("Mine", (error,), {})
    assert mine.__mro__[2].__name__ == "DatabaseError"
    anything: Any = importlib.import_module("nodriver.extras").Anything
    assert isinstance(anything(1, key=2), anything)


def test_a_stand_in_refuses_to_connect(finder: StandInFinder) -> None:
    module: Any = importlib.import_module("nodriver")
    with pytest.raises(module.OperationalError, match="opens no connection"):
        module.connect("dbname=x")


def test_other_modules_are_not_stood_in_for(finder: StandInFinder) -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("nodriverr")


def test_backends_see_stand_ins_and_the_project_the_real_ones() -> None:
    before = {name: sys.modules.get(name) for name in ("psycopg", "psycopg2", "MySQLdb")}
    with backend_imports():
        module: Any = importlib.import_module("psycopg2")
        assert isinstance(module, StandInModule)
        with pytest.raises(ImportError):
            importlib.import_module("psycopg")
        extras: Any = importlib.import_module("psycopg2.extras")
        sql: Any = importlib.import_module("psycopg2.sql")
        assert sql.SQL("DROP {}").format(sql.Identifier("a")).as_string(None) == 'DROP "a"'
        assert extras.Inet("10.0.0.1").addr == "10.0.0.1"
        assert extras.Json([1]).dumps([1]) == "[1]"
        assert extras.NumericRange(1, 2) == extras.NumericRange(1, 2)
        assert extras.NumericRange(1, 2) != extras.DateRange(1, 2)
    assert {name: sys.modules.get(name) for name in before} == before


def test_an_exception_does_not_leave_stand_ins_behind() -> None:
    class BoomError(Exception):
        pass

    def fail() -> None:
        importlib.import_module("MySQLdb")
        raise BoomError

    path = list(sys.meta_path)
    with pytest.raises(BoomError), backend_imports():
        fail()
    assert sys.meta_path == path
    assert not isinstance(sys.modules.get("MySQLdb"), StandInModule)


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_settings_may_import_what_imports_the_installed_driver(
    tmp_path: Path, dialect: str
) -> None:
    """A package's forms, imported by the settings, bring in Django's layer over psycopg."""
    (tmp_path / "its_settings.py").write_text(
        "import django.contrib.postgres.forms\n"
        "SECRET_KEY = 'x'\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n"
        "INSTALLED_APPS = ['django.contrib.contenttypes']\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "replayer", "--settings=its_settings", "--dialect", dialect]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 'CREATE TABLE "django_content_type"' in done.stdout
