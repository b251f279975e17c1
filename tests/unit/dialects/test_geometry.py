"""GeoDjango's backends: which stands for which, and what is said where there is none."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from replayer.dialects import geometry
from replayer.dialects.connections import OfflineEngines
from replayer.dialects.facts import server_facts
from replayer.dialects.literals import literal
from replayer.errors import DialectError, ReplayError
from replayer.model import Dialect
from replayer.project.drivers import backend_imports
from replayer.replay.steps import Steps
from replayer.sources import Sources
from tests.property.replaying import offline
from tests.unit.history.drawing import set_up_django

set_up_django()
ENGINES = OfflineEngines(backend_imports)
POINT = bytes.fromhex("0101000020e6100000000000000000f03f0000000000000040")
FIELD = SimpleNamespace(
    name="area", model=SimpleNamespace(_meta=SimpleNamespace(label="geo.Country"))
)


def adapter(**changes: object) -> SimpleNamespace:
    return SimpleNamespace(**{"ewkb": POINT, "is_geometry": True, "geography": False, **changes})


@pytest.mark.parametrize(
    ("dialect", "engine"),
    [
        (Dialect.POSTGRESQL, "django.contrib.gis.db.backends.postgis"),
        (Dialect.MYSQL, "django.contrib.gis.db.backends.mysql"),
        (Dialect.MARIADB, "django.contrib.gis.db.backends.mysql"),
        (Dialect.SQLITE, "django.db.backends.sqlite3"),
        (Dialect.MSSQL, "mssql"),
    ],
)
def test_a_project_with_geometry_gets_the_backend_that_has_it(
    dialect: Dialect, engine: str
) -> None:
    assert ENGINES.default_engine(dialect, geometry=True) == engine
    assert "gis" not in ENGINES.default_engine(dialect, geometry=False)


def test_what_a_backend_is_built_on_tells_whether_it_has_geometry() -> None:
    plain = type("Wrapper", (), {"features_class": SimpleNamespace(gis_enabled=False)})
    spatial = type("Wrapper", (), {"features_class": SimpleNamespace(gis_enabled=True)})
    early = type("Base", (), {"__module__": "django.contrib.gis.db.backends.postgis.base"})
    own = type("Wrapper", (early,), {"features_class": SimpleNamespace()})
    assert [geometry.is_gis(kind) for kind in (plain, spatial, own)] == [False, True, True]
    assert not ENGINES.is_gis("django.db.backends.postgresql")


@pytest.mark.parametrize(
    ("dialect", "hint"),
    [
        (Dialect.MARIADB, "let DATABASES name django.contrib.gis.db.backends.mysql"),
        (Dialect.SQLITE, "type --dialect postgresql"),
    ],
)
def test_a_backend_without_geometry_names_the_field(dialect: Dialect, hint: str) -> None:
    engine = ENGINES.default_engine(dialect, geometry=False)
    with (
        offline(engine, server_facts(dialect)) as connection,
        pytest.raises(DialectError, match=r"field 'area' of 'geo\.Country'") as caught,
    ):
        connection.ops.geo_db_type(FIELD)
    assert engine in caught.value.message
    assert caught.value.hint == hint


def test_an_error_of_ours_keeps_its_words_and_its_hint_in_a_replay() -> None:
    migration = SimpleNamespace(app_label="geo", name="0001_initial", operations=[])
    operation = SimpleNamespace(describe=lambda: "Create model Country")
    steps = Steps(SimpleNamespace(), Sources())  # type: ignore[arg-type]  # looked at by none
    cause = DialectError("the field is too round", hint="make it flat")
    error = steps.failure(migration, 0, operation, cause, "fails")  # type: ignore[arg-type]
    assert isinstance(error, ReplayError)
    assert error.message.startswith(
        "geo.0001_initial: operation 0 (Create model Country) fails: the field is too round"
    )
    assert error.hint == "make it flat"


def test_spatialite_is_refused_by_its_name() -> None:
    with pytest.raises(DialectError, match=r"'mine\.spatialite' cannot be printed") as caught:
        geometry.refuse_spatialite("mine.spatialite")
    assert caught.value.hint == "type --dialect postgresql, mysql or mariadb"
    for engine in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        ENGINES.check_printable(engine)  # these are not


@pytest.mark.parametrize(
    ("installed", "changes", "text"),
    [
        ({"psycopg", "psycopg2"}, {}, f"'{POINT.hex()}'::geometry"),
        (set(), {"geography": True}, f"'{POINT.hex()}'::geography"),
        ({"psycopg2"}, {}, f"ST_GeomFromEWKB('\\x{POINT.hex()}'::bytea)"),
        ({"psycopg2"}, {"geography": True}, f"ST_GeogFromWKB('\\x{POINT.hex()}'::bytea)"),
        ({"psycopg2"}, {"is_geometry": False, "ewkb": b"\x01"}, "'01'::raster"),
        ({"psycopg"}, {"is_geometry": False, "ewkb": "01"}, "'01'::raster"),
    ],
)
def test_a_geometry_is_written_as_the_projects_driver_does(
    monkeypatch: pytest.MonkeyPatch, installed: set[str], changes: dict[str, object], text: str
) -> None:
    finder = SimpleNamespace(find_spec=lambda name: name in installed or None)
    monkeypatch.setattr(geometry, "PathFinder", finder)
    assert literal(adapter(**changes), Dialect.POSTGRESQL) == text


def test_mysqls_geometry_is_a_text() -> None:
    assert literal(SimpleNamespace(wkt="POINT (1 2)", srid=4326), Dialect.MYSQL) == "'POINT (1 2)'"
