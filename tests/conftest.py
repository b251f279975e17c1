"""No test opens a connection unless it is marked for it; tests that share a server keep apart."""

from __future__ import annotations

import importlib.util
import os
import socket
from typing import Any, NoReturn

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, database=None)
settings.register_profile("searching", database=None)
# The same examples each time, so that a run says the same twice; a search is asked for.
settings.load_profile("searching" if "REPLAYER_TEST_SEARCH" in os.environ else "repeatable")

MAY_CONNECT = ("server", "database", "atlas")
MAY_USE_SOCKETS = ("server", "atlas")
ATLAS_PROGRAMS = (
    "REPLAYER_TEST_ATLAS_ENGINE",
    "REPLAYER_TEST_ATLAS",
    "REPLAYER_TEST_ATLAS_OPEN",
)
PUBLIC_PACKAGE = "wagtail"
"""Stands for the extra ``public``."""


@pytest.fixture(autouse=True)
def _no_connection(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an attempt to connect fail the test, even where the code under test catches errors."""

    def refuse(what: str) -> Any:
        def connect(*_arguments: object, **_options: object) -> NoReturn:
            pytest.fail(f"{what}, but this test is not marked server or database")

        return connect

    def is_marked(*names: str) -> bool:
        return any(request.node.get_closest_marker(name) for name in names)

    if not is_marked(*MAY_CONNECT):
        for wrapper in (BaseDatabaseWrapper, *_subclasses(BaseDatabaseWrapper)):
            if "connect" in vars(wrapper) and not wrapper.__module__.startswith("replayer."):
                monkeypatch.setattr(wrapper, "connect", refuse("a database connection was opened"))
    if not is_marked(*MAY_USE_SOCKETS):
        for name in ("connect", "connect_ex"):
            monkeypatch.setattr(socket.socket, name, refuse("a socket was opened"))


def _subclasses(cls: type) -> set[type]:
    found: set[type] = set(cls.__subclasses__())
    return found.union(*(_subclasses(subclass) for subclass in found))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of public projects, and put those that share a database on one worker."""
    for item in items:
        parameters: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        project, dialect = parameters.get("project"), parameters.get("dialect")
        if getattr(project, "is_public", False):
            item.add_marker("public")
        if project is not None and dialect is not None:
            # What `migrate` leaves of them is read once and kept; only one worker should do it.
            name = getattr(project, "name", project)
            item.add_marker(pytest.mark.xdist_group(f"{name}-{dialect}"))
        elif dialect is not None and item.get_closest_marker("server"):
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{dialect}"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs something that is not here, with a sentence that says what."""
    if item.get_closest_marker("public") and importlib.util.find_spec(PUBLIC_PACKAGE) is None:
        pytest.skip("the public packages are not installed (pip install -e '.[public]')")
    if item.get_closest_marker("atlas") and not any(map(os.environ.get, ATLAS_PROGRAMS)):
        pytest.skip(
            f"{ATLAS_PROGRAMS[0]} is not set, nor {ATLAS_PROGRAMS[1]}: they name a program that "
            "plans as Atlas (make test-atlas builds one), and the tool itself (atlasgo.io)"
        )
