"""A refusal of the catalogue is the exception that the driver would raise."""

from __future__ import annotations

import importlib

import pytest

from replayer.catalog.mysql.refusals import refusal
from replayer.catalog.refusals import CatalogError
from replayer.dialects.refusals import driver_error

NUMBERS = {1050: "OperationalError", 1062: "IntegrityError", 1064: "ProgrammingError",
           1091: "OperationalError", 1146: "ProgrammingError", 1171: "DataError",
           1235: "NotSupportedError", 3940: "OperationalError"}  # fmt: skip
STATES = {"42P01": "ProgrammingError", "42703": "ProgrammingError", "3F000": "ProgrammingError",
          "23505": "IntegrityError", "0A000": "NotSupportedError", "2BP01": "InternalError",
          "22023": "DataError", "55000": "OperationalError"}  # fmt: skip


@pytest.mark.parametrize(("number", "name"), NUMBERS.items())
def test_mysql_puts_the_number_in_front(number: int, name: str) -> None:
    driver = pytest.importorskip("MySQLdb")
    error = driver_error(refusal(number, "words"), driver)
    assert type(error) is getattr(driver, name)
    assert error.args == (number, "words")


@pytest.mark.parametrize("package", ["psycopg", "psycopg2"])
@pytest.mark.parametrize(("state", "name"), STATES.items())
def test_postgresql_tells_the_sqlstate(package: str, state: str, name: str) -> None:
    driver = pytest.importorskip(package)
    errors = importlib.import_module(f"{package}.errors")
    error = driver_error(CatalogError("words", sqlstate=state), driver)
    assert isinstance(error, getattr(driver, name))
    assert type(error) is errors.lookup(state)
    assert getattr(error, "sqlstate" if package == "psycopg" else "pgcode") == state
    assert error.args == ("words",)
