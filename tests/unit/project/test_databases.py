"""Every alias gets an offline connection, and the one that is asked for gets the dialect."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db.utils import ConnectionHandler

from replayer.errors import DialectError, ProjectError, UsageError
from replayer.model import Dialect, ServerFacts
from replayer.project.databases import Target, configure_databases

_DIALECTS = {
    "django.db.backends.sqlite3": Dialect.SQLITE,
    "django.db.backends.postgresql": Dialect.POSTGRESQL,
    "django.db.backends.mysql": Dialect.MYSQL,
    "tenants": Dialect.POSTGRESQL,
    "spatialite": Dialect.SQLITE,
    "gis.mysql": Dialect.MYSQL,
}
_SQLITE, _POSTGRESQL, _MYSQL, _TENANTS, _SPATIALITE, _GIS = _DIALECTS
_DEFAULTS = {dialect: engine for engine, dialect in reversed(_DIALECTS.items())}


class Engines:
    """Knows a few backends, two of them with geometry, and notes which are imported."""

    def __init__(self, *, late: str = "") -> None:
        self.late = late
        self.imported: list[str] = []

    def vendor(self, engine: str) -> str:
        return _DIALECTS[engine].vendor

    def dialect(self, engine: str) -> Dialect:
        return _DIALECTS[engine]

    def wants_apps(self, engine: str) -> bool:
        return engine == self.late

    def offline(self, engine: str, facts: ServerFacts) -> Any:
        self.imported.append(engine)

        def connect(entry: dict[str, Any], alias: str) -> Any:
            return SimpleNamespace(engine=engine, facts=facts, entry=entry, alias=alias)

        return connect

    def facts(self, dialect: Dialect, version: str | None) -> ServerFacts:
        parts = tuple(int(part) for part in (version or "1.2").split("."))
        return ServerFacts(dialect=dialect, version=parts)

    def is_gis(self, engine: str) -> bool:
        return engine in {_SPATIALITE, _GIS}

    def check_printable(self, engine: str) -> None:
        if engine == _SPATIALITE:
            message = "no such schema"
            raise DialectError(message)

    def default_engine(self, dialect: Dialect, *, geometry: bool = False) -> str:
        return _GIS if geometry and dialect is Dialect.MYSQL else _DEFAULTS[dialect]


class Site:
    """The settings of a project, and Django's handler over them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **databases: str) -> None:
        self.settings = SimpleNamespace(
            DATABASES={
                name: {"ENGINE": engine, "NAME": f"{name}.db", "OPTIONS": {"mine": name}}
                if engine
                else {}
                for name, engine in databases.items()
            }
        )
        self.engines = Engines()
        settings = self.settings

        class Handler(ConnectionHandler):
            def configure_settings(self, _databases: Any) -> Any:
                return super().configure_settings(settings.DATABASES)

        self.handler: Any = Handler()
        monkeypatch.setattr("django.db.connections", self.handler)

    def configure(
        self, dialect: Dialect | None = None, alias: str = "default", version: str | None = None
    ) -> Target:
        return configure_databases(
            self.settings, self.engines, dialect=dialect, server_version=version, alias=alias
        )

    def engine(self, alias: str) -> object:
        return self.settings.DATABASES[alias]["ENGINE"]


def test_without_a_dialect_the_projects_own_engine_is_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_TENANTS)
    target = site.configure()
    facts = ServerFacts(dialect=Dialect.POSTGRESQL, version=(1, 2))
    assert target == Target(alias="default", engine=_TENANTS, facts=facts)
    assert site.settings.DATABASES["default"]["OPTIONS"] == {"mine": "default"}


def test_an_engine_that_has_the_asked_vendor_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(monkeypatch, default=_TENANTS)
    assert site.configure(Dialect.POSTGRESQL, version="15.3").engine == _TENANTS
    assert site.handler["default"].facts.version == (15, 3)


def test_another_dialect_gets_its_default_engine_and_none_of_the_options(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_TENANTS)
    assert site.configure(Dialect.MYSQL).engine == _MYSQL
    entry = site.settings.DATABASES["default"]
    assert (entry["ENGINE"], entry["OPTIONS"], entry["NAME"]) == (_MYSQL, {}, "default.db")


def test_a_replica_follows_and_a_database_of_another_kind_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_POSTGRESQL, replica=_TENANTS, archive=_SQLITE)
    site.configure(Dialect.MYSQL, version="8.4")
    assert [site.engine(alias) for alias in ("default", "replica", "archive")] == [
        _MYSQL,
        _MYSQL,
        _SQLITE,
    ]
    facts = {alias: site.handler[alias].facts for alias in site.settings.DATABASES}
    assert facts["replica"] == facts["default"]
    assert facts["default"].version == (8, 4)
    assert facts["archive"] == ServerFacts(dialect=Dialect.SQLITE, version=(1, 2))


def test_another_alias_may_be_the_one_that_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(monkeypatch, default=_POSTGRESQL, archive=_SQLITE)
    target = site.configure(alias="archive")
    assert (target.alias, target.facts.dialect) == ("archive", Dialect.SQLITE)
    assert site.engine("default") == _POSTGRESQL


def test_an_engine_that_cannot_be_imported_gives_way_to_the_dialects_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default="gone.backend")
    assert site.configure(Dialect.SQLITE).engine == _SQLITE


@pytest.mark.parametrize("engine", ["", "django.db.backends.dummy"])
def test_a_project_without_an_engine_needs_a_dialect(
    monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    site = Site(monkeypatch, default=engine)
    with pytest.raises(ProjectError, match="no engine for the database 'default'") as caught:
        site.configure()
    assert caught.value.hint == "type --dialect"
    assert site.configure(Dialect.SQLITE).engine == _SQLITE


def test_settings_without_databases_have_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(monkeypatch)
    assert site.configure(Dialect.SQLITE).alias == "default"
    assert site.handler["default"].engine == _SQLITE


def test_an_alias_that_is_not_there_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_SQLITE, archive=_SQLITE)
    before = dict(site.settings.DATABASES)
    with pytest.raises(UsageError, match="no database 'other'") as caught:
        site.configure(alias="other")
    assert caught.value.hint == "it has archive, default"
    assert before == site.settings.DATABASES


def test_a_connection_that_was_made_while_the_settings_were_imported_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_SQLITE)
    own = SimpleNamespace(alias="default")
    site.handler["default"] = own
    assert site.handler["default"] is own
    site.configure(Dialect.MYSQL)
    assert site.handler["default"].engine == _MYSQL
    assert site.handler["default"] is site.handler["default"]


def test_what_cannot_be_used_is_told_before_the_apps_unless_it_wants_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_TENANTS, archive=_SQLITE)
    site.engines = Engines(late=_TENANTS)
    site.configure()
    assert site.engines.imported == [_SQLITE]
    assert site.handler["default"].engine == _TENANTS
    assert site.engines.imported == [_SQLITE, _TENANTS]


def test_another_dialect_of_a_project_with_geometry_has_geometry_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_SPATIALITE)
    assert site.configure(Dialect.MYSQL).engine == _GIS
    assert site.configure(Dialect.POSTGRESQL).engine == _POSTGRESQL


def test_an_engine_that_cannot_be_printed_is_refused_where_it_is_the_one_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site(monkeypatch, default=_SPATIALITE, archive=_MYSQL)
    with pytest.raises(DialectError, match="no such schema"):
        site.configure()
    assert site.configure(alias="archive").engine == _MYSQL
